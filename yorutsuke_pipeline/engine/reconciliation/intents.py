"""Intents: one that does not go on, one whose files are gone or changed, and one whose account is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.batch_job import PLANNED, JobMode
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.job_input import job_input
from yorutsuke_pipeline.engine.reconciliation.books import STUCK, UNFINISHED
from yorutsuke_pipeline.engine.reconciliation.contradiction import Contradiction, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.reconciliation.books import Books

_UNSUBMITTED = frozenset({IntentStatus.OPEN, IntentStatus.MANIFESTED})
_HALF_READ = frozenset({IntentStatus.COLLECTED, IntentStatus.RECORDED})


@dataclass(frozen=True)
class IntentRules:
    """The rules about each intent of one day."""

    books: Books
    day: date

    def contradictions(self, intent: Intent) -> Iterator[Contradiction]:
        """Yield what is wrong with an intent as it was read; what a run has mended meanwhile is left out."""
        jobs = self.books.jobs(intent)
        found = [*self._standstill(intent, jobs), *self._files(intent, jobs), *self._account(intent)]
        if found and self._has_moved_on(intent):
            return
        yield from found

    def _standstill(self, intent: Intent, jobs: tuple[BatchJob, ...]) -> Iterator[Contradiction]:
        if intent.status in _UNSUBMITTED and self.books.is_past(intent.created_at, STUCK):
            what = f"it was opened at {intent.created_at:%Y-%m-%d %H:%M} UTC and is still {intent.status}"
            yield Contradiction(Kind.STUCK_INTENT, intent.intent_id, self.day, what)
        may_be_read = intent.status in _HALF_READ or (
            intent.status is IntentStatus.SUBMITTED and bool(jobs) and all(job.has_ended for job in jobs)
        )
        ends = [job.completed_at or job.submitted_at for job in jobs]
        if may_be_read and all(self.books.is_past(end, UNFINISHED) for end in ends):
            what = f"all its {len(jobs)} jobs have ended, and it is still {intent.status}"
            yield Contradiction(Kind.UNFINISHED_INTENT, intent.intent_id, self.day, what)

    def _files(self, intent: Intent, jobs: tuple[BatchJob, ...]) -> Iterator[Contradiction]:
        if intent.status is IntentStatus.MANIFESTED:
            for job in jobs:
                yield from self._part(job)
        needed = {
            IntentStatus.MANIFESTED: layout.records_key_of(jobs[0].part_key) if jobs else None,
            IntentStatus.SUBMITTED: layout.records_key_of(jobs[0].part_key) if jobs else None,
            IntentStatus.COLLECTED: layout.answers_key(intent.intent_id),
            IntentStatus.RECORDED: layout.outcomes_key(intent.intent_id),
        }.get(intent.status)
        if needed is not None and self.books.objects.head(needed) is None:
            what = f"it is {intent.status} and needs {needed}, which is gone"
            yield Contradiction(Kind.MISSING_WORK_FILE, intent.intent_id, self.day, what)

    def _part(self, job: BatchJob) -> Iterator[Contradiction]:
        if not job.awaits_submission:
            return
        stored = job_input(self.books.objects, job.part_key)
        if stored is not None and stored.etag == job.part_etag:
            return
        if job.status != PLANNED and job.mode is JobMode.BATCH:
            # Its answer may be lost: what the service has was sent as it was sealed.
            known = self.books.service.find(job.job_name, job.client_request_token)
            if known is not None:
                return
        found = "is gone" if stored is None else "was changed"
        what = f"{job.part_key} {found} after it was sealed, and its job is {job.status}, not submitted"
        yield Contradiction(Kind.CHANGED_PART, job.job_name, self.day, what)

    def _account(self, intent: Intent) -> Iterator[Contradiction]:
        claimed = intent.record_count + intent.rejected_count
        if intent.result is not None and intent.result.total_count != claimed:
            what = f"its resultStats count {intent.result.total_count} records, and it had claimed {claimed}"
            yield Contradiction(Kind.WRONG_ACCOUNT, intent.intent_id, self.day, what)

    def _has_moved_on(self, intent: Intent) -> bool:
        current = self.books.ledger.intent(intent.intent_id)
        return current is None or current.version != intent.version
