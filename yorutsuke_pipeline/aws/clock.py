"""The machine's clock."""

from __future__ import annotations

from datetime import datetime, timezone


class SystemClock:
    """Implements `Clock`.

    To the millisecond, because that is what tables keep: a row read back equals the one written.
    """

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        moment = datetime.now(timezone.utc)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
