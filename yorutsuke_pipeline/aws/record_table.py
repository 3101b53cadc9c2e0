"""A table of waiting records: which ones wait, and which intent has claimed them.

What belongs here: the conditions and changes that let exactly one intent have a record. How a row is changed
on a condition is `record_rows.py`, a row as a value `record_row.py`, how an order puts records in line
`record_orders.py`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.attribute_values import as_value, from_item
from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.aws.conditions import WRITE_ID, new_write_id
from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.aws.pages import rows_found
from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.aws.record_orders import RecordOrders
from yorutsuke_pipeline.aws.record_row import FAILED, PENDING, PROCESSED, read_row
from yorutsuke_pipeline.aws.record_rows import FullRowError, RecordRows
from yorutsuke_pipeline.aws.table_calls import TableCalls
from yorutsuke_pipeline.engine.days import utc_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from yorutsuke_pipeline.engine.ports import Clock
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.table_shapes import RecordTableShape

_log = logging.getLogger(__name__)
_PATIENCE = Patience(deadline=20.0)
_IS_MINE = "intentId = :me"
# A processed row keeps the claim that processed it: a run that wakes late must not take it back.
_IS_MINE_AND_WAITS = "intentId = :me AND #status = :pending"
_WAITS_FOR_A_PERSON = "#status = :failed"
# The index may show a row that another run has finished since: the row itself decides.
_CAN_BE_MINE = (
    "#status = :pending AND attribute_exists(pendingDate) AND (attribute_not_exists(intentId) OR intentId = :me)"
)


class RecordTable:
    """Implements `PendingRecords` on a workload's table, such as `yorutsuke-pending-images-{env}`.

    Args:
        client: DynamoDB's.
        table: The table's whole name.
        shape: Its key and its index.
        clock: Dates what becomes of a record.
        patience: How long one record, or one page of them, is asked for again while the table turns it away.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        shape: RecordTableShape,
        clock: Clock | None = None,
        *,
        patience: Patience = _PATIENCE,
    ) -> None:
        self._client = client
        self._table = table
        self._shape = shape
        self._clock = clock or SystemClock()
        self._target = Target(f"table {table}", "YORUTSUKE_ENV, which ends its name")
        self._calls = TableCalls(client)
        self._patience = patience
        self._rows = RecordRows(self._calls, table, shape, self._target, patience)
        self._orders = RecordOrders(self._calls, table, shape, self._target, patience)

    def pending(self, day: date) -> Iterator[PendingRecord]:
        """Yield the records of a day that wait, claimed ones included, oldest first.

        The index follows the table within moments, and holds only rows with a time.
        """
        # No Limit: pages of 1 MB. Some servers read the whole table again for each page.
        asked = {
            "TableName": self._table,
            "IndexName": self._shape.index,
            "KeyConditionExpression": "pendingDate = :day",
            "ExpressionAttributeValues": {":day": as_value(day.isoformat())},
        }
        doing = f"list the {self._shape.noun}s that wait for {day}"
        rows = rows_found(self._calls, "Query", asked, self._target, doing, patience=self._patience)
        yield from (read_row(row, self._shape) for row in rows if row.get("status") == PENDING)

    def holds(self, identity: str, intent_id: str) -> bool:
        """Tell whether a record waits under that claim, by its row and not by the index."""
        row = self._row(identity)
        return row.get("intentId") == intent_id and row.get("status") == PENDING

    def claim(self, identity: str, intent_id: str) -> PendingRecord | None:
        """Claim a record; None if it no longer waits or another intent has it.

        Claiming again what is already this intent's succeeds, so an answer that was lost does no harm.
        """
        values = {":me": intent_id, ":pending": PENDING}
        try:
            done, row = self._rows.change(identity, "claim", "SET intentId = :me", _CAN_BE_MINE, values)
        except FullRowError as error:
            _log.warning("a record is left waiting, unclaimed: %s", error)
            return None
        return read_row(row, self._shape) if done else None

    def release(self, identity: str, intent_id: str, *, attempts: int, reason: str | None) -> bool:
        """Put a claimed record back in line; return whether the claim stood, or this was done before."""
        values = {":me": intent_id, ":attempts": attempts, ":reason": reason, ":pending": PENDING}
        noted = "SET lastIntentId = :me, attempts = :attempts"
        # An expression may name only values that are there, and each attribute in one clause only.
        update = (
            f"{noted} REMOVE intentId, lastReason"
            if reason is None
            else f"{noted}, lastReason = :reason REMOVE intentId"
        )
        done, row = self._rows.change(
            identity, "release", update, _IS_MINE_AND_WAITS, values, if_full="REMOVE intentId"
        )
        return done or _was_left_by(row, intent_id, PENDING)

    def fail(self, identity: str, intent_id: str, *, attempts: int, reason: str) -> bool:
        """Take a claimed record out of line; return whether the claim stood, or this was done before.

        `lastIntentId` keeps the claim's name for the person who looks at it.
        """
        values = {":me": intent_id, ":attempts": attempts, ":reason": reason, ":failed": FAILED, ":pending": PENDING}
        update = (
            "SET #status = :failed, lastIntentId = :me, attempts = :attempts, lastReason = :reason"
            " REMOVE intentId, pendingDate"
        )
        smaller = "SET #status = :failed REMOVE intentId, pendingDate"
        done, row = self._rows.change(identity, "fail", update, _IS_MINE_AND_WAITS, values, if_full=smaller)
        return done or _was_left_by(row, intent_id, FAILED)

    def finish(self, identity: str, intent_id: str, *, archived_key: str | None) -> bool:
        """Mark a claimed record processed; its claim stays, as a record of who processed it."""
        values = {":me": intent_id, ":processed": PROCESSED, ":now": utc_text(self._clock.now()), ":key": archived_key}
        update = "SET #status = :processed, processedAt = if_not_exists(processedAt, :now)"
        if archived_key is not None:
            update += ", archivedKey = :key"
        done, _ = self._rows.change(identity, "finish", f"{update} REMOVE pendingDate", _IS_MINE, values)
        return done

    def redrive(self, identity: str, day: date, *, keeps_reason: bool, even_discarded: bool) -> bool:
        """Put a failed record back in line in a day, with no attempts counted; return whether this call did.

        It waits for no order then. Needs a time: the index, and so the day's next run, does not see a row without one.
        """
        forgotten = ["discardedAt", "discardReason", "orderedBy"] + ([] if keeps_reason else ["lastReason"])
        update = (
            "SET #status = :pending, pendingDate = :day, attempts = :none, redrivenAt = :now, writeId = :write"
            f" REMOVE {', '.join(forgotten)}"
        )
        condition = f"{_WAITS_FOR_A_PERSON} AND attribute_exists({self._shape.time})"
        if not even_discarded:
            condition += " AND attribute_not_exists(discardedAt)"
        values = {":pending": PENDING, ":day": day.isoformat(), ":none": 0}
        return self._decide(identity, "redrive", update, condition, values)

    def discard(self, identity: str, reason: str) -> bool:
        """Note on a failed record that a person gave it up, and why; return whether this call did.

        Nothing is deleted: the record stays where it is, and can be redriven by its name.
        """
        update = "SET discardedAt = :now, discardReason = :reason, writeId = :write"
        condition = f"{_WAITS_FOR_A_PERSON} AND attribute_not_exists(discardedAt)"
        return self._decide(identity, "discard", update, condition, {":reason": reason})

    def enqueue(
        self,
        record: PendingRecord,
        day: date,
        intent_id: str,
        now: datetime,
        *,
        is_over: Callable[[str], bool] | None = None,
    ) -> bool:
        """Put a record in line for an order; return whether it waits for that one. `RecordOrders.enqueue` says when."""
        return self._orders.enqueue(record, day, intent_id, now, is_over)

    def find(self, identity: str) -> PendingRecord | None:
        """Return a record's row, read consistently, whatever became of the record; None if there is none."""
        row = self._row(identity)
        return read_row(row, self._shape) if row else None

    def _decide(self, identity: str, verb: str, update: str, condition: str, values: dict[str, Any]) -> bool:
        """Write what a person decided about a failed record; return whether it was this very call that did."""
        write_id = new_write_id()
        given = {":failed": FAILED, ":now": utc_text(self._clock.now()), ":write": write_id, **values}
        done, row = self._rows.change(identity, verb, update, condition, given)
        return done or row.get(WRITE_ID) == write_id

    def _row(self, identity: str) -> dict[str, Any]:
        with calling(self._target, f"look up {self._shape.noun} {identity!r}"):
            answer = self._client.get_item(
                TableName=self._table,
                Key={self._shape.key: as_value(identity)},
                ConsistentRead=True,
            )
        return from_item(answer.get("Item", {}))


def _was_left_by(row: dict[str, Any], intent_id: str, status: str) -> bool:
    """Tell whether a row is as this intent left it: the answer to its first try may have been lost."""
    return "intentId" not in row and row.get("lastIntentId") == intent_id and row.get("status") == status
