"""What Dagster knows of the runs of some days: read in a few queries, however many days are asked about.

A query costs some 15 ms on SQLite and a run that it returns 0.2 ms, so a query for each of 500 open intents made
a tick last longer than the time between two. What follows from these runs is the completion sensor's.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.jobs import INTENT_TAG, WORKLOAD_TAG
from yorutsuke_pipeline.defs.stop_jobs import STOP_JOBS
from yorutsuke_pipeline.engine.intent import Intent
from yorutsuke_pipeline.engine.retrying import Half, half_needed

PARTITION_TAG = "dagster/partition"
UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_FAILED = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
# Dagster's own: on a failed run that it starts again by itself, and the name of the new run once there is one.
WILL_RETRY_TAG = "dagster/will_retry"
_RETRIED_AS_TAG = "dagster/auto_retry_run_id"
BACKFILL_TAG = "dagster/backfill"
# Its daemon needs some seconds for that; one that has not done it by then never will.
_TIME_TO_RETRY = timedelta(minutes=2)
# Runs of a query, where it is not known how many are needed.
_PAGE = 200


@dataclass(frozen=True)
class DayRuns:
    """Reads runs of an instance; `blueprints` are those of all workloads."""

    instance: dg.DagsterInstance
    blueprints: Sequence[Blueprint]

    def busy(self, intents: Collection[Intent]) -> set[str]:
        """Return the ids of the intents that a run works on, is queued for, or is about to be started again for.

        A run works on the one intent that its tag names, or on its whole day.
        """
        runs = self._under_way({intent.day.isoformat() for intent in intents})
        return {intent.intent_id for intent in intents if any(self._works_on(run, intent) for run in runs)}

    def _under_way(self, days: Collection[str]) -> list[dg.DagsterRun]:
        under_way = self._records(days, statuses=UNDER_WAY)
        vanished = self._records(
            days,
            statuses=[dg.DagsterRunStatus.FAILURE],
            tags={WILL_RETRY_TAG: "true"},
            updated_after=datetime.now(timezone.utc) - _TIME_TO_RETRY,
        )
        # Of a job's backfill Dagster starts no run again (`forsaken_runs`), whatever its tags say.
        runs = [record.dagster_run for record in vanished]
        halves = {name for half in Half for name in self.names(half)}
        promised = [run for run in runs if BACKFILL_TAG not in run.tags or run.job_name not in halves]
        retried = [run for run in promised if _RETRIED_AS_TAG not in run.tags]
        return [*(record.dagster_run for record in under_way), *retried]

    def names(self, job: str) -> set[str]:
        """Return how a job is named in each workload."""
        return {blueprint.job(job) for blueprint in self.blueprints}

    def _works_on(self, run: dg.DagsterRun, intent: Intent) -> bool:
        if run.tags[PARTITION_TAG] != intent.day.isoformat() or not self._is_of(run, intent.workload):
            return False
        return run.tags.get(INTENT_TAG, intent.intent_id) == intent.intent_id

    def _is_of(self, run: dg.DagsterRun, workload: str) -> bool:
        """Tell whether a run is a workload's; what a person materializes in the UI has no tag, but names its assets."""
        owners = self.workloads_of(run)
        return not owners or workload in owners

    def workloads_of(self, run: dg.DagsterRun) -> set[str | None]:
        """Return whose assets a run makes, None for assets of nobody; an empty set if nothing tells."""
        tagged = run.tags.get(WORKLOAD_TAG)
        if tagged is not None:
            return {tagged}
        return {self._owners.get(key) for key in run.asset_selection or ()}

    @cached_property
    def _owners(self) -> Mapping[dg.AssetKey, str]:
        return {
            dg.AssetKey(key): blueprint.name
            for blueprint in self.blueprints
            for key in (*blueprint.submitted_half, *blueprint.ingested_half)
        }

    def _may_be_of(self, run: dg.DagsterRun, half: Half) -> bool:
        """Tell whether a run may have done a half's work.

        What a person materializes or backfills in the UI runs under a name of Dagster's own, but names its assets.
        """
        made = {self._halves.get(key) for key in run.asset_selection or ()}
        others = {name for job in (*Half, STOP_JOBS) if job != half for name in self.names(job)}
        return half in made if made else run.job_name not in others

    @cached_property
    def _halves(self) -> Mapping[dg.AssetKey, Half]:
        submitted = {dg.AssetKey(key): Half.SUBMIT for each in self.blueprints for key in each.submitted_half}
        ingested = {dg.AssetKey(key): Half.INGEST for each in self.blueprints for key in each.ingested_half}
        return submitted | ingested

    def failures(self, half: Half, intent_ids: Collection[str]) -> Counter[str]:
        """Return how many runs of a half have failed, or were cancelled, for each of the intents."""
        if not intent_ids:
            return Counter()
        wanted = dg.RunsFilter(statuses=_FAILED, tags={INTENT_TAG: list(intent_ids)})
        names = self.names(half)
        return Counter(run.tags[INTENT_TAG] for run in self.instance.get_runs(wanted) if run.job_name in names)

    def last_submissions(self, intents: Collection[Intent], *, ended_before: datetime) -> dict[str, dg.DagsterRun]:
        """Return the last run that submitted each intent, or may have, by its id; one without such a run is left out.

        So is one whose last run ended after `ended_before`.
        """
        last = self._last_records(Half.SUBMIT, intents)
        return {
            intent_id: record.dagster_run
            for intent_id, record in last.items()
            if record.end_time is None or record.end_time < ended_before.timestamp()
        }

    def left_failed(self, intents: Collection[Intent]) -> set[str]:
        """Return the ids of the open intents that a failed run has left where they are.

        The last one that worked on each, of the half that it needs: the status of a day is that of its last run,
        whichever intent that was of.
        """
        by_half = {half: [intent for intent in intents if half_needed(intent) is half] for half in Half}
        last = [item for half, needing in by_half.items() for item in self._last_records(half, needing).items()]
        return {intent_id for intent_id, record in last if record.dagster_run.status in _FAILED}

    def _last_records(self, half: Half, intents: Iterable[Intent]) -> dict[str, dg.RunRecord]:
        left = {intent.intent_id: intent for intent in intents}
        last: dict[str, dg.RunRecord] = {}
        # No number of runs is enough: those of other intents, and of the other workload, are of the same days.
        for record in self._newest_first({intent.day.isoformat() for intent in left.values()}):
            run = record.dagster_run
            if self._may_be_of(run, half):
                named = run.tags.get(INTENT_TAG)
                candidates = left.values() if named is None else [left[named]] if named in left else []
                for intent in [each for each in candidates if self._works_on(run, each)]:
                    last[intent.intent_id] = record
                    del left[intent.intent_id]
            if not left:
                break
        return last

    def _newest_first(self, days: Collection[str]) -> Iterator[dg.RunRecord]:
        """Yield the runs of days, and ask for no more of them than are taken."""
        page = self._records(days, limit=_PAGE)
        while page:
            yield from page
            page = self._records(days, limit=_PAGE, cursor=page[-1].dagster_run.run_id) if len(page) == _PAGE else []

    def _records(
        self,
        days: Collection[str],
        *,
        statuses: list[dg.DagsterRunStatus] | None = None,
        tags: dict[str, str] | None = None,
        updated_after: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Sequence[dg.RunRecord]:
        """Return the runs of days, the newest first; `cursor` is the id of the run before the first."""
        if not days:
            return []
        wanted = dg.RunsFilter(
            statuses=statuses,
            tags={PARTITION_TAG: list(days), **(tags or {})},
            updated_after=updated_after,
        )
        return self.instance.get_run_records(wanted, limit=limit, cursor=cursor)
