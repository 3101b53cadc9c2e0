"""Something happens at the n-th call to the outside: the process dies, the call fails, or another run overtakes."""

from __future__ import annotations

from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.errors import TransientError
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Killed(BaseException):
    """The process is gone. No `except Exception` can catch that, and no call comes after it."""


class Interruption(Word):
    """What happens at a call."""

    KILL = "killed before the call"
    FAIL_BEFORE = "the call fails without effect"
    FAIL_AFTER = "the call takes effect and its answer is lost"


class Calls:
    """Counts the calls to all ports of a night and interrupts one of them.

    Args:
        at: The number of the call to interrupt, from 1; None for none.
        interruption: What happens then.
        meanwhile: What is done just before that call, in its place if there is no `interruption`.
    """

    def __init__(
        self,
        at: int | None = None,
        interruption: Interruption | None = None,
        meanwhile: Callable[[], object] | None = None,
    ) -> None:
        self._at = at
        self._interruption = interruption
        self._meanwhile = meanwhile
        self._lock = RLock()
        self._is_dead = False
        self.names: list[str] = []

    @property
    def was_reached(self) -> bool:
        """Whether there were that many calls at all."""
        return self._at is not None and len(self.names) >= self._at

    def number_of(self, name: str) -> int:
        """Return which call was the first of that name, from 1."""
        return self.names.index(name) + 1

    @property
    def interrupted(self) -> str:
        """The name of the call that was interrupted, for the message of a test that fails."""
        return self.names[self._at - 1] if self._at is not None and self.was_reached else "none"

    def watch(self, port: Any) -> Any:  # noqa: ANN401 — any port
        """Return a port that does what `port` does, each call counted."""
        return _Watched(port, self)

    def pass_through(self, name: str, call: Callable[[], Any]) -> Any:  # noqa: ANN401 — what the call returns
        """Make a call, or interrupt it; one after the other, so that the count means the same each time."""
        with self._lock:
            if self._is_dead:
                raise Killed
            self.names.append(name)
            if len(self.names) != self._at:
                return call()
            if self._meanwhile is not None:
                self._meanwhile()
            return self._interrupted(name, call, self._interruption)

    def _interrupted(self, name: str, call: Callable[[], Any], interruption: Interruption | None) -> Any:  # noqa: ANN401 — as above
        """Make a call with what happens at it."""
        if interruption is Interruption.KILL:
            self._is_dead = True
            raise Killed
        if interruption is Interruption.FAIL_BEFORE:
            raise TransientError(f"{name} failed")
        result = call()
        if interruption is Interruption.FAIL_AFTER:
            raise TransientError(f"the answer of {name} was lost")
        return result


class _Watched:
    """A port with its calls counted."""

    def __init__(self, port: Any, calls: Calls) -> None:  # noqa: ANN401 — any port
        self._port = port
        self._calls = calls

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 — any port's method
        member = getattr(self._port, name)
        if not callable(member):
            return member
        if name == "writing":
            return self._writing
        return lambda *args, **named: self._calls.pass_through(name, lambda: member(*args, **named))

    @contextmanager
    def _writing(self, key: str) -> Iterator[Any]:
        """Open is one call, and coming to be is another: an upload that dies in between leaves nothing."""
        context = self._port.writing(key)
        out = self._calls.pass_through("writing", context.__enter__)
        try:
            yield out
        except BaseException as error:
            if not context.__exit__(type(error), error, error.__traceback__):
                raise
        else:
            self._calls.pass_through("written", lambda: context.__exit__(None, None, None))
