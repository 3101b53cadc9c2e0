"""The records that wait for a day, in numbers. Streams; holds only counts and the first rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.days import parse_utc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from yorutsuke_pipeline.engine.record import PendingRecord

_PREVIEW = 10


@dataclass
class PendingSummary:
    """What waits.

    Attributes:
        waiting_count: Records that the day's next intent would take.
        claimed_count: Records that an intent has taken and not finished.
        retry_count: Of those waiting, how many were rejected before.
        byte_count: Size of those waiting, as far as their rows say it.
        oldest: Since when the first of those waiting has waited.
        preview: The first rows that wait.
    """

    waiting_count: int = 0
    claimed_count: int = 0
    retry_count: int = 0
    byte_count: int = 0
    oldest: str | None = None
    waiting_by: dict[str, int] = field(default_factory=dict)
    preview: list[dict[str, Any]] = field(default_factory=list)

    def oldest_age(self, now: datetime) -> timedelta | None:
        """Return how long the oldest has waited; None if nothing waits or its row does not say since when."""
        try:
            return None if self.oldest is None else now - parse_utc(self.oldest)
        except ValueError:
            return None


def summarise_pending(
    records: Iterable[PendingRecord], *, since: str, by: str | None, columns: Sequence[str]
) -> PendingSummary:
    """Count records, oldest first, one at a time.

    Args:
        records: They are read once.
        since: The attribute that says since when one waits.
        by: The attribute that they are counted by; None if they are not.
        columns: Of the preview: the name for a record's identity, then attributes.
    """
    summary = PendingSummary()
    for record in records:
        if record.intent_id is not None:
            summary.claimed_count += 1
            continue
        size = record.attributes.get("bytes", 0)
        summary.waiting_count += 1
        summary.retry_count += record.attempts > 0
        summary.byte_count += int(size) if re.fullmatch(r"[0-9]{1,15}", str(size)) else 0
        summary.oldest = summary.oldest or str(record.attributes.get(since, "?"))
        if by is not None:
            group = str(record.attributes.get(by, "?"))
            summary.waiting_by[group] = summary.waiting_by.get(group, 0) + 1
        if len(summary.preview) < _PREVIEW:
            own = {columns[0]: record.identity, "attempts": record.attempts}
            summary.preview.append({name: own.get(name, record.attributes.get(name, "?")) for name in columns})
    return summary
