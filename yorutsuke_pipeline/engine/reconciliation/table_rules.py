"""Days, reconciled by reading everything: both tables, all dead letters, and the inbox.

Finds what no day's own papers tell: records that no run sees, results of nobody, uploads without a row,
and all of it also when the papers have expired.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.ports import StoredObject
from yorutsuke_pipeline.engine.reconciliation.copies import CopyRules
from yorutsuke_pipeline.engine.reconciliation.kept_answers import KeptAnswers
from yorutsuke_pipeline.engine.reconciliation.record_state import day_named, state_of
from yorutsuke_pipeline.engine.reconciliation.records import FINAL_LETTERS, RecordRules
from yorutsuke_pipeline.engine.reconciliation.repairs import Repairs
from yorutsuke_pipeline.engine.reconciliation.shelf import Shelf, Shelved
from yorutsuke_pipeline.engine.stored_letters import all_letters
from yorutsuke_pipeline.engine.streams import chunked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from yorutsuke_pipeline.engine.reconciliation.books import Books
    from yorutsuke_pipeline.engine.reconciliation.contradiction import Contradiction
    from yorutsuke_pipeline.engine.stored_letters import StoredLetter
    from yorutsuke_pipeline.engine.workload import Row

# As many as one BatchGetItem takes.
_CHUNK = 100
_HAS_ROW = "has a row"


def contradictions_of_tables(books: Books, days: Sequence[date]) -> Iterator[Contradiction]:
    """Yield the contradictions of some days, and those that nothing dates."""
    with ExitStack() as stack:
        shelf, answers = stack.enter_context(Shelf()), stack.enter_context(KeptAnswers(books.objects))
        yield from _Tables(books, frozenset(days), shelf, Repairs(books, answers)).contradictions()


@dataclass(frozen=True)
class _Tables:
    """One pass over each table, then over the bucket."""

    books: Books
    days: frozenset[date]
    shelf: Shelf
    repairs: Repairs

    def contradictions(self) -> Iterator[Contradiction]:
        """Yield what is wrong with images, letters, transactions and objects."""
        # Objects before rows: what lies there now has its row, or is getting it while the rest is read.
        sources = self.books.workload.source_prefix
        # Of a workload without sources, whatever lies in the archive is another's.
        folders = {day: layout.archive_folder(day) for day in sorted(self.days)} if sources is not None else {}
        for prefix in (*filter(None, [sources]), *folders.values()):
            listed = self.books.objects.list(prefix)
            self.shelf.note(prefix, (json.dumps([stored.key, stored.size, stored.etag]) for stored in listed))
        finals = (letter.identity for letter in self._letters() if letter.identity is not None)
        self.shelf.note(FINAL_LETTERS, finals)
        rules = RecordRules(self.books, self.shelf, self.repairs)
        yield from self._images(rules)
        yield from self._without_row(rules)
        copies = CopyRules(self.books, self.shelf, self.repairs)
        for upload in self._listed(sources) if sources is not None else ():
            yield from copies.of_upload(upload)
        for day, folder in folders.items():
            yield from copies.of_archive(day, self._listed(folder), knows_all=True)

    def _listed(self, prefix: str) -> Iterator[StoredObject]:
        return (StoredObject(*json.loads(text)) for text in self.shelf.words(prefix))

    def _images(self, rules: RecordRules) -> Iterator[Contradiction]:
        for chunk in chunked(self.books.records.scan(), _CHUNK):
            self.shelf.note(_HAS_ROW, (record.identity for record in chunk))
            for record in chunk:
                state = state_of(record)
                self.shelf.put(record.record_id, Shelved(record.identity, state.source_key, state.archived_key))
            yield from rules.contradictions([record for record in chunk if self._is_meant(state_of(record).day)], None)

    def _without_row(self, rules: RecordRules) -> Iterator[Contradiction]:
        """Yield letters and results of records that have no row; another pass over both."""
        for letter in self._letters():
            if letter.identity is not None and not self.shelf.has(_HAS_ROW, letter.identity):
                day = day_named(letter.day)
                if self._is_meant(day):
                    yield from rules.without_row(letter.identity, day)
        for row in self.books.results.scan():
            identity = self.books.results.identity(row)
            if identity is not None and not self.shelf.has(_HAS_ROW, identity):
                day = self._day_of_result(row)
                if self._is_meant(day):
                    yield from rules.without_row(identity, day)

    def _letters(self) -> Iterator[StoredLetter]:
        letters = all_letters(self.books.objects, self.books.workload.name)
        return (letter for letter in letters if letter.is_final)

    def _is_meant(self, day: date | None) -> bool:
        return day is None or day in self.days

    def _day_of_result(self, row: Row) -> date | None:
        intent = self.books.ledger.intent(str(row.get("intentId")))
        return intent.day if intent is not None else None
