"""What a table admits: so many rows a second, hardly more in any tenth of one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# DynamoDB lets unused capacity of some minutes be used in a burst; a table that is new, or that has been busy all
# night, has none, and it is that one which is measured.
_BURST_SECONDS = 0.1


class Capacity:
    """A bucket of tokens that begins empty."""

    def __init__(self, per_second: float | None, now: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._now = now
        self._seen = now()
        self._tokens = 0.0

    def admit(self, wanted: int) -> int:
        """Return how many of `wanted` rows are let in."""
        if self._per_second is None:
            return wanted
        now = self._now()
        self._tokens += (now - self._seen) * self._per_second
        self._tokens = min(self._tokens, _BURST_SECONDS * self._per_second)
        self._seen = now
        admitted = min(wanted, int(self._tokens))
        self._tokens -= admitted
        return admitted
