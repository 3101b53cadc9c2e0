"""Rows of the transactions table for reconciliation: by image, many at once, and by scan.

What is kept out: writing answers (`transactions_table.py`), which may overwrite; here nothing is overwritten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.attribute_values import as_item, as_json, as_value, from_item
from yorutsuke_pipeline.aws.batch_write import TableBatches
from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.aws.pace import Pace
from yorutsuke_pipeline.aws.pages import rows_of_scan
from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.aws.table_calls import TableCalls

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.workload import Row

_IMAGE_INDEX = "imageId"
_PATIENCE = Patience(deadline=120.0)


class TransactionBook:
    """Implements `ResultBook` on `yorutsuke-transactions-{env}`."""

    def __init__(self, client: DynamoDBClient, table: str, *, concurrency: int = 8) -> None:
        self._client = client
        self._table = table
        self._target = Target(f"table {table}", "YORUTSUKE_ENV, which ends its name")
        calls = TableCalls(client)
        self._batches = TableBatches(calls, table, self._target, _PATIENCE, concurrency, Pace(_PATIENCE))

    def of(self, records: Sequence[PendingRecord]) -> Mapping[str, Row]:
        """Return transactions by image, read consistently; an image without a usable user can have none."""
        owned = {
            (user, record.record_id): record.identity
            for record in records
            if isinstance(user := record.attributes.get("userId"), str) and user
        }
        keys = [as_json({"userId": user, "transactionId": number}) for user, number in owned]
        rows = map(from_item, self._batches.read(keys))
        return {owned[row["userId"], row["transactionId"]]: row for row in rows}

    def of_identity(self, identity: str) -> Row | None:
        """Return an image's transaction whatever its key, from an index that follows within moments."""
        with calling(self._target, f"look for the transaction of image {identity!r}"):
            answer = self._client.query(
                TableName=self._table,
                IndexName=_IMAGE_INDEX,
                KeyConditionExpression="imageId = :image",
                ExpressionAttributeValues={":image": as_value(identity)},
            )
        return next(map(from_item, answer["Items"]), None)

    def identity(self, row: Row) -> str | None:
        """Return the image of a transaction; None for one that a person entered."""
        image_id = row.get("imageId")
        return image_id if isinstance(image_id, str) else None

    def scan(self) -> Iterator[Row]:
        """Yield every row, in no order."""
        yield from rows_of_scan(self._client, self._table, self._target, "read all transactions")

    def add(self, row: Row) -> None:
        """Put a transaction unless there is one of its key."""
        with calling(self._target, f"write transaction {row['transactionId']}"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=as_item(row),
                    ConditionExpression="attribute_not_exists(transactionId)",
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return
