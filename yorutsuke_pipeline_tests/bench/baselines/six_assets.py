"""A Dagster project of six assets, one after the other, that do nothing: what Dagster itself takes for a run."""

import dagster as dg

_NAMES = ("first", "second", "third", "fourth", "fifth", "sixth")


def _asset(name: str, before: tuple[str, ...], days: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(name=name, deps=list(before), partitions_def=days)
    def nothing() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult()

    return nothing


@dg.definitions
def defs() -> dg.Definitions:
    days = dg.DailyPartitionsDefinition("2026-01-01")
    assets = [_asset(name, _NAMES[:number][-1:], days) for number, name in enumerate(_NAMES)]
    return dg.Definitions(assets=assets, executor=dg.in_process_executor)
