"""A trial from its beginning to its end: sealed, asked, collected, and accepted or discarded.

What belongs here: its states and the order of its stages. Nothing is paid for before `ask`; killed anywhere, the
same command goes on where it was, and no record is asked about twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.batch_job import PLANNED
from yorutsuke_pipeline.engine.day_intents import intents_in, numbered_intents
from yorutsuke_pipeline.engine.errors import BudgetExceededError, LostRaceError, PermanentError
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus, ResultStats
from yorutsuke_pipeline.engine.terms import command
from yorutsuke_pipeline.engine.trials.withdrawal import Withdrawal, check_nothing_runs

if TYPE_CHECKING:
    from datetime import date

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.manifest import ManifestWriter
    from yorutsuke_pipeline.engine.ports import Clock, IntentLedger
    from yorutsuke_pipeline.engine.raw_output import RawOutputCollector
    from yorutsuke_pipeline.engine.submission import SubmissionReport, Submitter
    from yorutsuke_pipeline.engine.workload import Workload

_OPEN = tuple(status for status in IntentStatus if status is not IntentStatus.CLOSED)
_UNSUBMITTED = (IntentStatus.OPEN, IntentStatus.MANIFESTED)


@dataclass(frozen=True)
class Trials:
    """The rules, over the stages of the workload on trial."""

    workload: Workload
    writer: ManifestWriter
    submitter: Submitter
    collector: RawOutputCollector
    ledger: IntentLedger
    clock: Clock

    def seal(self, day: date) -> Intent | None:
        """Return the day's trial, ready to be asked, with its estimate; None if the day has no record to ask about.

        One that was sealed before and never asked is given up first: its sample or its model may be another.

        Raises:
            PermanentError: The day has such a trial that is asked already, or another one that is half asked.
            BudgetExceededError: The estimate passes the budget.
        """
        for earlier in intents_in(self.ledger, self.workload.name, day, *_OPEN):
            self._make_way(earlier)
        intent = self.writer.write(day).intent
        return intent if intent is not None and intent.record_count else None

    def jobs(self, intent: Intent) -> tuple[BatchJob, ...]:
        """Return a trial's jobs."""
        return self.writer.jobs(intent)

    def ask(self, intent: Intent) -> SubmissionReport:
        """Submit a sealed trial, or ask on demand. From here on it is paid for.

        Asked is only what a person has seen and confirmed: this trial, as it was sealed.

        Raises:
            LostRaceError: Another command has changed the trial since; it is not asked any further.
            BudgetExceededError: The estimate passes a budget; nothing was asked.
            SubmissionRefusedError: The service refused the job.
        """
        try:
            return self.submitter.submit_intent(intent)
        except LostRaceError as error:
            raise LostRaceError(
                f"another command has changed {intent.intent_id} since its estimate was shown, so it is not asked any "
                "further; start the trial again"
            ) from error
        except BudgetExceededError as refusal:
            raise BudgetExceededError(f"{refusal}, or give it up: {_discarding(intent)}") from refusal

    def collect(self, intent: Intent) -> Intent | None:
        """Read a trial's answers and return it as it is then; None while its jobs run.

        Raises:
            PermanentError: It was not asked, or not to its end, or its answers have expired; the message says what
                stands against it.
        """
        if intent.status in _UNSUBMITTED:
            raise PermanentError(f"{self._unasked(intent)}, or give it up: {_discarding(intent)}")
        if self._has_expired(intent):
            raise PermanentError(
                f"{intent.intent_id} was asked so long ago that its answers cannot be read any more; to close it, "
                f"settled at its estimate: {_discarding(intent)}"
            )
        if intent.status is IntentStatus.SUBMITTED:
            self.collector.collect(intent.day, only=intent.intent_id)
        current = self.ledger.intent(intent.intent_id) or intent
        return None if current.status is IntentStatus.SUBMITTED else current

    def named(self, name: str) -> Intent:
        """Return a trial by its id.

        Raises:
            PermanentError: There is none.
        """
        intent = self.ledger.intent(name)
        if intent is None or intent.workload != self.workload.name:
            raise PermanentError(
                f"there is no trial {name!r}; `{self._command('trial list')}` names those that are open"
            )
        return intent

    def newest_of(self, day: date) -> Intent:
        """Return the day's newest trial that is open, or if none is, its newest.

        Raises:
            PermanentError: The day had none.
        """
        found = list(numbered_intents(self.ledger, self.workload.name, day))
        open_ones = [intent for intent in found if intent.is_open]
        if not found:
            raise PermanentError(f"{day} has no trial; begin one with `{self._command(f'trial start {day}')}`")
        return (open_ones or found)[-1]

    def discard(self, intent: Intent) -> Intent:
        """Close a trial of which nothing is accepted; what it has cost so far is settled.

        Raises:
            PermanentError: Its jobs still run.
            LostRaceError: It is being asked at this moment.
        """
        current = self.named(intent.intent_id)
        if not current.is_open:
            return current
        if current.status in _UNSUBMITTED:
            jobs = self.jobs(current)
            if not _has_begun(jobs):
                return self._withdrawal.of_unasked(current, jobs)
            check_nothing_runs(current, jobs)
            current = self._withdrawal.of_half_asked(current, jobs)
        elif self._has_expired(current):
            # Its rows may say that it runs for no better reason than that nobody has looked since.
            (progress,) = self.collector.watch.look([current])
            check_nothing_runs(current, progress.jobs)
            current = self._withdrawal.of_expired(current)
        return self.close(current, accepted=0) if current.is_open else current

    def close(self, intent: Intent, *, accepted: int) -> Intent:
        """Close a trial of which so many records were accepted.

        Raises:
            PermanentError: Its jobs still run.
        """
        current = self.collect(intent)
        if current is None:
            raise PermanentError(
                f"{intent.intent_id} still runs: first `{self._command(f'jobs stop {intent.intent_id}')}`"
            )
        if current.status is IntentStatus.COLLECTED:
            stats = ResultStats(accepted, current.record_count - accepted)
            current = self.ledger.save(current.advance(IntentStatus.RECORDED, result=stats))
        if current.status is IntentStatus.RECORDED:
            current = self.ledger.save(current.advance(IntentStatus.CLOSED, closed_at=self.clock.now()))
        return current

    def has_begun(self, intent: Intent) -> bool:
        """Tell whether anything of a trial may have been asked, and so paid for."""
        return _has_begun(self.jobs(intent))

    def _unasked(self, intent: Intent) -> str:
        """Return why a trial was not asked, as far as that can be told, and how it goes on."""
        if intent.status is IntentStatus.OPEN:
            return (
                f"{intent.intent_id} was not made ready: a budget refused it, or it was interrupted; start it again, "
                "which says what is wrong"
            )
        objection = self.submitter.spending.objection(intent)
        return objection or f"{intent.intent_id} is not asked to its end; start it again"

    def _has_expired(self, intent: Intent) -> bool:
        return intent.status is IntentStatus.SUBMITTED and self._withdrawal.has_expired(intent, self.jobs(intent))

    def _command(self, words: str) -> str:
        return command(self.workload.name, words)

    @property
    def _withdrawal(self) -> Withdrawal:
        return Withdrawal(self.writer, self.submitter)

    def _make_way(self, earlier: Intent) -> None:
        """Give up an earlier trial that asked nothing; let one that was half asked as this one is go on."""
        asked = (earlier.model_id, earlier.prompt_version)
        is_the_same = asked == (self.writer.policy.model_id, self.workload.prompt_version)
        told = f"trial {earlier.intent_id} ({earlier.model_id}, prompt {earlier.prompt_version})"
        if earlier.status not in _UNSUBMITTED:
            if is_the_same:
                showing = self._command(f"trial show {earlier.intent_id}")
                raise PermanentError(f"{told} is asked already: `{showing}`, then accept or discard it")
        elif not _has_begun(jobs := self.jobs(earlier)):
            self._withdrawal.of_unasked(earlier, jobs)
        elif not is_the_same:
            raise PermanentError(f"{told} is half asked: start that one again to finish it, or discard it")


def _discarding(intent: Intent) -> str:
    return f"`{command(intent.workload, f'trial discard {intent.intent_id}')}`"


def _has_begun(jobs: tuple[BatchJob, ...]) -> bool:
    return any(job.status != PLANNED for job in jobs)
