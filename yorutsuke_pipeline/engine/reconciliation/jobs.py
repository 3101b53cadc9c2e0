"""Jobs: the service's own list against the ledger's rows.

One listing of the service tells all of a day, because a job's name begins with its intent's id.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.batch_job import VANISHED, WITHDRAWN, BatchJob, JobState, may_have_vanished
from yorutsuke_pipeline.engine.reconciliation.books import KEPT
from yorutsuke_pipeline.engine.reconciliation.contradiction import Contradiction, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.reconciliation.books import Books

_GIVEN_UP = frozenset({VANISHED, WITHDRAWN})


@dataclass(frozen=True)
class JobRules:
    """The rules about the jobs of one day."""

    books: Books
    day: date

    def contradictions(self, intents: Sequence[Intent]) -> Iterator[Contradiction]:
        """Yield what the service and the ledger say differently, given the day's intents."""
        numbered = f"{self.books.workload.name}-{self.day.isoformat()}-"
        others = [f"{intent.intent_id}-" for intent in intents if not intent.intent_id.startswith(numbered)]
        at_the_service: set[str] = set()
        for prefix in (numbered, *others):
            for name, states in self._listed(prefix).items():
                at_the_service.add(name)
                yield from self._of_name(name, states)
        for intent in intents:
            for job in self.books.jobs(intent):
                if job.job_name not in at_the_service:
                    yield from self._lost(job)

    def _listed(self, prefix: str) -> dict[str, list[JobState]]:
        """Return this deployment's jobs whose names begin so, by name."""
        found: dict[str, list[JobState]] = defaultdict(list)
        for state in self.books.service.named(prefix):
            if state.job_name.startswith(prefix) and state.job_name.endswith(f"-{self.books.policy.deployment}"):
                found[state.job_name].append(state)
        return found

    def _of_name(self, name: str, states: list[JobState]) -> Iterator[Contradiction]:
        """Compare the service's jobs of one name with the row of that name, read after they were listed."""
        form = re.fullmatch(rf"(.+)-(\d{{3,}})-{re.escape(self.books.policy.deployment)}", name)
        if form is None:
            return
        intent = self.books.ledger.intent(form[1])
        jobs = self.books.jobs(intent) if intent is not None else ()
        row = next((job for job in jobs if job.job_name == name), None)
        known = next((state for state in states if row is not None and _is_of(state, row)), None)
        for state in states:
            if state is known or (row is None and self._has_expired(intent, int(form[2]), state)):
                continue
            kind = Kind.DOUBLED_JOB if len(states) > 1 else Kind.UNKNOWN_JOB
            yield Contradiction(kind, state.job_id, self.day, _stranger(name, state, intent, row))
        if row is not None and known is not None:
            yield from self._behind(row, known)

    def _has_expired(self, intent: Intent | None, number: int, state: JobState) -> bool:
        """Tell whether a job's row is gone because it ended long ago, as rows of jobs do."""
        if intent is None or intent.is_open or not state.has_ended or number > intent.job_count:
            return False
        return self.books.is_past(state.ended_at or state.submitted_at, KEPT)

    def _behind(self, row: BatchJob, state: JobState) -> Iterator[Contradiction]:
        if row.awaits_submission:
            if self.books.is_recent(state.submitted_at):
                return
            what = f"job {state.job_id} is {state.status} at the service, its row in the ledger says {row.status}"
            yield Contradiction(Kind.UNADOPTED_JOB, row.job_name, self.day, what, lambda: self._adopt(row))
        elif row.status in _GIVEN_UP and not state.has_ended:
            what = f"the ledger gave it up as {row.status}, and it is {state.status} at the service"
            yield Contradiction(Kind.UNKNOWN_JOB, state.job_id, self.day, what)
        elif state.has_ended and not row.has_ended and not self.books.is_recent(state.ended_at or state.submitted_at):
            what = f"it is {state.status} at the service, its row in the ledger still says {row.status}"
            yield Contradiction(Kind.STALE_JOB, row.job_name, self.day, what, lambda: self._look(row))

    def _lost(self, job: BatchJob) -> Iterator[Contradiction]:
        if job.job_id is None or not job.is_at_the_service or self.books.is_recent(job.submitted_at):
            return
        if self.books.service.get(job.job_id) is not None:
            return
        current = self.books.job(job)
        if current is None or not current.is_at_the_service:
            return
        now, hours = self.books.clock.now(), self.books.policy.timeout_hours
        fix = (lambda: self._look(job)) if may_have_vanished(job.submitted_at, now, hours) else None
        what = f"the ledger has it as {job.status}, under the id {job.job_id}; the service knows no such job"
        yield Contradiction(Kind.LOST_JOB, job.job_name, self.day, what, fix)

    def _adopt(self, row: BatchJob) -> bool:
        current = self.books.job(row)
        if current is None:
            return False
        return not current.awaits_submission or self.books.submitter.adopt(current) is not None

    def _look(self, row: BatchJob) -> bool:
        intent = self.books.ledger.intent(row.intent_id)
        if intent is None:
            return False
        (progress,) = self.books.watch.look([intent])
        return any(job.number == row.number and job.has_ended for job in progress.jobs)


def _is_of(state: JobState, row: BatchJob) -> bool:
    """Tell whether the service's job is the row's: by its id, before there is one by the token."""
    if row.job_id is not None:
        return state.job_id == row.job_id
    return state.client_request_token in {row.client_request_token, None}


def _stranger(name: str, state: JobState, intent: Intent | None, row: BatchJob | None) -> str:
    seen = f"a job named {name} is {state.status} at the service"
    if intent is None:
        return f"{seen}, and there is no such intent"
    if row is None:
        return f"{seen}, and {intent.intent_id} has no such job"
    named = f"the ledger's is {row.job_id}" if row.job_id is not None else "its token is not the ledger's"
    return f"{seen}, and {named}"
