"""The rows of the transactions table in memory, as reconciliation sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.workload import Row
    from yorutsuke_pipeline_tests.fakes.transactions import FakeTransactions


class FakeTransactionBook:
    """Implements `ResultBook` over the rows of a `FakeTransactions`."""

    def __init__(self, table: FakeTransactions) -> None:
        self._table = table

    def of(self, records: Sequence[PendingRecord]) -> Mapping[str, Row]:
        keys = {record.identity: (str(record.attributes.get("userId")), record.record_id) for record in records}
        return {identity: dict(self._table.rows[key]) for identity, key in keys.items() if key in self._table.rows}

    def of_identity(self, identity: str) -> Row | None:
        return next((dict(row) for row in self._table.rows.values() if row.get("imageId") == identity), None)

    def identity(self, row: Row) -> str | None:
        return row.get("imageId")

    def scan(self) -> Iterator[Row]:
        yield from [dict(row) for row in self._table.rows.values()]

    def add(self, row: Row) -> None:
        self._table.rows.setdefault((row["userId"], row["transactionId"]), dict(row))
