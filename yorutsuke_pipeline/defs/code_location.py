"""Everything that Dagster is told, put together from the settings."""

import warnings

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.assets.bedrock_job import build_bedrock_job
from yorutsuke_pipeline.defs.assets.closed_intents import build_closed_intents
from yorutsuke_pipeline.defs.assets.manifest import build_manifest
from yorutsuke_pipeline.defs.assets.pending_records import build_pending_records
from yorutsuke_pipeline.defs.assets.raw_output import build_raw_output
from yorutsuke_pipeline.defs.assets.results import build_results
from yorutsuke_pipeline.defs.checks.day_checks import build_day_checks
from yorutsuke_pipeline.defs.checks.reconciled import build_reconciled
from yorutsuke_pipeline.defs.jobs import build_ingest_results, build_submit_batch
from yorutsuke_pipeline.defs.partitions import build_days
from yorutsuke_pipeline.defs.resources import build_resources
from yorutsuke_pipeline.defs.schedules.nightly import build_nightly
from yorutsuke_pipeline.defs.sensors.completion import build_completion_sensor
from yorutsuke_pipeline.defs.sensors.failed_days import build_failed_days_sensor
from yorutsuke_pipeline.defs.sensors.late_days import build_late_days_sensor
from yorutsuke_pipeline.defs.sensors.orphaned_runs import build_orphaned_runs_sensor
from yorutsuke_pipeline.defs.stop_jobs import build_stop_jobs
from yorutsuke_pipeline.lineup import blueprints
from yorutsuke_pipeline.settings import Settings

# The embedded service ends a job in seconds, the real one in hours.
_EMBEDDED_WAIT_SECONDS = 60.0
_EMBEDDED_LOOK_SECONDS = 5
_REAL_LOOK_SECONDS = 30
_ORPHANS_SECONDS = 30
# The runs of a failing backfill end over minutes, and should ring a few times only.
_FAILURES_SECONDS = 120
# Hours are counted there.
_LATENESS_SECONDS = 300


def build_definitions(settings: Settings) -> dg.Definitions:
    """Return the definitions for `settings`. Reaches nothing outside."""
    # Checks by partition are announced as a preview, on every start; docs/decisions/0007 says why they are worth it.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return _definitions(settings)


def _definitions(settings: Settings) -> dg.Definitions:
    days = build_days(settings.first_day)
    run_tags = settings.run_tags or {}
    lineup = blueprints(settings)
    submissions = [build_submit_batch(each, tags=run_tags.get("submit_batch")) for each in lineup]
    ingests = [build_ingest_results(each, tags=run_tags.get("ingest_results")) for each in lineup]
    look = _EMBEDDED_LOOK_SECONDS if settings.is_embedded else _REAL_LOOK_SECONDS
    return dg.Definitions(
        assets=[asset for each in lineup for asset in _assets(each, days, settings)],
        asset_checks=[
            check for each in lineup for check in (*build_day_checks(each, days), build_reconciled(each, days))
        ],
        jobs=[*submissions, *ingests, *(build_stop_jobs(each, days) for each in lineup)],
        schedules=[
            build_nightly(each, job, first_day=settings.first_day, days_back=settings.nightly_days_back)
            for each, job in zip(lineup, submissions, strict=True)
        ],
        sensors=[
            build_completion_sensor(lineup, [*submissions, *ingests], every_seconds=look),
            build_orphaned_runs_sensor(submissions, ingests, every_seconds=_ORPHANS_SECONDS),
            build_failed_days_sensor(lineup, every_seconds=_FAILURES_SECONDS),
            # The embedded AWS begins with photos of days long past, which nobody has asked about.
            build_late_days_sensor(lineup, every_seconds=_LATENESS_SECONDS, is_on=not settings.is_embedded),
        ],
        resources=build_resources(lineup),
        # A process for each step would cost seconds a step; the stages are bound by AWS, not by the processor.
        executor=dg.in_process_executor,
    )


def _assets(blueprint: Blueprint, days: dg.PartitionsDefinition[str], settings: Settings) -> list[dg.AssetsDefinition]:
    wait = settings.wait_seconds
    if wait is None:
        wait = _EMBEDDED_WAIT_SECONDS if settings.is_embedded else 0.0
    return [
        build_pending_records(blueprint, days),
        build_manifest(blueprint, days),
        build_bedrock_job(blueprint, days),
        build_raw_output(blueprint, days, wait_seconds=wait),
        build_results(blueprint, days),
        build_closed_intents(blueprint, days),
    ]
