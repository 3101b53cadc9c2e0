"""The rows of a table of waiting records in memory, as reconciliation sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline_tests.fakes.record_table import FakeRecordTable


class FakeRecordBook:
    """Implements `RecordBook` over the rows of a `FakeRecordTable`."""

    def __init__(self, table: FakeRecordTable) -> None:
        self._table = table

    def of(self, identities: Sequence[str]) -> Mapping[str, PendingRecord]:
        found = (self._table.find(identity) for identity in identities)
        return {record.identity: record for record in found if record is not None}

    def scan(self) -> Iterator[PendingRecord]:
        yield from self.of(list(self._table.rows)).values()

    def put_in_line(self, record: PendingRecord, day: date) -> bool:
        row = self._table.rows.get(record.identity, {})
        if row.get("status") == "pending" and row.get("pendingDate") == record.attributes.get("pendingDate"):
            row["pendingDate"] = day.isoformat()
        return row.get("status") == "pending" and row.get("pendingDate") == day.isoformat()

    def take_out_of_line(self, identity: str) -> bool:
        row = self._table.rows.get(identity, {})
        if row.get("status") == "processed":
            row.pop("pendingDate", None)
        return row.get("status") == "processed"
