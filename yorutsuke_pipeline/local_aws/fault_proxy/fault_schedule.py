"""Which fault hits a call: each fault counts, for itself, the calls that fit it.

What belongs here: the counting. What is kept out: what a hit does (`misbehaviour`).
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault
    from yorutsuke_pipeline.local_aws.fault_proxy.operation import Operation


class FaultSchedule:
    """The faults in force and how many calls each has seen. Any thread may ask."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._lock = threading.Lock()
        self.replace(faults)

    def replace(self, faults: Sequence[Fault]) -> None:
        """Put other faults in force; they begin to count from 1."""
        with self._lock:
            self._faults = tuple(faults)
            self._seen = [0] * len(self._faults)

    def restart(self) -> None:
        """Count from 1 again."""
        self.replace(self._faults)

    def next_hit(self, operation: Operation) -> Fault | None:
        """Count a call, and return the first fault that is due; those behind it have counted the call all the same."""
        hit: Fault | None = None
        with self._lock:
            for number, fault in enumerate(self._faults):
                if not fault.fits(operation):
                    continue
                self._seen[number] += 1
                turn = self._seen[number] - fault.call
                if hit is None and turn >= 0 and (fault.times is None or turn < fault.times):
                    hit = fault
        return hit
