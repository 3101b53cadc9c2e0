"""Copies and sources: what lies in the archive and in the inbox, against the rows that should name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.reconciliation.contradiction import Contradiction, Kind
from yorutsuke_pipeline.engine.reconciliation.record_state import PENDING, PROCESSED, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from yorutsuke_pipeline.engine.ports import StoredObject
    from yorutsuke_pipeline.engine.reconciliation.books import Books
    from yorutsuke_pipeline.engine.reconciliation.repairs import Repairs
    from yorutsuke_pipeline.engine.reconciliation.shelf import Shelf, Shelved
    from yorutsuke_pipeline.engine.record import PendingRecord

# S3 makes the ETag of an object that was uploaded in parts from the parts: its copy has another.
_OF_PARTS = "-"


@dataclass(frozen=True)
class CopyRules:
    """The rules about objects. The shelf must hold the records that the listings are compared with."""

    books: Books
    shelf: Shelf
    repairs: Repairs

    def of_archive(self, day: date, copies: Iterable[StoredObject], *, knows_all: bool) -> Iterator[Contradiction]:
        """Yield what is wrong with the copies of a day.

        Args:
            day: Whose folder of the archive it is.
            copies: What lies there.
            knows_all: Whether every record that can have one of them is on the shelf.
        """
        for copy in copies:
            shelved = self.shelf.take(layout.archived_record_id(copy.key))
            if shelved is None and knows_all:
                what = f"no {self._record} has a row that this copy could be of"
                yield Contradiction(Kind.COPY_WITHOUT_RECORD, copy.key, day, what)
            if shelved is not None and shelved.archived_key != copy.key:
                yield from self._unnamed(copy, shelved.identity, day)
        for shelved in self.shelf.untaken_copies(layout.archive_folder(day)):
            yield from self._missing(shelved.identity, day)

    def of_upload(self, upload: StoredObject) -> Iterator[Contradiction]:
        """Yield an object of the inbox that nobody will ask about, or that is archived already."""
        shelved = self.shelf.of_source(upload.key)
        if shelved is not None and shelved.archived_key is None:
            return
        if self.books.objects.head(upload.key) != upload:
            return
        if shelved is None:
            what = f"no {self._record}'s row names this object, so nobody will ask about it"
            yield Contradiction(Kind.UPLOAD_WITHOUT_RECORD, upload.key, None, what)
        else:
            yield from self._of_archived(upload, shelved)

    def _of_archived(self, upload: StoredObject, shelved: Shelved) -> Iterator[Contradiction]:
        record = self.books.pending.find(shelved.identity)
        copy = self.books.objects.head(str(shelved.archived_key))
        if record is None or copy is None or self._is_being_archived(record):
            return
        day = state_of(record).day
        if copy.size == upload.size and copy.etag == upload.etag:
            what = f"its {self._record} is processed, and {copy.key} is the same"
            yield Contradiction(Kind.LEFTOVER_SOURCE, upload.key, day, what, lambda: self.repairs.delete(upload, copy))
        elif not _may_be_alike(copy, upload):
            what = f"it came after the source of {shelved.identity} that had its key, which is archived"
            yield Contradiction(Kind.UPLOAD_WITHOUT_RECORD, upload.key, day, what)

    @property
    def _record(self) -> str:
        return self.books.terms.record

    def _is_being_archived(self, record: PendingRecord) -> bool:
        """Tell whether the intent that has a record is not closed: the last it does is to delete sources."""
        intent = self.books.ledger.intent(record.intent_id) if record.intent_id is not None else None
        return intent is not None and intent.is_open

    def _unnamed(self, copy: StoredObject, identity: str, day: date) -> Iterator[Contradiction]:
        """Yield a copy that its record's row does not name, unless the record is being archived."""
        record = self.books.pending.find(identity)
        if record is None:
            what = f"it is a copy of {identity}, which has no row"
            yield Contradiction(Kind.COPY_WITHOUT_RECORD, copy.key, day, what)
            return
        state = state_of(record)
        if state.archived_key == copy.key or (state.status == PENDING and self._is_being_archived(record)):
            return
        if self.books.objects.head(copy.key) is not None:
            named = state.archived_key or "none"
            what = f"it is a copy of {identity}, whose row is {state.status} and names {named} as its copy"
            yield Contradiction(Kind.MISPLACED_COPY, copy.key, day, what)

    def _missing(self, identity: str, day: date) -> Iterator[Contradiction]:
        record = self.books.pending.find(identity)
        state = state_of(record) if record is not None else None
        if state is None or state.status != PROCESSED or state.archived_key is None:
            return
        if self.books.objects.head(state.archived_key) is None:
            what = f"its row names {state.archived_key} as its copy, which is gone"
            yield Contradiction(Kind.MISSING_COPY, identity, day, what)


def _may_be_alike(copy: StoredObject, source: StoredObject) -> bool:
    """Tell whether a copy may be what its source is, although their ETags differ."""
    return copy.size == source.size and _OF_PARTS in copy.etag + source.etag
