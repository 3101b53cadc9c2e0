"""How often somebody may ask: a bucket of permits for each, that fills again evenly.

In memory, so each process of the API counts for itself, and a new one begins with full buckets.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from yorutsuke_pipeline.engine.ports import Clock

# Strangers choose their addresses: without an end they would fill the memory.
_MOST_KEYS = 10_000


class Rate:
    """So many permits a minute for each key; as many may be used at once.

    Args:
        per_minute: 1 or more.
        clock: Tells when buckets have filled again.
    """

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._most = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def seconds_to_wait(self, key: str) -> int:
        """Take a permit and return 0; or return the whole seconds until there is one, 1 or more."""
        now = self._clock.now()
        with self._lock:
            level, since = self._buckets.pop(key, (float(self._most), now))
            # A clock that was set back must not empty a bucket.
            passed = max(0.0, (now - since).total_seconds())
            level = min(float(self._most), level + passed * self._most / 60)
            granted = level >= 1
            self._buckets[key] = (level - 1 if granted else level, now)
            if len(self._buckets) > _MOST_KEYS:
                self._buckets.popitem(last=False)
        return 0 if granted else math.ceil((1 - level) * 60 / self._most)
