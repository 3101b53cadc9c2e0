"""What Dagster knows of the runs of some days: read in a few queries, however many days are asked about.

A query costs some 15 ms on SQLite, so one for each of 500 open intents made a tick last longer than the time
between two. What follows from these runs is the completion sensor's.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import dagster as dg

from yorutsuke_pipeline.defs.jobs import INTENT_TAG
from yorutsuke_pipeline.defs.stop_jobs import STOP_JOBS

PARTITION_TAG = "dagster/partition"
UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_JOBS = ("submit_batch", "ingest_results")
_FAILED = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
# Dagster's own: on a failed run that it starts again by itself, and the name of the new run once there is one.
WILL_RETRY_TAG = "dagster/will_retry"
_RETRIED_AS_TAG = "dagster/auto_retry_run_id"
BACKFILL_TAG = "dagster/backfill"
# Its daemon needs some seconds for that; one that has not done it by then never will.
_TIME_TO_RETRY = timedelta(minutes=2)
# Runs of a day, the newest first; ingests come a few in a row at most.
_LOOKED_BACK = 25


@dataclass(frozen=True)
class DayRuns:
    """Reads runs of an instance."""

    instance: dg.DagsterInstance

    def busy(self, days: Collection[str]) -> set[str]:
        """Return the days that have a run queued or under way, or one that Dagster is about to start again."""
        under_way = self._records(days, statuses=UNDER_WAY)
        vanished = self._records(
            days,
            statuses=[dg.DagsterRunStatus.FAILURE],
            tags={WILL_RETRY_TAG: "true"},
            updated_after=datetime.now(timezone.utc) - _TIME_TO_RETRY,
        )
        # Of a job's backfill Dagster starts no run again (`forsaken_runs`), whatever its tags say.
        runs = [record.dagster_run for record in vanished]
        promised = [run for run in runs if BACKFILL_TAG not in run.tags or run.job_name not in _JOBS]
        retried = [run for run in promised if _RETRIED_AS_TAG not in run.tags]
        return {run.tags[PARTITION_TAG] for run in (*(record.dagster_run for record in under_way), *retried)}

    def failed_ingests(self, intent_ids: Collection[str]) -> Counter[str]:
        """Return how many runs of ingest_results have failed, or were cancelled, for each of the intents."""
        if not intent_ids:
            return Counter()
        wanted = dg.RunsFilter(job_name="ingest_results", statuses=_FAILED, tags={INTENT_TAG: list(intent_ids)})
        return Counter(run.tags[INTENT_TAG] for run in self.instance.get_runs(wanted))

    def last_submissions(self, days: Collection[str], *, ended_before: datetime) -> dict[str, dg.DagsterRun]:
        """Return the last run of each day that submitted, or may have; a day without one is left out.

        So is one whose last run ended after `ended_before`.
        """
        last: dict[str, dg.RunRecord] = {}
        for record in self._records(days, limit=_LOOKED_BACK * len(days)):
            run = record.dagster_run
            # Not by the name submit_batch: what a person materializes or backfills in the UI runs under Dagster's own.
            if run.job_name not in {"ingest_results", STOP_JOBS}:
                last.setdefault(run.tags[PARTITION_TAG], record)
        return {
            day: record.dagster_run
            for day, record in last.items()
            if record.end_time is None or record.end_time < ended_before.timestamp()
        }

    def _records(
        self,
        days: Collection[str],
        *,
        statuses: list[dg.DagsterRunStatus] | None = None,
        tags: dict[str, str] | None = None,
        updated_after: datetime | None = None,
        limit: int | None = None,
    ) -> Sequence[dg.RunRecord]:
        """Return the runs of days, the newest first."""
        if not days:
            return []
        wanted = dg.RunsFilter(
            statuses=statuses,
            tags={PARTITION_TAG: list(days), **(tags or {})},
            updated_after=updated_after,
        )
        return self.instance.get_run_records(wanted, limit=limit)
