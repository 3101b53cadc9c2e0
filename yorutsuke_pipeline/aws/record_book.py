"""A table of waiting records for reconciliation: many rows at once, in any state, and by scan.

What is kept out: the life of a row (`record_table.py`). The two writes here mend what no stage would do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.attribute_values import as_json, from_item
from yorutsuke_pipeline.aws.batch_write import TableBatches
from yorutsuke_pipeline.aws.failures import Target
from yorutsuke_pipeline.aws.pace import Pace
from yorutsuke_pipeline.aws.pages import rows_of_scan
from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.aws.record_row import PENDING, PROCESSED, read_row
from yorutsuke_pipeline.aws.record_rows import RecordRows
from yorutsuke_pipeline.aws.table_calls import TableCalls

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from mypy_boto3_dynamodb import DynamoDBClient

    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.table_shapes import RecordTableShape

_PATIENCE = Patience(deadline=120.0)


class DynamoRecordBook:
    """Implements `RecordBook` on a table of waiting records, such as `yorutsuke-pending-images-{env}`."""

    def __init__(self, client: DynamoDBClient, table: str, shape: RecordTableShape, *, concurrency: int = 8) -> None:
        self._client = client
        self._table = table
        self._shape = shape
        self._target = Target(f"table {table}", "YORUTSUKE_ENV, which ends its name")
        calls = TableCalls(client)
        self._rows = RecordRows(calls, table, shape, self._target, _PATIENCE)
        self._batches = TableBatches(calls, table, self._target, _PATIENCE, concurrency, Pace(_PATIENCE))

    def of(self, identities: Sequence[str]) -> Mapping[str, PendingRecord]:
        """Return rows by identity, read consistently; what has none is not among them."""
        keys = [as_json({self._shape.key: identity}) for identity in dict.fromkeys(identities)]
        records = (read_row(from_item(item), self._shape) for item in self._batches.read(keys))
        return {record.identity: record for record in records}

    def scan(self) -> Iterator[PendingRecord]:
        """Yield every row, in no order."""
        rows = rows_of_scan(self._client, self._table, self._target, f"read all {self._shape.noun}s")
        yield from (read_row(row, self._shape) for row in rows)

    def put_in_line(self, record: PendingRecord, day: date) -> bool:
        """Let a pending record wait in a day; return whether it does. Its line must still be what `record` says.

        The row that a failed condition shows may be our own work, whose answer was lost.
        """
        seen = record.attributes.get("pendingDate")
        as_seen = "attribute_not_exists(pendingDate)" if seen is None else "pendingDate = :seen"
        values = {":day": day.isoformat(), ":pending": PENDING, ":seen": seen}
        condition = f"#status = :pending AND {as_seen}"
        _, row = self._rows.change(record.identity, "mend", "SET pendingDate = :day", condition, values)
        return row.get("status") == PENDING and row.get("pendingDate") == day.isoformat()

    def take_out_of_line(self, identity: str) -> bool:
        """Take a processed record out of line; return whether it is."""
        values = {":processed": PROCESSED}
        _, row = self._rows.change(identity, "mend", "REMOVE pendingDate", "#status = :processed", values)
        return row.get("status") == PROCESSED and "pendingDate" not in row
