"""Rows of a table of results for reconciliation: by record, many at once, and by scan.

What is kept out: writing answers (`results_table.py`), which may overwrite; here nothing is overwritten.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.attribute_values import as_item, as_json, as_value, from_item
from yorutsuke_pipeline.aws.batch_write import TableBatches
from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.aws.pace import Pace
from yorutsuke_pipeline.aws.pages import rows_of_scan
from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.aws.table_calls import TableCalls
from yorutsuke_pipeline.engine.record import PendingRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from yorutsuke_pipeline.engine.table_shapes import ResultTableShape
    from yorutsuke_pipeline.engine.workload import Row

_PATIENCE = Patience(deadline=120.0)


class DynamoResultBook:
    """Implements `ResultBook` on a table of results, such as `yorutsuke-transactions-{env}`."""

    def __init__(self, client: DynamoDBClient, table: str, shape: ResultTableShape, *, concurrency: int = 8) -> None:
        self._client = client
        self._table = table
        self._shape = shape
        self._target = Target(f"table {table}", "YORUTSUKE_ENV, which ends its name")
        calls = TableCalls(client)
        self._batches = TableBatches(calls, table, self._target, _PATIENCE, concurrency, Pace(_PATIENCE))

    def of(self, records: Sequence[PendingRecord]) -> Mapping[str, Row]:
        """Return results by their records' identities, read consistently; a record that can have none has none."""
        names, place = self._shape.key, itemgetter(*self._shape.key)
        owned = {key: record.identity for record in records if (key := self._shape.key_of(record)) is not None}
        keys = [as_json(dict(zip(names, key, strict=True))) for key in owned]
        rows = map(from_item, self._batches.read(keys))
        return {owned[place(row)]: row for row in rows}

    def of_identity(self, identity: str) -> Row | None:
        """Return a record's result whatever its key, from an index that follows within moments.

        Without such an index the key follows from the identity, and by it the row is read consistently.
        """
        if self._shape.identity_index is None:
            return self.of([PendingRecord(identity)]).get(identity)
        with calling(self._target, f"look for the {self._shape.noun} of {self._shape.record_noun} {identity!r}"):
            answer = self._client.query(
                TableName=self._table,
                IndexName=self._shape.identity_index,
                KeyConditionExpression=f"{self._shape.identity} = :identity",
                ExpressionAttributeValues={":identity": as_value(identity)},
            )
        return next(map(from_item, answer["Items"]), None)

    def identity(self, row: Row) -> str | None:
        """Return the identity of the record that a row is the result of; None for a row that a person entered."""
        identity = row.get(self._shape.identity)
        return identity if isinstance(identity, str) else None

    def scan(self) -> Iterator[Row]:
        """Yield every row, in no order."""
        yield from rows_of_scan(self._client, self._table, self._target, f"read all {self._shape.noun}s")

    def add(self, row: Row) -> None:
        """Put a result unless there is one of its key."""
        with calling(self._target, f"write {self._shape.noun} {row[self._shape.label]}"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=as_item(row),
                    ConditionExpression=f"attribute_not_exists({self._shape.key[1]})",
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return
