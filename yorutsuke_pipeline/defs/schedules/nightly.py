"""The nightly schedule: at 02:00 in Tokyo, the day that has ended and the days before it in which something waits.

What a night could not use (a rejected answer, a job that ended badly) goes back in line in its own day, and
is so asked about again the next night, until its attempts are used up. Such days are mostly too small for a
batch job: their records are asked about on demand, at that price, or wait for more (`below_minimum` says which).

While submission is paused, these days are prepared all the same (photos claimed, parts written, nothing
paid): so the completion sensor finds them, and launches them as soon as submission is resumed.

Written by hand: Dagster's own `build_schedule_from_partitioned_job` would launch the day that has just
begun, since today's partition exists (so that today's receipts can be processed at any time).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.failures import clear_failures
from yorutsuke_pipeline.defs.jobs import PAUSED_TAG, AssetJob
from yorutsuke_pipeline.defs.resources import stages_of
from yorutsuke_pipeline.engine.days import TOKYO
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.ports import SubmissionSwitch
from yorutsuke_pipeline.engine.switch import Pause

AT_TWO = "0 2 * * *"


def build_nightly(
    blueprint: Blueprint, submit_batch: AssetJob, *, first_day: date, days_back: int
) -> dg.ScheduleDefinition:
    """Return the schedule that launches `submit_batch`.

    Args:
        blueprint: The workload's.
        submit_batch: Its job.
        first_day: The first partition there is.
        days_back: How many days before the one that ended are looked at.
    """

    @dg.schedule(
        name=blueprint.job("nightly"),
        job=submit_batch,
        cron_schedule=AT_TWO,
        execution_timezone=str(TOKYO),
        default_status=dg.DefaultScheduleStatus.RUNNING,
        required_resource_keys={blueprint.name},
    )
    def nightly(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        """Submit the day that ended at midnight, and what waits again in the days before it."""
        ended = ended_day(context.scheduled_execution_time)
        stages = stages_of(context, blueprint)
        pause = _pause(context, stages.line.switch)
        if pause is not None:
            with clear_failures():
                days = [*_days_before(ended, first_day, days_back), ended]
                waiting = [day for day in days if stages.day_waits(day)]
            yield from (_prepared_only(ended, day, pause) for day in waiting)
            if not waiting:
                yield dg.SkipReason(str(pause))
            return
        yield dg.RunRequest(run_key=f"nightly-{ended}", partition_key=ended.isoformat())
        try:
            for day in _days_before(ended, first_day, days_back):
                if stages.day_waits(day):
                    yield dg.RunRequest(run_key=f"nightly-{ended}-again-{day}", partition_key=day.isoformat())
        except YorutsukeError as error:
            # The day that ended must not wait for the others: they are looked at again the next night.
            context.log.warning("the days before %s could not be looked at: %s", ended, error)

    return nightly


def _pause(context: dg.ScheduleEvaluationContext, switch: SubmissionSwitch) -> Pause | None:
    try:
        return switch.current()
    except YorutsukeError as error:
        # The stage that submits looks again, and does nothing while it cannot.
        context.log.warning("whether submission is paused could not be looked up: %s", error)
        return None


def _prepared_only(ended: date, day: date, pause: Pause) -> dg.RunRequest:
    """Return the request for a run that is skipped where it would submit; its tag says why in the list of runs."""
    key = f"nightly-{ended}" if day == ended else f"nightly-{ended}-again-{day}"
    return dg.RunRequest(run_key=key, partition_key=day.isoformat(), tags={PAUSED_TAG: str(pause)})


def ended_day(scheduled_at: datetime) -> date:
    """Return the Tokyo day before the one in which `scheduled_at` lies."""
    return scheduled_at.astimezone(TOKYO).date() - timedelta(days=1)


def _days_before(day: date, first_day: date, count: int) -> list[date]:
    """Return the `count` days before `day` that have a partition, the oldest first."""
    earlier = (day - timedelta(days=number) for number in range(count, 0, -1))
    return [each for each in earlier if each >= first_day]
