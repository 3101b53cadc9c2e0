"""A night in which every call to the outside takes its time, on the night's own clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline_tests.engine.nights import Night, Stages

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline_tests.fakes.clock import FakeClock

_A_CALL = timedelta(seconds=3)


class SlowNight(Night):
    """Takes three seconds a call. Made of a night: `SlowNight(**vars(night))`."""

    def stages(self, wrap: Callable[[Any], Any] = lambda port: port) -> Stages:
        return super().stages(lambda port: _SlowPort(wrap(port), self.clock))


class _SlowPort:
    def __init__(self, port: Any, clock: FakeClock) -> None:  # noqa: ANN401 — any port
        self._port = port
        self._clock = clock

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 — any port's method
        member = getattr(self._port, name)
        if not callable(member):
            return member

        def call(*args: Any, **named: Any) -> Any:  # noqa: ANN401 — as above
            self._clock.advance(_A_CALL)
            return member(*args, **named)

        return call
