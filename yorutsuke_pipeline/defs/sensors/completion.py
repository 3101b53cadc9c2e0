"""The completion sensor: sees that an intent's jobs have ended and launches the day's second half.

Its only writes are what it saw, on the jobs' rows. Dagster stores a tick's requests after the tick, so
a sensor that closed anything and died would lose the day.
"""

import time

import dagster as dg

from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.defs.failures import clear_failures
from yorutsuke_pipeline.defs.jobs import INTENT_TAG, AssetJob
from yorutsuke_pipeline.engine.ports import IntentLedger
from yorutsuke_pipeline.engine.watching import Progress, Watch

# After so many failed ingests of an intent a person must look; each one names the reason.
MOST_FAILED_INGESTS = 3
_FAILED = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_PARTITION_TAG = "dagster/partition"
# Dagster's own: on a failed run that it starts again by itself, and the name of the new run once there is one.
_WILL_RETRY_TAG = "dagster/will_retry"
_RETRIED_AS_TAG = "dagster/auto_retry_run_id"
# Its daemon needs some seconds for that; one that has not done it by then never will.
_SECONDS_TO_RETRY = 120.0
# Runs of a day, the newest first; ingests come a few in a row at most.
_LOOKED_BACK = 25


def build_completion_sensor(
    submit_batch: AssetJob, ingest_results: AssetJob, *, every_seconds: int
) -> dg.SensorDefinition:
    """Return the sensor, which looks every `every_seconds`."""

    @dg.sensor(
        jobs=[submit_batch, ingest_results],
        minimum_interval_seconds=every_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def batch_completion(
        context: dg.SensorEvaluationContext,
        product: dg.ResourceParam[Composition],
        ledger: dg.ResourceParam[IntentLedger],
        watch: dg.ResourceParam[Watch],
    ) -> dg.SensorResult | dg.SkipReason:
        """Ask Bedrock about open jobs; when all of an intent's jobs have ended, launch ingest_results for its day."""
        with clear_failures():
            progress = watch.look(list(ledger.open_intents(product.workload.name)))
        if not progress:
            return dg.SkipReason("no intent is open")
        requests = [request for each in progress if (request := _request(context.instance, each)) is not None]
        observations = [_observation(each) for each in progress if each.changed]
        if not requests and not observations:
            return dg.SkipReason("; ".join(_waiting_for(each) for each in progress))
        return dg.SensorResult(run_requests=requests, asset_events=observations)

    return batch_completion


def _request(instance: dg.DagsterInstance, progress: Progress) -> dg.RunRequest | None:
    """Return the run that an intent needs next, unless one is under way for its day or a person must look."""
    day = progress.intent.day.isoformat()
    if instance.get_runs_count(dg.RunsFilter(statuses=_UNDER_WAY, tags={_PARTITION_TAG: day})):
        return None
    if _is_retried_by_dagster(instance, day):
        return None
    if progress.is_ready:
        return _ingest(instance, progress, day)
    if progress.waits_for_slots:
        return _submit_again(instance, progress, day)
    return None


def _is_retried_by_dagster(instance: dg.DagsterInstance, day: str) -> bool:
    """Tell whether Dagster is about to start a run of the day again, whose process had vanished."""
    wanted = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], tags={_PARTITION_TAG: day, _WILL_RETRY_TAG: "true"})
    latest = next(iter(instance.get_run_records(wanted, limit=1)), None)
    if latest is None or _RETRIED_AS_TAG in latest.dagster_run.tags:
        return False
    return time.time() - latest.update_timestamp.timestamp() < _SECONDS_TO_RETRY


def _ingest(instance: dg.DagsterInstance, progress: Progress, day: str) -> dg.RunRequest | None:
    # A run key blocks for ever, also after its run failed: so the key counts the failures.
    name = progress.intent.intent_id
    failed = instance.get_runs_count(
        dg.RunsFilter(job_name="ingest_results", statuses=_FAILED, tags={INTENT_TAG: name}),
    )
    if failed >= MOST_FAILED_INGESTS:
        return None
    return dg.RunRequest(
        run_key=f"{name}:{failed}",
        job_name="ingest_results",
        partition_key=day,
        tags={INTENT_TAG: name},
    )


def _submit_again(instance: dg.DagsterInstance, progress: Progress, day: str) -> dg.RunRequest | None:
    """Submit the jobs that found no free slot. A submission that failed is a person's to repeat."""
    runs = instance.get_runs(dg.RunsFilter(tags={_PARTITION_TAG: day}), limit=_LOOKED_BACK)
    # Not by the name submit_batch: what a person materializes or backfills in the UI runs under Dagster's own.
    last = next((run for run in runs if run.job_name != "ingest_results"), None)
    if last is None or last.status is not dg.DagsterRunStatus.SUCCESS:
        return None
    return dg.RunRequest(
        run_key=f"{progress.intent.intent_id}:after:{last.run_id}",
        job_name="submit_batch",
        partition_key=day,
        tags={INTENT_TAG: progress.intent.intent_id},
    )


def _observation(progress: Progress) -> dg.AssetObservation:
    statuses = ", ".join(f"{job.job_name}: {job.status}" for job in progress.changed)
    messages = "; ".join(job.message for job in progress.changed if job.message)
    return dg.AssetObservation(
        "bedrock_job",
        partition=progress.intent.day.isoformat(),
        description=statuses,
        metadata={"status": statuses, "message": messages or "none"},
    )


def _waiting_for(progress: Progress) -> str:
    statuses = ", ".join(sorted({job.status for job in progress.jobs})) or "no job yet"
    return f"{progress.intent.intent_id} is {progress.intent.status} ({statuses})"
