"""How an order puts a record in line: one conditional put, so that of many orders exactly one gets it.

What is kept out: the claim (`record_table.py`). A row in line is not claimed yet, but says whose order it waits for
(`orderedBy`), so that no other order's run takes it for its own.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.attribute_values import as_json, from_item
from yorutsuke_pipeline.aws.conditions import row_as_it_was
from yorutsuke_pipeline.aws.failures import calling, code_of, message_of
from yorutsuke_pipeline.aws.record_row import PENDING, new_row, read_row
from yorutsuke_pipeline.aws.record_rows import FullRowError
from yorutsuke_pipeline.engine.errors import ThrottledError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from yorutsuke_pipeline.aws.failures import Target
    from yorutsuke_pipeline.aws.patience import Patience
    from yorutsuke_pipeline.aws.table_calls import TableCalls
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.table_shapes import RecordTableShape

_log = logging.getLogger(__name__)
# As much of an identity as a message shows.
_NAMED = 100


@dataclass(frozen=True)
class RecordOrders:
    """The rows that orders put. Several threads may use it at once."""

    calls: TableCalls
    table: str
    shape: RecordTableShape
    target: Target
    patience: Patience

    def enqueue(
        self,
        record: PendingRecord,
        day: date,
        intent_id: str,
        now: datetime,
        is_over: Callable[[str], bool] | None,
    ) -> bool:
        """Put a record in line for an order; return whether it waits for that one, put now or before.

        A row that is there already is left as it is, with one exception: it is pending, and waits for nobody. No intent
        has claimed it nor order put it, as where a person put it back in line, or `is_over` says of that one that it is
        closed. It changes to this order and this day, with its attempts, its reason and who had it last.

        One that no table can hold, such as a row of more than 400 KB, is left out and logged: the order goes on with
        the others.

        Raises:
            ThrottledError: The table turned it away until the deadline.
        """
        try:
            return self._enqueue(record, day, intent_id, now, is_over)
        except FullRowError as error:
            _log.warning("a record is left out of an order: %s", error)
            return False

    def _enqueue(
        self,
        record: PendingRecord,
        day: date,
        intent_id: str,
        now: datetime,
        is_over: Callable[[str], bool] | None,
    ) -> bool:
        row = new_row(record, self.shape, day=day, at=now, order=intent_id)
        there = self._put(record, row, f"attribute_not_exists({self.shape.key})", {})
        if there is None or _waits_for(there, intent_id):
            return True
        if not _waits_for_nobody(there, is_over):
            return False
        known = read_row(there, self.shape)
        again = replace(record, attempts=known.attempts, last_reason=known.last_reason)
        row = {**new_row(again, self.shape, day=day, at=now, order=intent_id), **_history(there)}
        condition, values = _as_it_was(there)
        there = self._put(record, row, condition, values)
        return there is None or _waits_for(there, intent_id)

    def _put(
        self, record: PendingRecord, row: dict[str, Any], condition: str, values: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Put a row on a condition; return None if it held, else the row that is there."""
        table = json.dumps(self.table)
        asked = f'{{"TableName":{table},"Item":{as_json(row)},"ConditionExpression":{json.dumps(condition)}'
        if values:
            asked += f',"ExpressionAttributeValues":{as_json(values)},"ExpressionAttributeNames":{{"#status":"status"}}'
        body = asked + ',"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}'

        def put() -> dict[str, Any] | None:
            with calling(self.target, f"put {self.shape.noun} {record.identity[:_NAMED]!r} in line"):
                try:
                    self.calls.call("PutItem", body)
                except ClientError as error:
                    if code_of(error) == "ConditionalCheckFailedException":
                        return from_item(row_as_it_was(error))
                    # The expressions are ours and tried: what is invalid is the row's size, or its key's.
                    if code_of(error) != "ValidationException":
                        raise
                    what = f"{self.shape.noun} {record.identity[:_NAMED]!r} ({self.target.name})"
                    raise FullRowError(f"could not put {what} in line: {message_of(error)}") from error
            return None

        return self.patience.repeat(put, on=ThrottledError)


def _waits_for(row: dict[str, Any], intent_id: str) -> bool:
    """Tell whether a row waits for an order: this very call's first try, whose answer was lost, included."""
    return row.get("orderedBy") == intent_id and row.get("status") == PENDING


def _waits_for_nobody(row: dict[str, Any], is_over: Callable[[str], bool] | None) -> bool:
    holder = _holder(row)
    is_free = holder is None or (is_over is not None and isinstance(holder, str) and is_over(holder))
    return is_free and row.get("status") == PENDING


def _holder(row: dict[str, Any]) -> object:
    """Return the intent that a pending row is kept for: the claim's, else the order's."""
    return row.get("intentId") or row.get("orderedBy")


def _history(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a row that changes to another order says of who had it, and of the person who put it back in line."""
    last, redriven_at = _holder(row) or row.get("lastIntentId"), row.get("redrivenAt")
    history = {"lastIntentId": last, "redrivenAt": redriven_at}
    # Rows are written by others, and what is no text was not written by a run.
    return {name: value for name, value in history.items() if isinstance(value, str)}


def _as_it_was(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the condition that a pending row still has the claim and the order that it was seen with."""
    tests, values = ["#status = :pending"], {":pending": PENDING}
    for name in ("intentId", "orderedBy"):
        if name in row:
            tests.append(f"{name} = :{name}")
            values[f":{name}"] = row[name]
        else:
            tests.append(f"attribute_not_exists({name})")
    return " AND ".join(tests), values
