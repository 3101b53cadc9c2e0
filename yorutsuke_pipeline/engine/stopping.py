"""Stopping jobs, when a person asks for it.

What belongs here: which jobs are meant by a name, and what becomes of each. A job at the service is stopped
there; the sensor sees it end, what it answered is kept, the rest goes back in line. A job of the same intent that
waits for a slot would only take the place of the one that was stopped, so it is withdrawn. An intent of which
nothing is submitted is left alone: `pause` keeps it from being.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.batch_job import PLANNED, WITHDRAWN, BatchJob, JobMode
from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.errors import LostRaceError, PermanentError
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.submitted_intent import mark_submitted
from yorutsuke_pipeline.engine.terms import command
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from yorutsuke_pipeline.engine.ports import BatchService, Clock, EventLog, IntentLedger

# The service refuses to look up anything else.
_JOB_ID = re.compile(r"[a-z0-9]{12}")
# Of the service's words: it ends as it was asked to.
_STOPPED = "Stopped"


class StopOutcome(Word):
    """What became of a job that was to be stopped."""

    STOPPING = "stopping"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    LEFT = "left"


@dataclass(frozen=True)
class Stop:
    """A job with what became of it, and why in a sentence."""

    job: BatchJob
    outcome: StopOutcome
    reason: str

    @property
    def must_be_seen_to(self) -> bool:
        """Whether the job was left and a person may yet stop it; what is asked on demand, only a pause stops."""
        return self.outcome is StopOutcome.LEFT and self.job.mode is not JobMode.ON_DEMAND


@dataclass(frozen=True)
class Stopper:
    """The rules, with the ports they work through; `workloads` are the names of those whose jobs are looked at."""

    workloads: tuple[str, ...]
    ledger: IntentLedger
    service: BatchService
    clock: Clock
    events: EventLog

    def of_day(self, day: date) -> list[BatchJob]:
        """Return the jobs of a day's open intents that have not ended, as the ledger has them."""
        return [job for intent in intents_in(self.ledger, self.workloads[0], day, *_OPEN) for job in self._open(intent)]

    def named(self, name: str) -> list[BatchJob]:
        """Return the jobs that a job's id, name or ARN means, or an intent's id, and that have not ended.

        Raises:
            PermanentError: There is no such job or intent, or it has ended; the message says which.
        """
        intent = self.ledger.intent(name)
        if intent is not None:
            jobs = self._open(intent)
            if not jobs:
                raise PermanentError(f"{name} has no job that could be stopped: it is {intent.status}")
            return jobs
        for workload in self.workloads:
            for each in self.ledger.open_intents(workload):
                for job in self._jobs(each):
                    if name in {job.job_id, job.job_name, job.job_arn}:
                        return [self._unended(job)]
        # A job's name begins with its intent's id, which may be closed by now: job_name in identity.py.
        owner = name.rsplit("-", 2)[0]
        for job in self.ledger.jobs(owner) if owner not in {"", name} else ():
            if job.job_name == name:
                return [self._unended(job)]
        raise PermanentError(self._unknown(name))

    def stop(self, jobs: Sequence[BatchJob]) -> list[Stop]:
        """Stop jobs; return what became of each. Whatever is refused stops no other."""
        begun = {job.intent_id for job in jobs if self._has_begun(job.intent_id)}
        # First what is not submitted yet: a slot that comes free must not be taken by it.
        ordered = sorted(jobs, key=lambda job: (not job.awaits_submission, job.intent_id, job.number))
        stops = [self._stop(job, has_begun=job.intent_id in begun) for job in ordered]
        for name in sorted({stop.job.intent_id for stop in stops if stop.outcome is StopOutcome.WITHDRAWN}):
            self._note_submitted(name)
        return stops

    def _stop(self, job: BatchJob, *, has_begun: bool) -> Stop:
        if job.mode is JobMode.ON_DEMAND:
            what = f"it is asked on demand, record by record: `{self._command('pause')}` stops that within seconds"
            return Stop(job, StopOutcome.LEFT, what)
        if job.status == PLANNED:
            return self._withdrawn(job, has_begun=has_begun)
        if job.job_id is None:
            what = "nobody knows yet whether Bedrock has it; launch submit_batch for its day, then stop it"
            return Stop(job, StopOutcome.LEFT, what)
        state = self.service.stop(job.job_id)
        if state is None:
            return Stop(job, StopOutcome.LEFT, "Bedrock does not know this job; check AWS_REGION and the account")
        if state.has_ended and state.status != _STOPPED:
            return Stop(job, StopOutcome.ENDED, f"it had ended already: {state.status}")
        return Stop(job, StopOutcome.STOPPING, "what it answered is kept, the rest goes back in line")

    def _withdrawn(self, job: BatchJob, *, has_begun: bool) -> Stop:
        if not has_begun:
            return Stop(job, StopOutcome.LEFT, f"it is not submitted; `{self._command('pause')}` keeps it from being")
        message = "withdrawn by a person before it was submitted"
        ended = replace(job, status=WITHDRAWN, message=message, completed_at=self.clock.now())
        try:
            return Stop(self.ledger.save_job(ended), StopOutcome.WITHDRAWN, "it was not submitted, and will not be")
        except LostRaceError:
            return Stop(job, StopOutcome.LEFT, "it is being submitted at this moment; stop it again")

    def _note_submitted(self, intent_id: str) -> None:
        """Let an intent whose rest was withdrawn count as submitted, so that its answers are read also in a pause."""
        intent = self.ledger.intent(intent_id)
        if intent is None:
            return
        try:
            mark_submitted(intent, self._jobs(intent), self.ledger, self.events)
        except LostRaceError:
            # A run that submits has just noted the same.
            return

    def _has_begun(self, intent_id: str) -> bool:
        intent = self.ledger.intent(intent_id)
        return intent is not None and any(job.status != PLANNED for job in self._jobs(intent))

    def _open(self, intent: Intent) -> list[BatchJob]:
        return [job for job in self._jobs(intent) if not job.has_ended]

    def _jobs(self, intent: Intent) -> Sequence[BatchJob]:
        return self.ledger.jobs(intent.intent_id)[: intent.job_count]

    def _unended(self, job: BatchJob) -> BatchJob:
        if job.has_ended:
            raise PermanentError(f"job {job.job_id or job.job_name} of {job.intent_id} had ended already: {job.status}")
        return job

    def _command(self, words: str) -> str:
        return command(self.workloads[0], words)

    def _unknown(self, name: str) -> str:
        state = self.service.get(name) if _JOB_ID.fullmatch(name) else None
        if state is None:
            return f"no job or intent {name!r} is known; `{self._command('jobs --open')}` lists those that are open"
        if state.has_ended:
            return f"job {name} ({state.job_name}) had ended already: {state.status}"
        return (
            f"job {name} ({state.job_name}) is {state.status} at Bedrock, and no open intent of this deployment has "
            "it; "
            f"if nobody else does: aws bedrock stop-model-invocation-job --job-identifier {name}"
        )


_OPEN = tuple(status for status in IntentStatus if status is not IntentStatus.CLOSED)
