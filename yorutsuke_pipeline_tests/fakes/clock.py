"""A clock that says what the test says."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

# 02:00 in Tokyo on 2026-01-10: the schedule's hour, for the day that has just ended.
NIGHT = datetime(2026, 1, 9, 17, tzinfo=timezone.utc)


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NIGHT) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by
