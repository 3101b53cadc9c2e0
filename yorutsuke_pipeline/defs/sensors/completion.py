"""The completion sensor: sees that an intent's jobs have ended and launches the day's second half.

Its only writes are what it saw, on the jobs' rows. Dagster stores a tick's requests after the tick, so
a sensor that closed anything and died would lose the day.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import dagster as dg

from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.defs.failures import clear_failures
from yorutsuke_pipeline.defs.jobs import INTENT_TAG, AssetJob
from yorutsuke_pipeline.defs.sensors.day_runs import DayRuns
from yorutsuke_pipeline.engine.days import parse_utc, utc_text
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.lookout import Lookout, Sighting
from yorutsuke_pipeline.engine.ports import SubmissionSwitch
from yorutsuke_pipeline.engine.watching import Progress, Watch

# After so many failed ingests of an intent a person must look; each one names the reason.
MOST_FAILED_INGESTS = 3
# Where the list of jobs shows room and Create refuses all the same, a run at every tick would find nothing new.
_TICKS_BETWEEN_SUBMISSIONS = 10
# A tick is kept for days, and a person reads only the first few names.
_NAMED = 10


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
        lookout: dg.ResourceParam[Lookout],
        switch: dg.ResourceParam[SubmissionSwitch],
    ) -> dg.SensorResult | dg.SkipReason:
        """Ask Bedrock about open jobs; when all of an intent's jobs have ended, launch ingest_results for its day.

        Where a queue tells of jobs that changed, these are asked about at once, and all of them only now and then.
        """
        with clear_failures():
            sighting = lookout.look(product.workload.name, polled_at=_polled_at(context.cursor))
            progress = sighting.progress
            held = _held_by(switch) if any(each.waits_for_slots for each in progress) else None
            wanted = [each for each in progress if each.is_ready or held is None]
            pause = timedelta(seconds=_TICKS_BETWEEN_SUBMISSIONS * every_seconds)
            requests = _requests(context.instance, wanted, lookout.watch, pause)
        context.update_cursor(utc_text(sighting.polled_at))
        _tell_of_the_queue(context, sighting)
        if not progress:
            return dg.SkipReason("no intent is open")
        observations = [_observation(each) for each in progress if each.changed]
        if not requests and not observations:
            waiting = _waiting_for(progress)
            return dg.SkipReason(waiting if held is None else f"{held}; {waiting}")
        return dg.SensorResult(run_requests=requests, asset_events=observations)

    return batch_completion


def _held_by(switch: SubmissionSwitch) -> str | None:
    """Return why nothing is submitted: a pause, or that nobody can tell. Answers are brought home all the same."""
    try:
        pause = switch.current()
    except YorutsukeError as error:
        return f"whether submission is paused could not be looked up: {error}"
    return None if pause is None else str(pause)


def _polled_at(cursor: str | None) -> datetime | None:
    """Return when all open jobs were last asked about; None at the first tick, and for a cursor that is not ours."""
    try:
        return parse_utc(cursor) if cursor else None
    except ValueError:
        return None


def _tell_of_the_queue(context: dg.SensorEvaluationContext, sighting: Sighting) -> None:
    if sighting.trouble:
        context.log.warning(
            "the events queue could not be used, and is not needed to see what happens: %s", sighting.trouble
        )
    if sighting.hint_count or sighting.foreign_count or sighting.malformed_count:
        context.log.info(
            "events: %d about jobs of ours, %d about others', %d not readable (left to the dead-letter queue)",
            sighting.hint_count,
            sighting.foreign_count,
            sighting.malformed_count,
        )


def _requests(
    instance: dg.DagsterInstance, progress: Sequence[Progress], watch: Watch, pause: timedelta
) -> list[dg.RunRequest]:
    """Return the runs that intents need next, but for a day that has one under way, or where a person must look."""
    runs = DayRuns(instance)
    waiting = [each for each in progress if each.is_ready or each.waits_for_slots]
    busy = runs.busy({_day(each) for each in waiting})
    free = [each for each in waiting if _day(each) not in busy]
    ready = [each for each in free if each.is_ready]
    failed = runs.failed_ingests([each.intent.intent_id for each in ready])
    days = {_day(each) for each in free if not each.is_ready}
    last = runs.last_submissions(days, ended_before=datetime.now(timezone.utc) - pause)
    ingests = [_ingest(each, failed[each.intent.intent_id]) for each in ready]
    unsubmitted = [each for each in free if not each.is_ready and _ended_well(last.get(_day(each)))]
    submissions = [_submit_again(each, last[_day(each)]) for each in _with_slots(unsubmitted, watch)]
    return [request for request in (*ingests, *submissions) if request is not None]


def _with_slots(waiting: Sequence[Progress], watch: Watch) -> list[Progress]:
    """Return those for whose jobs the service has slots, the oldest day first: a run without one would do nothing."""
    models = {each.intent.model_id for each in waiting if each.needed_slots}
    slots = Counter({model: watch.free_slots(model) for model in models})
    chosen: list[Progress] = []
    for each in sorted(waiting, key=_day):
        if slots[each.intent.model_id] > 0 or not each.needed_slots:
            chosen.append(each)
            slots[each.intent.model_id] -= each.needed_slots
    return chosen


def _ingest(progress: Progress, failed: int) -> dg.RunRequest | None:
    """Ingest an intent's results, unless that failed so often that a person must look."""
    if failed >= MOST_FAILED_INGESTS:
        return None
    name = progress.intent.intent_id
    return dg.RunRequest(
        # A run key blocks for ever, also after its run failed: so the key counts the failures.
        run_key=f"{name}:{failed}",
        job_name="ingest_results",
        partition_key=_day(progress),
        tags={INTENT_TAG: name},
    )


def _ended_well(last: dg.DagsterRun | None) -> bool:
    """Tell whether a day's submission may be repeated by itself; one that failed is a person's to repeat."""
    return last is not None and last.status is dg.DagsterRunStatus.SUCCESS


def _submit_again(progress: Progress, last: dg.DagsterRun) -> dg.RunRequest:
    """Submit the jobs that found no free slot."""
    return dg.RunRequest(
        run_key=f"{progress.intent.intent_id}:after:{last.run_id}",
        job_name="submit_batch",
        partition_key=_day(progress),
        tags={INTENT_TAG: progress.intent.intent_id},
    )


def _day(progress: Progress) -> str:
    return progress.intent.day.isoformat()


def _observation(progress: Progress) -> dg.AssetObservation:
    statuses = ", ".join(f"{job.job_name}: {job.status}" for job in progress.changed)
    messages = "; ".join(job.message for job in progress.changed if job.message)
    return dg.AssetObservation(
        "bedrock_job",
        partition=_day(progress),
        description=statuses,
        metadata={"status": statuses, "message": messages or "none"},
    )


def _waiting_for(progress: Sequence[Progress]) -> str:
    named = "; ".join(_state(each) for each in progress[:_NAMED])
    return named if len(progress) <= _NAMED else f"{named}; and {len(progress) - _NAMED} more"


def _state(progress: Progress) -> str:
    statuses = ", ".join(sorted({job.status for job in progress.jobs})) or "no job yet"
    told = f"{progress.intent.intent_id} is {progress.intent.status} ({statuses})"
    slots = progress.needed_slots if progress.waits_for_slots else 0
    return f"{told}, {slots} jobs wait for a free slot" if slots else told
