"""Runs that can be stopped before any call to the outside, and go on when the test says so.

Each is a thread of its own, but only one thread runs at a time: the test's, or that of the actor it lets go on.
So the same decisions give the same life each time.
"""

from __future__ import annotations

from concurrent.futures import Future
from threading import Semaphore, Thread
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

# Far longer than any call to a fake takes; only a deadlock waits for it.
_STUCK = 30


class Actor(Calls):
    """A run that waits before each of its calls; `watch` gives it its ports.

    Attributes:
        next_call: The name of the call that it waits before; None when it does nothing.
        ended_with: The error that ended its last activity, if one of the product's did.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.next_call: str | None = None
        self.ended_with: BaseException | None = None
        self._bug: BaseException | None = None
        self._order: Interruption | None = None
        self._may_go_on = Semaphore(0)
        self._has_stopped = Semaphore(0)

    def start(self, activity: Callable[[], object]) -> None:
        """Begin an activity, up to its first call."""
        self._is_dead, self.ended_with = False, None
        Thread(target=self._live, args=(activity,), name=self.name, daemon=True).start()
        self._wait()

    def go_on(self, order: Interruption | None = None) -> None:
        """Make the call that it waits before, or have it interrupted; go on to the next call or to the end."""
        if self.next_call is not None:
            self._order = order
            self._may_go_on.release()
            self._wait()

    def go_on_to(self, name: str) -> None:
        """Go on until it waits before a call of that name, one call at least, or to the end."""
        self.go_on()
        while self.next_call not in {None, name}:
            self.go_on()

    def finish(self) -> None:
        """Go on to the end of the activity."""
        while self.next_call is not None:
            self.go_on()

    def pass_through(self, name: str, call: Callable[[], Any]) -> Any:  # noqa: ANN401 — what the call returns
        """Wait for the test, then make the call or be interrupted."""
        if self._is_dead:
            raise Killed
        self.names.append(name)
        self.next_call = name
        self._has_stopped.release()
        self._may_go_on.acquire()
        return self._interrupted(name, call, self._order)

    def _live(self, activity: Callable[[], object]) -> None:
        try:
            activity()
        except (Killed, YorutsukeError) as error:
            self.ended_with = error
        except BaseException as error:  # noqa: BLE001 — raised again in the test's thread
            self._bug = error
        self.next_call = None
        self._has_stopped.release()

    def _wait(self) -> None:
        assert self._has_stopped.acquire(timeout=_STUCK), f"{self.name} is stuck after {self.names[-1:]}"
        if self._bug is not None:
            raise self._bug


class InOneThread:
    """Stands in for `ThreadPoolExecutor`: does each thing at once, so that no thread overtakes another."""

    def __init__(self, max_workers: int, thread_name_prefix: str) -> None:
        """Take what the real one takes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left to wait for."""

    def submit(self, call: Callable[[Any], Any], item: Any) -> Future[Any]:  # noqa: ANN401 — any item
        """Do it now; the future has its result or its error."""
        future: Future[Any] = Future()
        try:
            future.set_result(call(item))
        except Exception as error:  # noqa: BLE001 — it is the future's to tell
            future.set_exception(error)
        return future
