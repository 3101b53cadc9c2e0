"""Watching an intent's jobs: what the service says of them now, and what is to be done next.

What belongs here: the rules of the sensor. It records what it sees on the jobs' rows and decides
nothing that another run could not decide again; closing an intent is the last stage's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.batch_job import VANISHED, BatchJob, JobMode, JobState, may_have_vanished
from yorutsuke_pipeline.engine.errors import ConfigurationError, LostRaceError
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.slots import Slots
from yorutsuke_pipeline.engine.streams import map_bounded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import BatchService, Clock, IntentLedger, QuotaBook

# From here on one page of a listing is cheaper than a Get for each job.
_MANY_JOBS = 4
# The service's clock and ours differ; a job may be older there than our row says.
_CLOCK_SKEW = timedelta(minutes=15)


@dataclass(frozen=True)
class Progress:
    """An open intent and its jobs as they are now.

    Attributes:
        changed: Jobs whose status is another than at the last look.
    """

    intent: Intent
    jobs: tuple[BatchJob, ...]
    changed: tuple[BatchJob, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether the second half can run: all jobs have ended, or it was begun and did not finish."""
        if self.intent.status in {IntentStatus.COLLECTED, IntentStatus.RECORDED}:
            return True
        if self.intent.status is not IntentStatus.SUBMITTED or not self.jobs:
            return False
        return all(job.has_ended for job in self.jobs)

    @property
    def waits_to_begin(self) -> bool:
        """Whether it is an order that no run has prepared yet."""
        return self.intent.order is not None and self.intent.status is IntentStatus.OPEN

    @property
    def awaits_submission(self) -> bool:
        """Whether it is sealed, with some jobs submitted or none, and the rest waiting to be."""
        return self.intent.status is IntentStatus.MANIFESTED

    @property
    def needed_slots(self) -> int:
        """How many of its jobs wait for a slot at the service; those on demand need none."""
        return sum(1 for job in self.jobs if job.awaits_submission and job.mode is JobMode.BATCH)


@dataclass(frozen=True)
class Watch:
    """The rules, with the ports they work through."""

    policy: Policy
    ledger: IntentLedger
    service: BatchService
    clock: Clock
    quota_book: QuotaBook

    def free_slots(self, model_id: str) -> int:
        """Return how many jobs of a model are worth submitting now: as many as the service would take."""
        try:
            return Slots(model_id, self.quota_book, self.service, self.clock).free()
        except ConfigurationError:
            # It never takes one. The submission says so on its day, where a person looks; the other days go on.
            return 1

    def look(self, intents: list[Intent], *, only: Collection[str] | None = None) -> list[Progress]:
        """Return the progress of each intent, having asked the service about jobs that had not ended.

        Args:
            intents: Open ones.
            only: The ids of the jobs to ask about; of the others, what is written down. None asks about all.
        """
        jobs = self.ledger.jobs_of(intents)
        running = [job for listed in jobs.values() for job in listed if job.is_at_the_service]
        states = self._states([job for job in running if only is None or job.job_id in only])
        looked_at = ((intent, jobs[intent.intent_id]) for intent in intents)
        return list(map_bounded(partial(self._progress, states), looked_at, workers=self.policy.concurrency))

    def look_up(self, job_ids: Iterable[str]) -> list[str]:
        """Write down how jobs stand, whatever intents they are of; return the ids that the ledger knows."""
        found = [job for job_id in job_ids if (job := self.ledger.find_job(job_id)) is not None]
        states = self._states([job for job in found if job.is_at_the_service])
        for job in found:
            self._refreshed(job, states)
        return [job.job_id for job in found if job.job_id is not None]

    def _states(self, jobs: list[BatchJob]) -> dict[str, JobState | None]:
        """Return what the service says of each of the jobs, by id; None of one that it does not know."""
        states: dict[str, JobState | None] = {}
        begun = [job.submitted_at for job in jobs if job.submitted_at is not None]
        if len(jobs) >= _MANY_JOBS and begun:
            states = {state.job_id: state for state in self.service.since(min(begun) - _CLOCK_SKEW)}
        untold = [job.job_id for job in jobs if job.job_id is not None and job.job_id not in states]
        found = map_bounded(self.service.get, untold, workers=self.policy.concurrency)
        states.update(zip(untold, found, strict=True))
        return states

    def _progress(self, states: dict[str, JobState | None], looked_at: tuple[Intent, tuple[BatchJob, ...]]) -> Progress:
        intent, jobs = looked_at
        now_jobs = tuple(self._refreshed(job, states) for job in jobs)
        changed = tuple(now for then, now in zip(jobs, now_jobs, strict=True) if now.status != then.status)
        return Progress(intent, now_jobs, changed)

    def _refreshed(self, job: BatchJob, states: dict[str, JobState | None]) -> BatchJob:
        if not job.is_at_the_service or job.job_id is None or job.job_id not in states:
            return job
        state = states[job.job_id]
        if state is None:
            if not may_have_vanished(job.submitted_at, self.clock.now(), self.policy.timeout_hours):
                return job
            told = replace(job, status=VANISHED, message="the service does not know this job any more")
        else:
            told = replace(job, status=state.status, message=state.message, completed_at=state.ended_at)
        if told == job:
            return job
        try:
            return self.ledger.save_job(told)
        except LostRaceError:
            # Another look noted it first; what it noted is as good.
            return told
