"""A row of a table of waiting records as a value.

Rows are written by an app, by the command line and by people: whatever an attribute holds, reading a
row does not fail. What a row must hold is the workload's business.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.conditions import WRITE_ID
from yorutsuke_pipeline.engine.days import utc_text
from yorutsuke_pipeline.engine.record import PendingRecord

if TYPE_CHECKING:
    from datetime import date, datetime

    from yorutsuke_pipeline.engine.table_shapes import RecordTableShape

PENDING = "pending"
PROCESSED = "processed"
FAILED = "failed"

_OURS = frozenset({"attempts", "lastReason", "intentId", WRITE_ID})
# Nobody asks that often; what a row says beyond it is no count.
_MOST_ATTEMPTS = 1_000_000


def read_row(row: dict[str, Any], shape: RecordTableShape) -> PendingRecord:
    """Return the record that a row describes."""
    reason, intent_id = row.get("lastReason"), row.get("intentId")
    return PendingRecord(
        identity=str(row.get(shape.key)),
        attributes={name: value for name, value in row.items() if name not in _OURS and name != shape.key},
        attempts=_attempts(row.get("attempts")),
        last_reason=reason if isinstance(reason, str) else None,
        intent_id=None if intent_id is None else str(intent_id),
        time_name=shape.time,
    )


def new_row(record: PendingRecord, shape: RecordTableShape, *, day: date, at: datetime, order: str) -> dict[str, Any]:
    """Return the row of a record that an order puts in line, unclaimed.

    What the record has been through goes along: its attempts, and the reason that the next prompt names.
    """
    return {
        **record.attributes,
        shape.key: record.identity,
        shape.time: utc_text(at),
        "status": PENDING,
        "pendingDate": day.isoformat(),
        "orderedBy": order,
        "attempts": record.attempts or None,
        "lastReason": record.last_reason,
    }


def _attempts(value: object) -> int:
    """Return a count of attempts; 0 for what is none."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = Decimal(value)
    if not isinstance(value, Decimal) or not 0 <= value <= _MOST_ATTEMPTS:
        return 0
    return int(value)
