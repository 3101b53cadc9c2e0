"""The check of a day that compares everything: jobs, intents, records, results, dead letters, objects."""

from collections import Counter

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.failures import clear_failures
from yorutsuke_pipeline.defs.resources import stages_of
from yorutsuke_pipeline.defs.tables import counted, markdown_table
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.reconciliation.contradiction import Contradiction, how_to_mend
from yorutsuke_pipeline.engine.terms import command

# The first of each day's; the command shows all.
_SHOWN = 20


def build_reconciled(blueprint: Blueprint, days: dg.PartitionsDefinition[str]) -> dg.AssetChecksDefinition:
    """Return the check over `days`."""

    @dg.asset_check(
        asset=dg.AssetKey(blueprint.key(blueprint.last.name)),
        description=f"The service's jobs, intents, {blueprint.nouns}, results, dead letters and copies of the day tell "
        f"one story.\n\nReads no table whole; `{command(blueprint.name, 'reconcile')}` does, finds more, and mends "
        "what is safe.",
        partitions_def=days,
        required_resource_keys={blueprint.name},
    )
    def reconciled(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        day, stages = parse_day(context.partition_key), stages_of(context, blueprint)
        terms = stages.line.terms
        kinds: Counter[str] = Counter()
        shown: list[dict[str, object]] = []
        with clear_failures():
            for found in stages.reconciler.of_day(day):
                kinds[found.kind] += 1
                if len(shown) < _SHOWN:
                    shown.append({**_named(found), "mend": how_to_mend(found.kind, terms)})
        return dg.AssetCheckResult(
            passed=not kinds,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={
                "contradictions": kinds.total(),
                "kinds": counted(kinds, name="kind"),
                "first": markdown_table(shown, ["kind", "subject", "what", "mend"]),
                "command": terms.command(f"reconcile --from {day.isoformat()} --to {day.isoformat()} --fix"),
            },
        )

    return reconciled


def _named(found: Contradiction) -> dict[str, object]:
    return {"kind": found.kind, "subject": found.subject, "what": found.what}
