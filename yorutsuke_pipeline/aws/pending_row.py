"""A row of the pending-images table as a value.

Rows are written by the app, by the command line and by people: whatever an attribute holds, reading a
row does not fail. What a receipt's row must hold is the workload's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.conditions import WRITE_ID
from yorutsuke_pipeline.engine.days import day_of, utc_text
from yorutsuke_pipeline.engine.record import PendingRecord

if TYPE_CHECKING:
    from datetime import datetime

PENDING = "pending"
PROCESSED = "processed"
FAILED = "failed"

_OURS = frozenset({"imageId", "attempts", "lastReason", "intentId", WRITE_ID})
# Nobody asks that often; what a row says beyond it is no count.
_MOST_ATTEMPTS = 1_000_000


@dataclass(frozen=True)
class NewImage:
    """An image that was just put into the bucket, to be put in line.

    Attributes:
        md5: Of its bytes, in hex.
        uploaded_at: Aware; its day in Tokyo is the partition.
    """

    image_id: str
    user_id: str
    s3_key: str
    md5: str
    uploaded_at: datetime
    byte_count: int

    def as_row(self) -> dict[str, Any]:
        """Return the row under the table's names."""
        return {
            "imageId": self.image_id,
            "userId": self.user_id,
            "s3Key": self.s3_key,
            "md5": self.md5,
            "uploadedAt": utc_text(self.uploaded_at),
            "bytes": self.byte_count,
            "status": PENDING,
            "pendingDate": day_of(self.uploaded_at).isoformat(),
        }


def read_row(row: dict[str, Any]) -> PendingRecord:
    """Return the record that a row describes."""
    reason, intent_id = row.get("lastReason"), row.get("intentId")
    return PendingRecord(
        identity=str(row.get("imageId")),
        attributes={name: value for name, value in row.items() if name not in _OURS},
        attempts=_attempts(row.get("attempts")),
        last_reason=reason if isinstance(reason, str) else None,
        intent_id=None if intent_id is None else str(intent_id),
    )


def _attempts(value: object) -> int:
    """Return a count of attempts; 0 for what is none."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = Decimal(value)
    if not isinstance(value, Decimal) or not 0 <= value <= _MOST_ATTEMPTS:
        return 0
    return int(value)
