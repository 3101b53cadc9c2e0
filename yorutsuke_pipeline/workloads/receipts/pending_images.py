"""The images that wait for a day, in numbers. Streams; holds only counts and the first rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.days import parse_utc

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from yorutsuke_pipeline.engine.record import PendingRecord

_PREVIEW = 10


@dataclass
class PendingSummary:
    """What waits.

    Attributes:
        waiting_count: Images that the day's next intent would take.
        claimed_count: Images that an intent has taken and not finished.
        retry_count: Of those waiting, how many were rejected before.
        byte_count: Size of those waiting, as far as their rows say it.
        oldest: `uploadedAt` of the first of those waiting.
        preview: The first rows that wait.
    """

    waiting_count: int = 0
    claimed_count: int = 0
    retry_count: int = 0
    byte_count: int = 0
    oldest: str | None = None
    waiting_by_user: dict[str, int] = field(default_factory=dict)
    preview: list[dict[str, Any]] = field(default_factory=list)

    def oldest_age(self, now: datetime) -> timedelta | None:
        """Return how long the oldest has waited; None if nothing waits or its row does not say since when."""
        try:
            return None if self.oldest is None else now - parse_utc(self.oldest)
        except ValueError:
            return None


def summarise_pending(records: Iterable[PendingRecord]) -> PendingSummary:
    """Count records, oldest first, one at a time."""
    summary = PendingSummary()
    for record in records:
        if record.intent_id is not None:
            summary.claimed_count += 1
            continue
        user = str(record.attributes.get("userId", "?"))
        uploaded_at = str(record.attributes.get("uploadedAt", "?"))
        size = record.attributes.get("bytes", 0)
        summary.waiting_count += 1
        summary.retry_count += record.attempts > 0
        summary.byte_count += int(size) if re.fullmatch(r"[0-9]{1,15}", str(size)) else 0
        summary.oldest = summary.oldest or uploaded_at
        summary.waiting_by_user[user] = summary.waiting_by_user.get(user, 0) + 1
        if len(summary.preview) < _PREVIEW:
            shown = {"imageId": record.identity, "userId": user, "uploadedAt": uploaded_at}
            summary.preview.append({**shown, "attempts": record.attempts})
    return summary
