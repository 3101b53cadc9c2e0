"""A day in Dagster on fakes: the assets over a night's stages, materialized in an instance of the test's own."""

from __future__ import annotations

import warnings
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import dagster as dg

from yorutsuke_pipeline.defs.code_location import build_definitions
from yorutsuke_pipeline.engine.alerts import NO_ALERTS
from yorutsuke_pipeline.engine.day_account import DayAccounts
from yorutsuke_pipeline.engine.hints import NO_HINTS
from yorutsuke_pipeline.engine.lateness import Lateness, Limits
from yorutsuke_pipeline.engine.lookout import Lookout
from yorutsuke_pipeline.engine.quotas import FixedQuotas
from yorutsuke_pipeline.engine.stopping import Stopper
from yorutsuke_pipeline.settings import load_settings
from yorutsuke_pipeline.stages import Stages
from yorutsuke_pipeline.workloads.receipts.line import BLUEPRINT
from yorutsuke_pipeline_tests.cli.night_product import line_of, product_of
from yorutsuke_pipeline_tests.defs.violations import Register
from yorutsuke_pipeline_tests.engine.nights import DAY
from yorutsuke_pipeline_tests.engine.reconciliation.nights import reconciler_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagster._core.definitions.sensor_definition import SensorExecutionData  # exported nowhere else

    from yorutsuke_pipeline_tests.engine.nights import Night

DAY_KEY = DAY.isoformat()
# The keys of the assets of receipts: one word each.
SUBMITTED_HALF = tuple(key for (key,) in BLUEPRINT.submitted_half)
INGESTED_HALF = tuple(key for (key,) in BLUEPRINT.ingested_half)
SETTINGS = load_settings({"YORUTSUKE_WAIT_SECONDS": "0"})


@cache
def definitions() -> dg.Definitions:
    """Return what Dagster loads, without any waiting."""
    return build_definitions(SETTINGS)


def resources(night: Night, register: Register | None = None) -> dict[str, object]:
    """Return the resources of assets, checks and sensors over a night's fakes, with violations or none."""
    return {
        "product": product_of(night),
        "lookout": Lookout(night.stages().watch, NO_HINTS, timedelta(0)),
        "alert_channel": NO_ALERTS,
        "receipts": stages_of(night),
        "violations": (register or Register(night)).stages(),
    }


def stages_of(night: Night, **replaced: object) -> Stages:
    """Return the stages of receipts, with those of the night, which has a clock of its own, in their places."""
    line, own = line_of(night), night.stages()
    stages, name = Stages(line), line.workload.name
    parts = {
        "stopper": Stopper((name,), night.ledger, night.service, night.clock, night.events),
        "manifest_writer": own.manifest,
        "submitter": own.submitter,
        "lateness": lateness_of(night),
        "raw_output_collector": own.collector,
        "result_recorder": own.recorder,
        "archiver": own.archiver,
        "spending": own.spending,
        "day_accounts": DayAccounts(name, night.ledger, night.pending),
        "reconciler": reconciler_of(night),
    }
    vars(stages).update(parts | replaced)
    return stages


def lateness_of(night: Night) -> Lateness:
    """Return the rules of lateness over a night's fakes: a day has 24 hours, a job 12."""
    limits = Limits(timedelta(hours=24), timedelta(hours=12), days_back=2, first_day=date(2026, 1, 1))
    name, policy = BLUEPRINT.name, night.policy
    return Lateness(
        name, policy, limits, night.ledger, night.pending, night.clock, FixedQuotas(policy.quotas), night.switch
    )


def tick(
    sensor: str,
    given: Mapping[str, object],
    *,
    instance: dg.DagsterInstance | None = None,
    cursor: str | None = None,
) -> SensorExecutionData:
    """Evaluate a sensor once, as Dagster's daemon does, with the resources that it is given."""
    repository = definitions().get_repository_def()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = dg.build_sensor_context(
            instance=instance, repository_def=repository, cursor=cursor, resources=dict(given)
        )
        return repository.get_sensor_def(sensor).evaluate_tick(context)


def completion_resources(night: Night) -> dict[str, object]:
    """Return what the completion sensor asks for."""
    wanted = ("lookout", "receipts", "violations")
    return {name: value for name, value in resources(night).items() if name in wanted}


def materialize(
    night: Night,
    *names: str,
    instance: dg.DagsterInstance | None = None,
    register: Register | None = None,
    day: str = DAY_KEY,
    tags: Mapping[str, str] | None = None,
) -> dg.ExecuteInProcessResult:
    """Materialize the named assets, and run their checks, for the night's day or another."""
    loaded = definitions()
    assets = [*(loaded.assets or []), *(loaded.asset_checks or [])]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dg.materialize(
            cast("Any", assets),
            selection=dg.AssetSelection.assets(*names),
            partition_key=day,
            resources=resources(night, register),
            instance=instance,
            tags=dict(tags or {}),
            raise_on_error=False,
        )


def metadata(result: dg.ExecuteInProcessResult, name: str) -> dict[str, object]:
    """Return the values of the metadata of a materialized asset."""
    (event,) = result.asset_materializations_for_node(name.replace("/", "__"))
    return {key: value.value for key, value in event.metadata.items()}
