"""What people ask of the transactions, beyond the port of all workloads: listing by date of the receipt and by user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.attribute_values import as_item
from yorutsuke_pipeline.aws.pages import rows_found, rows_of_scan
from yorutsuke_pipeline.aws.results_table import ResultsTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from yorutsuke_pipeline.engine.workload import Row

_DATE_INDEX = "userId-date"


class ReceiptTransactions(ResultsTable):
    """The table of results on `yorutsuke-transactions-{env}`."""

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
