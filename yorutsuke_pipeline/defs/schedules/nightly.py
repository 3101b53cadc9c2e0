"""The nightly schedule: at 02:00 in Tokyo, the day that has ended.

Written by hand: Dagster's own `build_schedule_from_partitioned_job` would launch the day that has just
begun, since today's partition exists (so that today's receipts can be processed at any time).
"""

from datetime import datetime, timedelta

import dagster as dg

from yorutsuke_pipeline.defs.jobs import AssetJob
from yorutsuke_pipeline.engine.days import TOKYO

AT_TWO = "0 2 * * *"


def build_nightly(submit_batch: AssetJob) -> dg.ScheduleDefinition:
    """Return the schedule that launches `submit_batch`."""

    @dg.schedule(
        job=submit_batch,
        cron_schedule=AT_TWO,
        execution_timezone=str(TOKYO),
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        """Submit the day that ended at midnight."""
        day = ended_day(context.scheduled_execution_time)
        return dg.RunRequest(run_key=f"nightly-{day}", partition_key=day)

    return nightly


def ended_day(scheduled_at: datetime) -> str:
    """Return the Tokyo day before the one in which `scheduled_at` lies, as a partition key."""
    return (scheduled_at.astimezone(TOKYO) - timedelta(days=1)).date().isoformat()
