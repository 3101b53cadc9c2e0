"""A table of results: accepted answers, never written over what a person has edited."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.attribute_values import as_item, as_json, from_item
from yorutsuke_pipeline.aws.batch_write import TableBatches
from yorutsuke_pipeline.aws.failures import Target, calling, code_of
from yorutsuke_pipeline.aws.pace import Pace
from yorutsuke_pipeline.aws.pages import rows_found
from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.aws.table_calls import TableCalls
from yorutsuke_pipeline.engine.errors import ThrottledError, UnwrittenError
from yorutsuke_pipeline.engine.streams import chunked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from yorutsuke_pipeline.engine.table_shapes import ResultTableShape
    from yorutsuke_pipeline.engine.workload import Row

_ARCHIVE_FAILED = "migrationFailed"
# PartiQL reads up to 50 values of a partition key in a call, but answers for 10 of them on a page.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html
_PARTITIONS_AT_ONCE = 10
# Greater than whatever follows the beginning of a sort key: a date, or a month.
_AFTER_ANY = "~"
_PATIENCE = Patience(deadline=120.0)
_READ_AHEAD = 1000


class ResultsTable:
    """Implements `ResultTable` on a workload's table of results, such as `yorutsuke-transactions-{env}`.

    Args:
        client: DynamoDB's.
        table: The table's whole name.
        shape: Its key and indexes.
        concurrency: Calls in flight at once in a read of many rows.
        patience: How long one call of `write` goes on.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        shape: ResultTableShape,
        *,
        concurrency: int = 8,
        patience: Patience = _PATIENCE,
    ) -> None:
        self._client = client
        self._table = table
        self._shape = shape
        self._place: Callable[[Row], tuple[str, str]] = itemgetter(*shape.key)
        self._patience = patience
        self._target = Target(f"table {table}", "YORUTSUKE_ENV, which ends its name")
        self._calls = TableCalls(client)
        self._batches = TableBatches(self._calls, table, self._target, patience, concurrency, Pace(patience))

    def key(self, row: Row) -> dict[str, str]:
        """Return the values that name a row."""
        partition, sort = self._shape.key
        return {partition: row[partition], sort: row[sort]}

    def write(self, rows: Iterable[Row]) -> int:
        """Put rows, some hundred at a time; return how many were kept back because a person had edited them.

        What is new goes in batches, which know no conditions; a row that is there already is put by
        itself, on the condition that nobody has edited it. Of rows with one key the last one counts.
        Several threads may write at once; how fast they go, they find out together.

        Raises:
            UnwrittenError: Rows were left at the deadline; it names them.
        """
        wanted, label = {self._place(row): row for row in rows}, self._shape.label
        keys = [as_json(self.key(row)) for row in wanted.values()]
        there = self._batches.read(keys, projection=", ".join(self._shape.key))
        stored = {self._place(from_item(item)) for item in there}
        left = self._batches.put([as_json(row) for place, row in wanted.items() if place not in stored])
        unwritten = [str(json.loads(item)[label]["S"]) for item in left]
        kept_count = 0
        for row in [wanted[place] for place in wanted if place in stored]:
            was_put = self._put_unless_edited(row)
            kept_count += was_put is False
            unwritten += [row[label]] if was_put is None else []
        if unwritten:
            raise UnwrittenError(
                f"{len(unwritten)} rows of {self._target.name} could not be written in time; try again", unwritten
            )
        return kept_count

    def read(self, keys: Iterable[Mapping[str, str]]) -> Iterator[Row]:
        """Yield the rows of keys, each as `key` returns it, read consistently, in any order; some are not there.

        Memory holds a thousand of them, however many are asked for.

        Raises:
            TransientError: Some were still unread at the deadline.
        """
        for some in chunked(keys, _READ_AHEAD):
            yield from map(from_item, self._batches.read([as_json(key) for key in some]))

    def neighbours(self, neighbourhoods: Sequence[tuple[str, str]]) -> Iterator[Row]:
        """Yield the results of neighbourhoods, each a partition of the index and the beginning of its sort key.

        From an index that follows the table within moments; the partitions of one beginning ten at a time. None where
        the table has no such index.
        """
        if self._shape.neighbour_index is None:
            return
        partitions: dict[str, list[str]] = {}
        for partition, beginning in neighbourhoods:
            partitions.setdefault(beginning, []).append(partition)
        asked = (
            (self._shape.neighbour_index, beginning, some)
            for beginning in partitions
            for some in chunked(partitions[beginning], _PARTITIONS_AT_ONCE)
        )
        # One after the other: threads for a chunk's few calls cost more than the calls.
        for one in asked:
            yield from self._select(one)

    def mark_archive_failed(self, key: dict[str, str], reason: str) -> None:
        """Note on a result that its source could not be archived; nothing if it is gone."""
        with calling(self._target, f"mark {self._shape.noun} {key[self._shape.label]}"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=as_item(key),
                    UpdateExpression="SET #status = :failed, archiveError = :reason",
                    # An update makes a row where there is none.
                    ConditionExpression=f"attribute_exists({self._shape.key[1]})",
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues=as_item({":failed": _ARCHIVE_FAILED, ":reason": reason}),
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return

    def _select(self, asked: tuple[tuple[str, str], str, list[str]]) -> list[Row]:
        """Return the results of some partitions of an index, whose sort keys begin alike."""
        (partition, sort), beginning, partitions = asked
        places = ", ".join("?" for _ in partitions)
        select: dict[str, Any] = {
            "Statement": f'SELECT * FROM "{self._table}"."{partition}-{sort}" '  # noqa: S608 — names of our own
            f'WHERE {partition} IN [{places}] AND "{sort}" BETWEEN ? AND ?',
            "Parameters": [{"S": value} for value in (*partitions, beginning, beginning + _AFTER_ANY)],
        }
        doing = f"look for {self._shape.noun}s that look alike"
        return list(rows_found(self._calls, "ExecuteStatement", select, self._target, doing, patience=self._patience))

    def _put_unless_edited(self, row: Row) -> bool | None:
        """Put one row; return False if a person has edited it, None if the table let nothing in."""
        table, condition = json.dumps(self._table), '"attribute_not_exists(editedAt)"'
        body = f'{{"TableName":{table},"Item":{as_json(row)},"ConditionExpression":{condition}}}'

        def put() -> bool:
            with calling(self._target, f"write {self._shape.noun} {row[self._shape.label]}"):
                try:
                    self._calls.call("PutItem", body)
                except ClientError as error:
                    if code_of(error) != "ConditionalCheckFailedException":
                        raise
                    return False
            return True

        try:
            return self._patience.repeat(put, on=ThrottledError)
        except ThrottledError:
            return None
