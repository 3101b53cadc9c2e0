"""Lateness: days that are not closed by their deadline, and jobs that wait for too long.

What belongs here: the rules, and the words in which a person is told. A day's deadline counts from 02:00 in
Tokyo on the day after, when the night submits it; an intent that was opened later, by a backfill or for
what had to be asked again, has as long from then on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.alerts import Alert
from yorutsuke_pipeline.engine.day_intents import numbered_intents
from yorutsuke_pipeline.engine.days import day_bounds, day_of, tokyo_minute
from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.holders import Holders
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.policy import BelowMinimum
from yorutsuke_pipeline.engine.switch import NEVER_PAUSED
from yorutsuke_pipeline.engine.terms import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import Clock, IntentLedger, PendingRecords, QuotaBook, SubmissionSwitch

# When the schedule `nightly` runs, after the day's end in Tokyo.
NIGHT_AFTER = timedelta(hours=2)
_UNSUBMITTED = frozenset({IntentStatus.OPEN, IntentStatus.MANIFESTED})


@dataclass(frozen=True)
class Limits:
    """How long is too long.

    Attributes:
        deadline: From the night on, until a day must be closed.
        longest_wait: For a job, from its submission to its end; for a free slot, from the intent's opening.
        days_back: How many days are looked at for some that nobody submitted, as many as the night looks at.
        first_day: The first partition.
    """

    deadline: timedelta
    longest_wait: timedelta
    days_back: int
    first_day: date


@dataclass(frozen=True)
class Lateness:
    """The rules, with the ports they look through."""

    workload: str
    policy: Policy
    limits: Limits
    ledger: IntentLedger
    pending: PendingRecords
    clock: Clock
    quota_book: QuotaBook
    switch: SubmissionSwitch = NEVER_PAUSED

    def alerts(self) -> list[Alert]:
        """Return what is late now, also what was so at the last look. Reads only."""
        now = self.clock.now()
        intents = list(self.ledger.open_intents(self.workload))
        jobs = self.ledger.jobs_of(intents)
        return [
            *self._unsubmitted_days(now),
            *(alert for intent in intents for alert in self._late(intent, jobs[intent.intent_id], now)),
            *(alert for intent in intents for alert in self._waiting(intent, jobs[intent.intent_id], now)),
        ]

    def _unsubmitted_days(self, now: datetime) -> Iterator[Alert]:
        """Yield the days past their deadline in which enough waits, and for which no intent was ever opened."""
        # The newest day whose deadline has passed: its night was that long ago.
        newest = day_of(now - self.limits.deadline - NIGHT_AFTER) - timedelta(days=1)
        for back in range(self.limits.days_back, -1, -1):
            day = newest - timedelta(days=back)
            if day < self.limits.first_day or any(numbered_intents(self.ledger, self.workload, day)):
                continue
            if self._enough_waits(day):
                remedy = self._pause() or (
                    "Is Dagster's daemon running, and the schedule nightly on? "
                    f"To submit them: {self._command(f'backfill --from {day} --to {day}')}"
                )
                yield Alert(
                    f"unsubmitted {self.workload} {day}",
                    f"{day} was not submitted",
                    f"{self.workload} of {day} wait, and no run has taken them up by the day's deadline, "
                    f"{tokyo_minute(self._due(day))} in Tokyo. {remedy}",
                )

    def _enough_waits(self, day: date) -> bool:
        skips = self.policy.below_minimum is BelowMinimum.SKIP
        least = self.quota_book.quotas(self.policy.model_id).fewest_records if skips else 1
        # What was put in line for an order that was stopped or refused, no run takes up.
        was_given_up = Holders(self.ledger.intent).was_given_up
        unclaimed = (record for record in self.pending.pending(day) if record.intent_id is None)
        wanted = (record for record in unclaimed if record.ordered_by is None or not was_given_up(record.ordered_by))
        return sum(1 for _ in islice(wanted, least)) == least

    def _late(self, intent: Intent, jobs: tuple[BatchJob, ...], now: datetime) -> Iterator[Alert]:
        due = self._due(intent.day, intent.created_at)
        if now < due:
            return
        state = (
            f"{intent.day} is not closed by its deadline, {tokyo_minute(due)} in Tokyo: {intent.intent_id} is "
            f"{intent.status}{_in_words(jobs)}."
        )
        if intent.status in _UNSUBMITTED and intent.day < self._first_of_night(now):
            # Under a key of its own: it is told again, for until now a night might have mended it.
            yield Alert(
                f"left {intent.intent_id}",
                f"no night submits {intent.day} any more",
                f"{state} No night takes it up again: these look at {self.limits.days_back} days before the one that "
                f"has ended (YORUTSUKE_NIGHTLY_DAYS_BACK). {self._remedy(intent, jobs)}",
            )
            return
        yield Alert(f"late {intent.intent_id}", f"{intent.day} is late", f"{state} {self._remedy(intent, jobs)}")

    def _first_of_night(self, now: datetime) -> date:
        """Return the first day that the last night looked at."""
        return day_of(now - NIGHT_AFTER) - timedelta(days=1 + self.limits.days_back)

    def _waiting(self, intent: Intent, jobs: tuple[BatchJob, ...], now: datetime) -> Iterator[Alert]:
        longest = self.limits.longest_wait
        hours = f"{longest / timedelta(hours=1):g} hours"
        if intent.status is IntentStatus.MANIFESTED and now - intent.created_at > longest:
            yield Alert(
                f"unsubmitted {intent.intent_id}",
                f"{intent.day} waits to be submitted",
                f"Jobs of {intent.day} ({intent.intent_id}) have not been submitted for over {hours}"
                f"{_in_words(jobs)}. {self._remedy(intent, jobs)}",
            )
        for job in jobs:
            if job.is_at_the_service and job.submitted_at is not None and now - job.submitted_at > longest:
                yield Alert(
                    f"waiting {job.job_name}",
                    f"a job of {intent.day} waits",
                    f"Job {job.job_name} of {intent.day} was submitted over {hours} ago and is {job.status}. Bedrock "
                    f"lets it wait and run for {self.policy.timeout_hours} hours at most. To see more: "
                    f"{self._command(f'jobs --date {intent.day}')}; to give it up, what it did not answer goes back "
                    f"in line: {self._command(f'jobs stop {job.job_id}')}",
                )

    def _remedy(self, intent: Intent, jobs: tuple[BatchJob, ...]) -> str:
        day = intent.day
        if intent.status in _UNSUBMITTED:
            backfill = self._command(f"backfill --from {day} --to {day}")
            return self._pause() or f"The last run of submit_batch says why. To go on: {backfill}"
        if all(job.has_ended for job in jobs):
            return (
                f"Its answers are there. If the day is red: {self._command(f'retry-failed --from {day} --to {day}')}; "
                "otherwise turn the sensor batch_completion on, which has them read"
            )
        return f"Its answers are read when its jobs have ended. To see more: {self._command(f'jobs --date {day}')}"

    def _command(self, words: str) -> str:
        return command(self.workload, words)

    def _pause(self) -> str | None:
        """Return the sentence that names the pause which holds, None if submission goes on."""
        try:
            pause = self.switch.current()
        except PermanentError as error:
            # Whoever submits meets the same; the message says what mends it.
            return f"Nothing is submitted now: {error}"
        return None if pause is None else f"Nothing is submitted now: {pause}"

    def _due(self, day: date, opened_at: datetime | None = None) -> datetime:
        night = day_bounds(day)[1] + NIGHT_AFTER
        return (night if opened_at is None else max(night, opened_at)) + self.limits.deadline


def _in_words(jobs: tuple[BatchJob, ...]) -> str:
    statuses = ", ".join(sorted({job.status for job in jobs}))
    return f" (its jobs: {statuses})" if statuses else ""
