"""What a record's row says of its state, whoever wrote the row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.days import day_of, parse_day, parse_utc

if TYPE_CHECKING:
    from datetime import date, datetime

    from yorutsuke_pipeline.engine.record import PendingRecord

PENDING = "pending"
PROCESSED = "processed"
FAILED = "failed"


@dataclass(frozen=True)
class RecordState:
    """A row's words about its state, each None where the row has none that can be used.

    Attributes:
        line: The day in whose line it stands (`pendingDate`).
        own_day: The Tokyo day of its time (a receipt's `uploadedAt`).
        is_indexed: Whether a day's query can see it: the index leaves out rows without both keys.
    """

    status: str
    line: date | None
    own_day: date | None
    is_indexed: bool
    is_discarded: bool
    source_key: str | None
    archived_key: str | None
    last_intent_id: str | None
    processed_at: datetime | None

    @property
    def day(self) -> date | None:
        """The partition it belongs to."""
        return self.line or self.own_day


def state_of(record: PendingRecord) -> RecordState:
    """Return the state that a row describes."""
    attributes = record.attributes
    came_at, processed_at = _time(record.time), _time(attributes.get("processedAt"))
    return RecordState(
        status=str(attributes.get("status")),
        line=day_named(attributes.get("pendingDate")),
        own_day=day_of(came_at) if came_at is not None else None,
        is_indexed=day_named(attributes.get("pendingDate")) is not None and isinstance(record.time, str),
        is_discarded="discardedAt" in attributes,
        source_key=_text(attributes.get("s3Key")),
        archived_key=_text(attributes.get("archivedKey")),
        last_intent_id=_text(attributes.get("lastIntentId")),
        processed_at=processed_at,
    )


def is_in_line(record: PendingRecord) -> bool:
    """Tell whether a row names a line at all, a day or not."""
    return "pendingDate" in record.attributes


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _time(value: object) -> datetime | None:
    try:
        return parse_utc(value) if isinstance(value, str) else None
    except ValueError:
        return None


def day_named(value: object) -> date | None:
    """Return the day that a value names; None if it names none."""
    try:
        return parse_day(value) if isinstance(value, str) else None
    except ValueError:
        return None
