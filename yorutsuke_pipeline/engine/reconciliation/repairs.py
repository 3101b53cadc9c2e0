"""Repairs: what is safe to do about a record without asking a person.

Each returns whether the contradiction is gone, and does nothing where it is gone already. Nothing is paid
for, and every write names the state that it relies on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.reconciliation.contradiction import Kind
from yorutsuke_pipeline.engine.reconciliation.record_state import state_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import StoredObject
    from yorutsuke_pipeline.engine.reconciliation.books import Books
    from yorutsuke_pipeline.engine.reconciliation.kept_answers import KeptAnswers
    from yorutsuke_pipeline.engine.record import PendingRecord

    Fix = Callable[[], bool]


@dataclass(frozen=True)
class Repairs:
    """Repairs of records and of their objects."""

    books: Books
    answers: KeptAnswers

    def of_record(self, kind: Kind, record: PendingRecord, holder: Intent | None) -> Fix | None:
        """Return what mends a record safely; None where a person must decide.

        Args:
            kind: What is wrong with it.
            record: Its row as it was just read.
            holder: The intent that its row names, if there is one.
        """
        day = state_of(record).own_day
        if kind is Kind.VOID_CLAIM:
            return lambda: self._release(record)
        if kind is Kind.HIDDEN_RECORD and day is not None:
            return lambda: self.books.records.put_in_line(record, day)
        if kind is Kind.PROCESSED_IN_LINE:
            return lambda: self.books.records.take_out_of_line(record.identity)
        if kind is Kind.RECORD_WITHOUT_RESULT and holder is not None and self._is_kept(holder):
            return lambda: self._write_again(record, holder)
        return None

    def delete(self, source: StoredObject, copy: StoredObject) -> bool:
        """Delete a source if it and its copy are still what they were when they were compared."""
        if self.books.objects.head(copy.key) != copy:
            return False
        return not self.books.objects.delete_unchanged([source])

    def _release(self, record: PendingRecord) -> bool:
        claim = str(record.intent_id)
        return self.books.pending.release(record.identity, claim, attempts=record.attempts, reason=record.last_reason)

    def _is_kept(self, intent: Intent) -> bool:
        return self.books.objects.head(layout.answers_key(intent.intent_id)) is not None

    def _write_again(self, record: PendingRecord, intent: Intent) -> bool:
        """Judge the kept answer as it was judged then, and put its row where none is."""
        document = self.answers.of(intent, record.record_id)
        if document is None:
            return False
        judged_at = intent.closed_at or self.books.clock.now()
        (judged,) = self.books.recorder.judge.judge(intent, [document], extracted_at=judged_at)
        if judged.row is None:
            return False
        self.books.results.add(judged.row)
        return True
