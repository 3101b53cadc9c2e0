"""The account of a day: what its intents claimed, what became of it, and whether all of it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.cost import total
from yorutsuke_pipeline.engine.day_intents import intents_of

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import IntentLedger, PendingRecords

# More than this share of a day's records without a result raises the alarm.
MOST_FAILURES = 0.05


@dataclass(frozen=True)
class DayAccount:
    """A day in numbers, over all its intents.

    Attributes:
        claimed_count: Records that intents with a result had claimed.
        success_count: Of these, the ones with a result row.
        failure_count: Of these, the ones that were rejected, refused or missing.
        unsettled: Intents that have no result yet.
        stranded: Records that still carry the claim of an intent that is closed.
        estimate_usd: Over intents with a known cost; None if one is unknown.
        cost_usd: Likewise.
        last_jobs: Those of the intents that no later one has followed; one that was opened since an intent
            ended badly has asked again about what was left. None are left 30 days after they ended.
    """

    claimed_count: int
    success_count: int
    failure_count: int
    unsettled: tuple[str, ...]
    stranded: tuple[str, ...]
    estimate_usd: Decimal | None
    cost_usd: Decimal | None
    last_jobs: tuple[BatchJob, ...] = ()

    @property
    def bad_endings(self) -> tuple[BatchJob, ...]:
        """Those of the last jobs that have ended without having processed every record."""
        return _badly_ended(self.last_jobs)

    @property
    def adds_up(self) -> bool:
        """Whether every claimed record has exactly one ending."""
        return self.success_count + self.failure_count == self.claimed_count and not self.stranded

    @property
    def failure_share(self) -> float:
        """Failed records among all claimed, 0 to 1; 0 when none was claimed."""
        return self.failure_count / self.claimed_count if self.claimed_count else 0.0

    @property
    def is_within_estimate(self) -> bool | None:
        """Whether it cost no more than was estimated; None if either is unknown."""
        if self.estimate_usd is None or self.cost_usd is None:
            return None
        return self.cost_usd <= self.estimate_usd


@dataclass(frozen=True)
class DayAccounts:
    """The accounts of a workload's days, with the ports that they are read through."""

    workload: str
    ledger: IntentLedger
    pending: PendingRecords

    def of(self, day: date) -> DayAccount:
        """Return the account of a day, from the ledger and from the records that still wait. Reads only."""
        intents = intents_of(self.ledger, self.workload, day)
        settled = [(intent, intent.result) for intent in intents if intent.result is not None]
        closed = {intent.intent_id for intent in intents if not intent.is_open}
        billed = [intent for intent in intents if intent.usage is not None]
        return DayAccount(
            claimed_count=sum(intent.record_count + intent.rejected_count for intent, _ in settled),
            success_count=sum(result.success_count for _, result in settled),
            failure_count=sum(result.failure_count for _, result in settled),
            unsettled=tuple(intent.intent_id for intent in intents if intent.result is None),
            stranded=tuple(
                record.identity
                for record in self.pending.pending(day)
                if record.intent_id in closed and self.pending.holds(record.identity, record.intent_id)
            ),
            estimate_usd=total([intent.estimate_usd for intent in billed]),
            cost_usd=total([intent.cost_usd for intent in billed]),
            last_jobs=_last_jobs(intents, self.ledger),
        )


def unmended_endings(ledger: IntentLedger, workload: str, day: date) -> tuple[BatchJob, ...]:
    """Return the jobs of the day's last intents that ended badly; none while one of these is open."""
    intents = intents_of(ledger, workload, day)
    if any(intent.is_open for intent in intents):
        return ()
    return _badly_ended(_last_jobs(intents, ledger))


def _last_jobs(intents: list[Intent], ledger: IntentLedger) -> tuple[BatchJob, ...]:
    """Return the jobs of each intent that no later one has followed."""
    own = [intent for intent in intents if intent.order is None]
    last = [intent for intent in intents if not any(_follows(other, intent, own) for other in own)]
    jobs = ledger.jobs_of(last)
    return tuple(job for intent in last for job in jobs[intent.intent_id])


def _follows(other: Intent, intent: Intent, own: list[Intent]) -> bool:
    """Tell whether one of the day's own intents, given in order, took up what another left: it was opened after that.

    Those of a divided night are worked on side by side, and what an order left only the day's own take up.
    """
    if intent.closed_at is None or other.created_at < intent.closed_at:
        return False
    return intent.order is not None or own.index(other) > own.index(intent)


def _badly_ended(jobs: tuple[BatchJob, ...]) -> tuple[BatchJob, ...]:
    return tuple(job for job in jobs if job.has_ended and not job.ended_well)
