"""The rows of a table of results in memory, as reconciliation sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.workload import Row
    from yorutsuke_pipeline_tests.fakes.results_table import FakeResultsTable


class FakeResultBook:
    """Implements `ResultBook` over the rows of a `FakeResultsTable`."""

    def __init__(self, table: FakeResultsTable) -> None:
        self._table = table

    def of(self, records: Sequence[PendingRecord]) -> Mapping[str, Row]:
        keys = {record.identity: self._table.shape.key_of(record) for record in records}
        rows = self._table.rows
        return {identity: dict(rows[key]) for identity, key in keys.items() if key is not None and key in rows}

    def of_identity(self, identity: str) -> Row | None:
        return next((dict(row) for row in self._table.rows.values() if self.identity(row) == identity), None)

    def identity(self, row: Row) -> str | None:
        return row.get(self._table.shape.identity)

    def scan(self) -> Iterator[Row]:
        yield from [dict(row) for row in self._table.rows.values()]

    def add(self, row: Row) -> None:
        self._table.rows.setdefault(self._table.place(row), dict(row))
