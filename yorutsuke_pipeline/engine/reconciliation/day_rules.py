"""A day, reconciled without any scan.

From its line, from what its intents wrote down (kept for 30 days), and from one listing each of the service's
jobs and of the archive's folder. What only a scan can find is `table_rules.py`: a record that no run sees, for
instance, or whether no other record needs a source that is left over.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.reconciliation.contradiction import Contradiction, Kind
from yorutsuke_pipeline.engine.reconciliation.copies import CopyRules
from yorutsuke_pipeline.engine.reconciliation.intents import IntentRules
from yorutsuke_pipeline.engine.reconciliation.jobs import JobRules
from yorutsuke_pipeline.engine.reconciliation.kept_answers import KeptAnswers
from yorutsuke_pipeline.engine.reconciliation.lists import IntentLists, Listed
from yorutsuke_pipeline.engine.reconciliation.record_state import state_of
from yorutsuke_pipeline.engine.reconciliation.records import FINAL_LETTERS, RecordRules
from yorutsuke_pipeline.engine.reconciliation.repairs import Repairs
from yorutsuke_pipeline.engine.reconciliation.shelf import Shelf, Shelved
from yorutsuke_pipeline.engine.streams import chunked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.reconciliation.books import Books
    from yorutsuke_pipeline.engine.record import PendingRecord

# As many as one BatchGetItem takes.
_CHUNK = 100
_LISTED = "listed"


def contradictions_of_day(books: Books, day: date) -> Iterator[Contradiction]:
    """Yield the contradictions of a day: jobs first, then intents, records and copies."""
    intents = intents_in(books.ledger, books.workload.name, day, *IntentStatus)
    yield from JobRules(books, day).contradictions(intents)
    for intent in intents:
        yield from IntentRules(books, day).contradictions(intent)
    with ExitStack() as stack:
        shelf, answers = stack.enter_context(Shelf()), stack.enter_context(KeptAnswers(books.objects))
        yield from _DayRecords(books, day, intents, shelf, Repairs(books, answers)).contradictions()


@dataclass(frozen=True)
class _DayRecords:
    """One pass over the records of a day, and then over the copies of them."""

    books: Books
    day: date
    intents: list[Intent]
    shelf: Shelf
    repairs: Repairs

    def contradictions(self) -> Iterator[Contradiction]:
        """Yield what is wrong with the day's records and their copies."""
        lists = [IntentLists(self.books, intent) for intent in self.intents]
        for each in lists:
            letters = (letter.identity for letter in each.letters() if letter.is_final)
            self.shelf.note(FINAL_LETTERS, (identity for identity in letters if identity is not None))
        rules = RecordRules(self.books, self.shelf, self.repairs)
        copies = CopyRules(self.books, self.shelf, self.repairs)
        for chunk in chunked(self._listed(lists), _CHUNK):
            rows = self.books.records.of([listed.identity for listed in chunk])
            yield from rules.contradictions(list(rows.values()), self.day)
            for listed in chunk:
                self._put_on_shelf(listed, rows.get(listed.identity))
                if listed.identity not in rows:
                    yield from rules.without_row(listed.identity, self.day)
        for each in lists:
            if each.disagreement is not None:
                yield Contradiction(Kind.WRONG_ACCOUNT, each.intent.intent_id, self.day, each.disagreement)
        if self.books.workload.source_prefix is None:
            # What lies in the archive is another workload's.
            return
        archive = self.books.objects.list(layout.archive_folder(self.day))
        for found in copies.of_archive(self.day, archive, knows_all=all(each.is_whole for each in lists)):
            if found.kind is not Kind.COPY_WITHOUT_RECORD or not self._has_new_intents():
                yield found

    def _listed(self, lists: list[IntentLists]) -> Iterator[Listed]:
        """Yield each record of the day once: what waits, and what was asked about or turned away, the last first."""
        waiting = (Listed(record.record_id, record.identity) for record in self.books.pending.pending(self.day))
        asked = (listed for each in reversed(lists) for listed in each.records())
        turned_away = (Listed(record_id(identity), identity) for identity in self.shelf.words(FINAL_LETTERS))
        for listed in chain(waiting, asked, turned_away):
            if self.shelf.is_new(_LISTED, listed.identity):
                yield listed

    def _put_on_shelf(self, listed: Listed, row: PendingRecord | None) -> None:
        archived_key = state_of(row).archived_key if row is not None else None
        self.shelf.put(listed.record_id, Shelved(listed.identity, None, archived_key))

    def _has_new_intents(self) -> bool:
        """Tell whether an intent was opened since this pass began: its records are not on the shelf."""
        now = intents_in(self.books.ledger, self.books.workload.name, self.day, *IntentStatus)
        return len(now) != len(self.intents)
