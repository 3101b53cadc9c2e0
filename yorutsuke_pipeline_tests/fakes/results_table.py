"""A table of results in memory."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.errors import UnwrittenError
from yorutsuke_pipeline.workloads.receipts.tables import TRANSACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from yorutsuke_pipeline.engine.table_shapes import ResultTableShape
    from yorutsuke_pipeline.engine.workload import Row


class FakeResultsTable:
    """Implements `ResultTable`; `rows` by key is there to be looked at, and edited.

    A row whose label (a transaction's id) is in `unwritable` is never written, as if the table throttled it for ever.
    """

    def __init__(
        self, rows: Iterable[Row] = (), shape: ResultTableShape = TRANSACTIONS, *, unwritable: Iterable[str] = ()
    ) -> None:
        self.shape = shape
        self.rows: dict[tuple[str, str], Row] = {self.place(row): dict(row) for row in rows}
        self.unwritable = set(unwritable)
        self._lock = Lock()

    def key(self, row: Row) -> dict[str, str]:
        return {name: row[name] for name in self.shape.key}

    def place(self, row: Mapping[str, Any]) -> tuple[str, str]:
        partition, sort = self.shape.key
        return row[partition], row[sort]

    def write(self, rows: Iterable[Row]) -> int:
        label, wanted = self.shape.label, {self.place(row): row for row in rows}
        with self._lock:
            edited = [place for place in wanted if self.rows.get(place, {}).get("editedAt") is not None]
            left = [row for place, row in wanted.items() if place not in edited]
            self.rows.update(
                {self.place(row): dict(row) for row in left if row[label] not in self.unwritable},
            )
        unwritten = [row[label] for row in left if row[label] in self.unwritable]
        if unwritten:
            raise UnwrittenError("the deadline passed", unwritten)
        return len(edited)

    def read(self, keys: Iterable[Mapping[str, str]]) -> Iterator[Row]:
        with self._lock:
            found = [self.rows.get(self.place(key)) for key in keys]
        yield from (dict(row) for row in found if row is not None)

    def neighbours(self, neighbourhoods: Sequence[tuple[str, str]]) -> Sequence[Row]:
        if self.shape.neighbour_index is None:
            return []
        partition, sort = self.shape.neighbour_index
        with self._lock:
            return [
                dict(row)
                for each, beginning in neighbourhoods
                for row in self.rows.values()
                if row[partition] == each and str(row.get(sort)).startswith(beginning)
            ]

    def mark_archive_failed(self, key: dict[str, str], reason: str) -> None:
        with self._lock:
            row = self.rows.get(self.place(key))
            if row is not None:
                row.update(status="migrationFailed", archiveError=reason)
