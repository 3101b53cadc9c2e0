"""Records: each row against its claim, its result and its dead letter.

What belongs here: the rules about one record. Rows come in whatever way is cheap, and a scan or an index may
lag; so what seems wrong is read again, consistently, before it is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.reconciliation.contradiction import Contradiction, Kind
from yorutsuke_pipeline.engine.reconciliation.record_state import (
    FAILED,
    PENDING,
    PROCESSED,
    RecordState,
    is_in_line,
    state_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.reconciliation.books import Books
    from yorutsuke_pipeline.engine.reconciliation.repairs import Repairs
    from yorutsuke_pipeline.engine.reconciliation.shelf import Shelf
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.terms import Terms
    from yorutsuke_pipeline.engine.workload import Row

# Words on the shelf: the identities that have a final dead letter.
FINAL_LETTERS = "final letters"
# An answer is judged before its source is archived, seldom by more than this.
_SLACK = timedelta(days=1)


@dataclass(frozen=True)
class RecordRules:
    """The rules about records.

    Attributes:
        shelf: Knows who has a final dead letter.
        intents: Those read so far; one that was closed then is closed for good.
    """

    books: Books
    shelf: Shelf
    repairs: Repairs
    intents: dict[str, Intent | None] = field(default_factory=dict)

    def contradictions(self, records: Sequence[PendingRecord], day: date | None) -> Iterator[Contradiction]:
        """Yield what is wrong with some records (a hundred or so at once).

        Args:
            records: Their rows.
            day: The partition that is looked at; None to take it from each row.
        """
        results = self.books.results.of([record for record in records if state_of(record).status != FAILED])
        for record in records:
            seeming = [kind for kind, _ in self._faults(record, results.get(record.identity))]
            if seeming:
                yield from self._confirmed(record.identity, seeming, day)

    def without_row(self, identity: str, day: date | None) -> Iterator[Contradiction]:
        """Yield what is left of a record that seems to have no row."""
        if self.books.pending.find(identity) is not None:
            return
        if self.books.results.of_identity(identity) is not None:
            what = (
                f"there is a {self._terms.result} of this {self._terms.record}, and the {self._terms.record} has no row"
            )
            yield Contradiction(Kind.RESULT_WITHOUT_RECORD, identity, day, what)
        if self.shelf.has(FINAL_LETTERS, identity):
            what = (
                f"a dead letter says that this {self._terms.record} waits for a person, and the "
                f"{self._terms.record} has no row"
            )
            yield Contradiction(Kind.LETTER_WITHOUT_RECORD, identity, day, what)

    def _confirmed(self, identity: str, seeming: list[Kind], day: date | None) -> Iterator[Contradiction]:
        record = self.books.pending.find(identity)
        if record is None:
            return
        self.intents.clear()
        result = self.books.results.of([record]).get(identity) or self.books.results.of_identity(identity)
        for kind, what in self._faults(record, result):
            if kind in seeming:
                fix = self.repairs.of_record(kind, record, self._intent(record.intent_id))
                yield Contradiction(kind, identity, day or state_of(record).day, what, fix)

    def _faults(self, record: PendingRecord, result: Row | None) -> Iterator[tuple[Kind, str]]:
        state = state_of(record)
        if state.status == PENDING:
            yield from self._faults_of_pending(record, state, result)
        elif state.status == PROCESSED:
            yield from self._faults_of_processed(record, state, result)
        elif state.status == FAILED:
            yield from self._faults_of_failed(record, state)
        else:
            yield Kind.UNKNOWN_STATUS, "its row's status is none of pending, processed and failed"

    def _faults_of_pending(
        self, record: PendingRecord, state: RecordState, result: Row | None
    ) -> Iterator[tuple[Kind, str]]:
        if record.intent_id is not None:
            holder = self._intent(record.intent_id)
            if holder is None:
                yield Kind.VOID_CLAIM, f"{record.intent_id} has claimed it, and there is no such intent"
            elif not holder.is_open and not self.books.is_recent(holder.closed_at):
                yield Kind.VOID_CLAIM, f"{record.intent_id} still has it claimed, and is closed"
        elif result is not None:
            what = f"it has a {self._terms.result} and waits all the same: the next run would pay again"
            yield Kind.ANSWERED_IN_LINE, what
        if not state.is_indexed:
            wrong = "pendingDate" if isinstance(record.time, str) else record.time_name
            yield Kind.HIDDEN_RECORD, f"it waits where no run looks: its row has no usable {wrong}"

    def _faults_of_processed(
        self, record: PendingRecord, state: RecordState, result: Row | None
    ) -> Iterator[tuple[Kind, str]]:
        if is_in_line(record):
            yield Kind.PROCESSED_IN_LINE, "it is processed, and its row still has a pendingDate"
        if result is None and not self._has_expired(record, state):
            what = f"it is processed and has no {self._terms.result}: deleted by a person, or lost"
            yield Kind.RECORD_WITHOUT_RESULT, what

    def _faults_of_failed(self, record: PendingRecord, state: RecordState) -> Iterator[tuple[Kind, str]]:
        if state.is_discarded or self.shelf.has(FINAL_LETTERS, record.identity):
            return
        last = self._intent(state.last_intent_id) if state.last_intent_id is not None else None
        # The letters were read before: those of an intent that was at work then may have come since.
        if last is None or not (last.is_open or self.books.is_recent(last.closed_at)):
            yield Kind.FAILED_WITHOUT_LETTER, "it waits for a person, and no dead letter says why"

    def _has_expired(self, record: PendingRecord, state: RecordState) -> bool:
        """Tell whether the result was there for as long as it was meant to be, as a guest's is."""
        lifetime = self.books.workload.lifetime(record)
        if lifetime is None:
            return False
        intent = self._intent(record.intent_id)
        begun = state.processed_at or (intent.closed_at if intent is not None else None)
        return self.books.is_past(begun, lifetime - _SLACK)

    @property
    def _terms(self) -> Terms:
        return self.books.terms

    def _intent(self, intent_id: str | None) -> Intent | None:
        """Return an intent as it was when it was first asked for."""
        if intent_id is None:
            return None
        if intent_id not in self.intents:
            self.intents[intent_id] = self.books.ledger.intent(intent_id)
        return self.intents[intent_id]
