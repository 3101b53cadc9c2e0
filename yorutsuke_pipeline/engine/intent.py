"""An intent: one decision to process some records once; the unit that is paid for.

What belongs here: the intent's row as a value, its states and the only transitions between them. The
conditional writes that enforce them in a table are the ledger's (`ports.IntentLedger`).

    open ──> manifested ──> submitted ──> collected ──> recorded ──> closed
      │           │                                                    ^
      └───────────┴────────────────────────────────────────────────────┘
       no record was left to ask about, or the model was changed before anything was submitted

| state | is reached when | so that after a crash |
|---|---|---|
| open | the intent's row is put, before any record is claimed | the next run claims on, under the same id |
| manifested | all parts are written and each job's name and token is noted | nothing is claimed or written again |
| submitted | every job is known to the service | nothing is ever submitted again |
| collected | every claimed record's outcome is written down | the service's output is not needed any more |
| recorded | transactions, dead letters and releases are written, and counted | no answer is parsed again |
| closed | sources are archived | there is nothing left to do |
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from yorutsuke_pipeline.engine.cost import TokenUsage
    from yorutsuke_pipeline.engine.orders import Order
    from yorutsuke_pipeline.engine.preflight import Preflight


class IntentStatus(Word):
    """The states of an intent, in the order of its life."""

    OPEN = "open"
    MANIFESTED = "manifested"
    SUBMITTED = "submitted"
    COLLECTED = "collected"
    RECORDED = "recorded"
    CLOSED = "closed"


TRANSITIONS: dict[IntentStatus, frozenset[IntentStatus]] = {
    IntentStatus.OPEN: frozenset({IntentStatus.MANIFESTED, IntentStatus.CLOSED}),
    IntentStatus.MANIFESTED: frozenset({IntentStatus.SUBMITTED, IntentStatus.CLOSED}),
    IntentStatus.SUBMITTED: frozenset({IntentStatus.COLLECTED}),
    IntentStatus.COLLECTED: frozenset({IntentStatus.RECORDED}),
    IntentStatus.RECORDED: frozenset({IntentStatus.CLOSED}),
    IntentStatus.CLOSED: frozenset(),
}


@dataclass(frozen=True)
class ResultStats:
    """How an intent ended: `success_count + failure_count == total_count`, in records."""

    success_count: int
    failure_count: int

    @property
    def total_count(self) -> int:
        """All records that the intent claimed, those turned away before submission included."""
        return self.success_count + self.failure_count


@dataclass(frozen=True)
class Intent:
    """The row `item = INTENT` of the batch-jobs table.

    Attributes:
        version: Counts the row's writes. A write names the version it read, so a stalled run that
            wakes after another took over is turned away whatever its clock says.
        record_count: Records in the parts; known from `manifested` on.
        rejected_count: Records turned away before submission.
        job_count: Jobs that count; a row beyond it is a leftover of a manifest that was never sealed.
        estimate_usd: The estimated cost, None while or where it is unknown (never 0 for unknown).
        preflight: The records that are asked on demand before any job is created; they are its first part.
        cost_usd: The settled cost from the service's token counts; None until known.
        on_demand_usd: What the same tokens would have cost on demand; None until known.
        collecting_since: When the reading of its answers began that was finished; None until it was.
        order: The order that it carries out; None if it is a day's own.
        note: Why it was given up or stopped, where somebody waits to be told.
    """

    intent_id: str
    workload: str
    day: date
    model_id: str
    prompt_version: str
    trace_id: str
    created_at: datetime
    status: IntentStatus = IntentStatus.OPEN
    version: int = 0
    request_fingerprint: str | None = None
    record_count: int = 0
    rejected_count: int = 0
    job_count: int = 0
    input_bytes: int = 0
    estimate_usd: Decimal | None = None
    cost_usd: Decimal | None = None
    result: ResultStats | None = None
    closed_at: datetime | None = None
    usage: TokenUsage | None = None
    preflight: Preflight | None = None
    on_demand_usd: Decimal | None = None
    collecting_since: datetime | None = None
    order: Order | None = None
    note: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether work remains on it."""
        return self.status is not IntentStatus.CLOSED

    @property
    def was_given_up(self) -> bool:
        """Whether it was stopped or refused, so that what it left is not wanted; only of an order is that noted."""
        return not self.is_open and self.note is not None

    def advance(self, status: IntentStatus, **changes: Any) -> Intent:  # noqa: ANN401 — dataclasses.replace's own signature
        """Return the intent in its next state, with `changes` to other attributes.

        Raises:
            PermanentError: The table above does not allow that step.
        """
        if status not in TRANSITIONS[self.status]:
            raise PermanentError(f"intent {self.intent_id} cannot go from {self.status} to {status}")
        return replace(self, status=status, **changes)
