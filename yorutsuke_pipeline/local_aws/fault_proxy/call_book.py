"""All calls so far: their numbers, the faults that are due, and whoever watches them.

What belongs here: what the proxy's threads share. What is kept out: bytes (`connection`), and the server (`proxy`).
"""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.fault_proxy.call import Call
from yorutsuke_pipeline.local_aws.fault_proxy.fault_schedule import FaultSchedule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from yorutsuke_pipeline.local_aws.fault_proxy.call import Moment, Outcome
    from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault
    from yorutsuke_pipeline.local_aws.fault_proxy.operation import Operation

_log = logging.getLogger(__name__)
_HELD_AT_ONCE = 64  # calls that a watch can hold while others go on


class CallBook:
    """The book that every connection writes into."""

    def __init__(
        self,
        faults: Sequence[Fault],
        watch: Callable[[Call, Moment], bool] | None,
        report: Callable[[Outcome], None] | None,
    ) -> None:
        self.schedule = FaultSchedule(faults)
        self.watch = watch
        self.failure: BaseException | None = None
        """The first error that `watch` or `report` raised."""
        self._report = report
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._watchers: ThreadPoolExecutor | None = None

    def open(self) -> None:
        """Have threads for the watch; each begins when it is needed."""
        self._watchers = ThreadPoolExecutor(_HELD_AT_ONCE, thread_name_prefix="fault-proxy-watch")

    @property
    def calls(self) -> list[Call]:
        """All calls since the start or the last reset, as they arrived."""
        with self._lock:
            return list(self._calls)

    def restart(self) -> None:
        """Number calls from 1 again, and let the faults count from 1."""
        with self._lock:
            self._calls.clear()
            self.schedule.restart()

    def begin(self, operation: Operation, connection: int) -> tuple[Call, Fault | None]:
        """Enter a call, and return it with the fault that hits it."""
        with self._lock:
            call = Call(len(self._calls) + 1, operation, connection)
            self._calls.append(call)
            return call, self.schedule.next_hit(operation)

    async def is_dropped(self, call: Call, moment: Moment) -> bool:
        """Ask the watch, which may take its time, whether the call's connection is to be dropped now."""
        watch = self.watch
        if watch is None:
            return False
        try:
            return await asyncio.get_running_loop().run_in_executor(self._watchers, watch, call, moment)
        except Exception as error:  # noqa: BLE001 — somebody else's code; raised again when the proxy stops
            self.note(error)
            return True

    def end(self, outcome: Outcome) -> None:
        """Tell whoever wants to know how a call ended."""
        try:
            if self._report is not None:
                self._report(outcome)
        except Exception as error:  # noqa: BLE001 — as above
            self.note(error)

    def close(self) -> None:
        """Wait for nobody: a watch that still holds a call is left to return in its own time."""
        if self._watchers is not None:
            self._watchers.shutdown(wait=False, cancel_futures=True)

    def note(self, error: BaseException) -> None:
        """Keep an error, the proxy's own or of what watches it, for whoever stops the proxy."""
        _log.error("the fault proxy, or what watches it, failed", exc_info=error)
        self.failure = self.failure or error
