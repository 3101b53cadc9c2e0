"""The completion sensor: sees that an intent's jobs have ended and launches the second half for it.

It also launches what begins an order, and what submits jobs that found no free slot.
Its only writes are what it saw, on the jobs' rows. Dagster stores a tick's requests after the tick, so
a sensor that closed anything and died would lose the day.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.failures import clear_failures
from yorutsuke_pipeline.defs.jobs import INTENT_TAG, REQUESTED_BY_TAG, AssetJob
from yorutsuke_pipeline.defs.resources import stages_of
from yorutsuke_pipeline.defs.sensors.day_runs import DayRuns
from yorutsuke_pipeline.engine.days import parse_utc, utc_text
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.intent import Intent
from yorutsuke_pipeline.engine.lookout import Lookout, Sighting
from yorutsuke_pipeline.engine.ports import SubmissionSwitch
from yorutsuke_pipeline.engine.retrying import Half
from yorutsuke_pipeline.engine.watching import Progress, Watch

# After so many failed runs of one half of an intent a person must look; each one names the reason.
MOST_FAILURES = 3
# Where the list of jobs shows room and Create refuses all the same, a run at every tick would find nothing new.
_TICKS_BETWEEN_SUBMISSIONS = 10
# A tick is kept for days, and a person reads only the first few names.
_NAMED = 10


def build_completion_sensor(
    blueprints: Sequence[Blueprint], jobs: Sequence[AssetJob], *, every_seconds: int
) -> dg.SensorDefinition:
    """Return the sensor, which looks every `every_seconds` at the intents of all workloads.

    Args:
        blueprints: Those of all workloads.
        jobs: Both halves of each.
        every_seconds: How often it looks.
    """
    names = [each.name for each in blueprints]

    @dg.sensor(
        jobs=jobs,
        minimum_interval_seconds=every_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        required_resource_keys={"lookout", *names},
    )
    def batch_completion(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        """Ask Bedrock about open jobs; when all of an intent's jobs have ended, launch ingest_results for it.

        Where a queue tells of jobs that changed, these are asked about at once, and all of them only now and then.
        """
        lookout: Lookout = context.resources.lookout
        with clear_failures():
            sighting = lookout.look(names, polled_at=_polled_at(context.cursor))
            progress = sighting.progress
            held = _held(context, blueprints, progress)
            wanted = [each for each in progress if each.is_ready or each.intent.workload not in held]
            pause = timedelta(seconds=_TICKS_BETWEEN_SUBMISSIONS * every_seconds)
            requests = _Requests(DayRuns(context.instance, blueprints), lookout.watch, pause).of(wanted)
        context.update_cursor(utc_text(sighting.polled_at))
        _tell_of_the_queue(context, sighting)
        if not progress:
            return dg.SkipReason("no intent is open")
        shown = {each.name: each for each in blueprints}
        observations = [_observation(each, shown[each.intent.workload]) for each in progress if each.changed]
        if not requests and not observations:
            return dg.SkipReason("; ".join([*dict.fromkeys(held.values()), _waiting_for(progress)]))
        return dg.SensorResult(run_requests=requests, asset_events=observations)

    return batch_completion


def _held(
    context: dg.SensorEvaluationContext, blueprints: Sequence[Blueprint], progress: Sequence[Progress]
) -> dict[str, str]:
    """Return the workloads of which nothing is submitted now, each with the reason. Answers are brought home still."""
    waiting = {each.intent.workload for each in progress if each.awaits_submission or each.waits_to_begin}
    switches = {each.name: stages_of(context, each).line.switch for each in blueprints if each.name in waiting}
    return {name: reason for name, switch in switches.items() if (reason := _held_by(switch)) is not None}


def _held_by(switch: SubmissionSwitch) -> str | None:
    """Return why nothing is submitted: a pause, or that nobody can tell."""
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


@dataclass(frozen=True)
class _Requests:
    """The runs that intents need next."""

    runs: DayRuns
    watch: Watch
    pause: timedelta

    def of(self, progress: Sequence[Progress]) -> list[dg.RunRequest]:
        """Return them, but for an intent that a run works on already, or where a person must look."""
        waiting = [each for each in progress if each.is_ready or each.waits_to_begin or each.awaits_submission]
        busy = self.runs.busy([each.intent for each in waiting])
        free = [each for each in waiting if each.intent.intent_id not in busy]
        return [
            *self._until_one_works(Half.INGEST, [each for each in free if each.is_ready]),
            *self._until_one_works(Half.SUBMIT, [each for each in free if each.waits_to_begin]),
            *self._submissions([each for each in free if each.awaits_submission]),
        ]

    def _until_one_works(self, half: Half, wanted: Sequence[Progress]) -> list[dg.RunRequest]:
        """Return a run for each intent, unless its runs failed so often that a person must look."""
        # A run key blocks for ever, also after its run failed: so the key counts the failures.
        keys = {Half.INGEST: "", Half.SUBMIT: "order:"}
        return [self._request(each, half, f"{keys[half]}{count}") for each, count in self._hopeful(half, wanted)]

    def _hopeful(self, half: Half, wanted: Sequence[Progress]) -> list[tuple[Progress, int]]:
        """Return the intents whose runs have not failed so often that a person must look, each with how many did."""
        failed = self.runs.failures(half, [each.intent.intent_id for each in wanted])
        counts = [(each, failed[each.intent.intent_id]) for each in wanted]
        return [(each, count) for each, count in counts if count < MOST_FAILURES]

    def _submissions(self, waiting: Sequence[Progress]) -> list[dg.RunRequest]:
        """Return what submits the jobs that found no free slot, and the orders whose run failed over theirs."""
        before = datetime.now(timezone.utc) - self.pause
        last = self.runs.last_submissions([each.intent for each in waiting], ended_before=before)
        ran = [each for each in waiting if each.intent.intent_id in last]
        ended_well = [each for each in ran if _ended_well(last[each.intent.intent_id])]
        # Of a day a person sees that it is red, and mends it; an order's caller sees only that nothing happens.
        orders = [each for each in ran if each not in ended_well and each.intent.order is not None]
        again = [*(each for each, _ in self._hopeful(Half.SUBMIT, orders)), *_with_slots(ended_well, self.watch)]
        # The run that failed may be one of the whole day, which is no failure of the intent's own: no count for a key.
        return [self._request(each, Half.SUBMIT, f"after:{last[each.intent.intent_id].run_id}") for each in again]

    def _request(self, progress: Progress, half: Half, key: str) -> dg.RunRequest:
        intent = progress.intent
        blueprint = next(each for each in self.runs.blueprints if each.name == intent.workload)
        return dg.RunRequest(
            run_key=f"{intent.intent_id}:{key}",
            job_name=blueprint.job(half),
            partition_key=intent.day.isoformat(),
            tags={INTENT_TAG: intent.intent_id, **_asked_for(intent)},
        )


def _asked_for(intent: Intent) -> dict[str, str]:
    return {} if intent.order is None else {REQUESTED_BY_TAG: intent.order.owner}


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


def _ended_well(last: dg.DagsterRun) -> bool:
    """Tell whether a submission may be repeated by itself; of a day, one that failed is a person's to repeat."""
    return last.status is dg.DagsterRunStatus.SUCCESS


def _day(progress: Progress) -> str:
    return progress.intent.day.isoformat()


def _observation(progress: Progress, blueprint: Blueprint) -> dg.AssetObservation:
    statuses = ", ".join(f"{job.job_name}: {job.status}" for job in progress.changed)
    messages = "; ".join(job.message for job in progress.changed if job.message)
    return dg.AssetObservation(
        blueprint.key("bedrock_job"),
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
    slots = progress.needed_slots if progress.awaits_submission else 0
    return f"{told}, {slots} jobs wait for a free slot" if slots else told
