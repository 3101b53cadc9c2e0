"""The transactions table: accepted answers, never written over what a person has edited."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.attribute_values import as_item, as_json, from_item
from yorutsuke_pipeline.aws.batch_write import TableBatches
from yorutsuke_pipeline.aws.failures import Target, calling, code_of
from yorutsuke_pipeline.aws.pace import Pace
from yorutsuke_pipeline.aws.pages import rows_found, rows_of_scan
from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.aws.table_calls import TableCalls
from yorutsuke_pipeline.engine.errors import ThrottledError, UnwrittenError
from yorutsuke_pipeline.engine.streams import chunked, map_bounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from mypy_boto3_dynamodb import DynamoDBClient

    from yorutsuke_pipeline.engine.workload import Row

_DATE_INDEX = "userId-date"
_ARCHIVE_FAILED = "migrationFailed"
# PartiQL reads up to 50 values of a partition key in a call, but answers for 10 of them on a page.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html
_USERS_AT_ONCE = 10
# Greater than whatever follows the beginning of a date.
_AFTER_ANY_DATE = "~"
_PATIENCE = Patience(deadline=120.0)


class TransactionsTable:
    """Implements `ResultTable` on `yorutsuke-transactions-{env}`.

    Args:
        client: DynamoDB's.
        table: The table's whole name.
        concurrency: Calls in flight at once in a read of many rows.
        patience: How long one call of `write` goes on.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        *,
        concurrency: int = 8,
        patience: Patience = _PATIENCE,
    ) -> None:
        self._client = client
        self._table = table
        self._concurrency = concurrency
        self._patience = patience
        self._target = Target(f"table {table}", "YORUTSUKE_ENV, which ends its name")
        self._calls = TableCalls(client)
        self._batches = TableBatches(self._calls, table, self._target, patience, concurrency, Pace(patience))

    def key(self, row: Row) -> dict[str, str]:
        """Return the values that name a row: `userId` and `transactionId`."""
        return {"userId": row["userId"], "transactionId": row["transactionId"]}

    def write(self, rows: Iterable[Row]) -> int:
        """Put rows, some hundred at a time; return how many were kept back because a person had edited them.

        What is new goes in batches, which know no conditions; a row that is there already is put by
        itself, on the condition that nobody has edited it. Of rows with one key the last one counts.
        Several threads may write at once; how fast they go, they find out together.

        Raises:
            UnwrittenError: Rows were left at the deadline; it names them.
        """
        wanted = {_place(row): row for row in rows}
        keys = [as_json(self.key(row)) for row in wanted.values()]
        there = self._batches.read(keys, projection="userId, transactionId")
        stored = {_place(from_item(item)) for item in there}
        left = self._batches.put([as_json(row) for place, row in wanted.items() if place not in stored])
        unwritten = [str(json.loads(item)["transactionId"]["S"]) for item in left]
        kept_count = 0
        for row in [wanted[place] for place in wanted if place in stored]:
            was_put = self._put_unless_edited(row)
            kept_count += was_put is False
            unwritten += [row["transactionId"]] if was_put is None else []
        if unwritten:
            raise UnwrittenError(
                f"{len(unwritten)} rows of {self._target.name} could not be written in time; try again", unwritten
            )
        return kept_count

    def neighbours(self, neighbourhoods: Sequence[tuple[str, str]]) -> Iterator[Row]:
        """Yield transactions of users, each of a date or, by its beginning, of a month.

        From an index that follows the table within moments; the users of one month ten at a time.
        """
        users: dict[str, list[str]] = {}
        for user, beginning in neighbourhoods:
            users.setdefault(beginning, []).append(user)
        asked = ((beginning, some) for beginning in users for some in chunked(users[beginning], _USERS_AT_ONCE))
        for rows in map_bounded(self._select_dates, asked, workers=self._concurrency):
            yield from rows

    def mark_archive_failed(self, key: dict[str, str], reason: str) -> None:
        """Note on a transaction that its image could not be archived; nothing if it is gone."""
        with calling(self._target, f"mark transaction {key['transactionId']}"):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=as_item(key),
                    UpdateExpression="SET #status = :failed, archiveError = :reason",
                    # An update makes a row where there is none.
                    ConditionExpression="attribute_exists(transactionId)",
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues=as_item({":failed": _ARCHIVE_FAILED, ":reason": reason}),
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return

    def listing(self, day: date | None = None, user: str | None = None) -> Iterator[Row]:
        """Yield transactions for a person to look at; `day` is the date on the receipt.

        Without a user this scans the table, which costs a read of every row: not for anything that runs
        by itself.
        """
        if user is not None:
            yield from self._query_dates(user, day.isoformat() if day is not None else None)
            return
        filters: dict[str, Any] = {}
        if day is not None:
            filters = {
                "FilterExpression": "#date = :date",
                "ExpressionAttributeNames": {"#date": "date"},
                "ExpressionAttributeValues": as_item({":date": day.isoformat()}),
            }
        yield from rows_of_scan(self._client, self._table, self._target, "list transactions", **filters)

    def _select_dates(self, asked: tuple[str, list[str]]) -> list[Row]:
        """Return the transactions of some users, of dates that begin alike."""
        beginning, users = asked
        places = ", ".join("?" for _ in users)
        select: dict[str, Any] = {
            "Statement": f'SELECT * FROM "{self._table}"."{_DATE_INDEX}" '  # noqa: S608 — names of our own
            f'WHERE userId IN [{places}] AND "date" BETWEEN ? AND ?',
            "Parameters": [{"S": value} for value in (*users, beginning, beginning + _AFTER_ANY_DATE)],
        }
        doing = "look for transactions that look alike"
        return list(rows_found(self._calls, "ExecuteStatement", select, self._target, doing, patience=self._patience))

    def _query_dates(self, user: str, beginning: str | None) -> Iterator[Row]:
        """Yield a user's transactions of dates that begin so, by date; None for all."""
        condition, values, names = "userId = :user", {":user": user}, {}
        if beginning is not None:
            condition += " AND begins_with(#date, :date)"
            values[":date"] = beginning
            names = {"ExpressionAttributeNames": {"#date": "date"}}
        query: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": _DATE_INDEX,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": as_item(values),
            **names,
        }
        doing = f"list transactions of user {user!r}"
        return rows_found(self._calls, "Query", query, self._target, doing, patience=self._patience)

    def _put_unless_edited(self, row: Row) -> bool | None:
        """Put one row; return False if a person has edited it, None if the table let nothing in."""
        table, condition = json.dumps(self._table), '"attribute_not_exists(editedAt)"'
        body = f'{{"TableName":{table},"Item":{as_json(row)},"ConditionExpression":{condition}}}'

        def put() -> bool:
            with calling(self._target, f"write transaction {row['transactionId']}"):
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


def _place(row: Row) -> tuple[str, str]:
    return row["userId"], row["transactionId"]
