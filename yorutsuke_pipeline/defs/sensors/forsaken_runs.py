"""Runs that vanished and that Dagster, against its word, will not start again.

A run of `yorutsuke backfill`, of `retry-failed` or of a job's backfill in the UI belongs to a backfill that is over as
soon as its runs are queued, and what belongs to one that is over is never started again. Which runs have vanished is
Dagster's to say, and `orphaned_runs`'. Only the first half is seen to here: a second half that failed, for whatever
reason, the completion sensor launches again.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone

import dagster as dg
from dagster._core.execution.backfill import BULK_ACTION_TERMINAL_STATUSES  # exported nowhere else

from yorutsuke_pipeline.defs.sensors.day_runs import BACKFILL_TAG, PARTITION_TAG, WILL_RETRY_TAG

# A run key is remembered for ever, so this only bounds what a tick reads; a sensor is seldom down for longer.
_LOOKED_BACK = timedelta(hours=6)


def requests_for_forsaken(instance: dg.DagsterInstance, jobs: Iterable[str]) -> Iterator[dg.RunRequest]:
    """Yield a request for each forsaken run of the jobs. The new run belongs to no backfill: Dagster looks after it."""
    for job in jobs:
        wanted = dg.RunsFilter(
            job_name=job,
            statuses=[dg.DagsterRunStatus.FAILURE],
            tags={WILL_RETRY_TAG: "true"},
            updated_after=datetime.now(timezone.utc) - _LOOKED_BACK,
        )
        for run in instance.get_runs(wanted):
            if _is_forsaken(instance, run):
                yield dg.RunRequest(run_key=f"again:{run.run_id}", job_name=job, partition_key=run.tags[PARTITION_TAG])


def _is_forsaken(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    backfill_id = run.tags.get(BACKFILL_TAG)
    if backfill_id is None or PARTITION_TAG not in run.tags:
        return False
    backfill = instance.get_backfill(backfill_id)
    return backfill is None or backfill.status in BULK_ACTION_TERMINAL_STATUSES
