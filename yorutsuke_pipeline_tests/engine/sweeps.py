"""Sweeps: some work in which every call to the outside is, in turn, the one that goes wrong.

After each, everything is run again to its end, and every invariant must hold.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.errors import TransientError, YorutsukeError
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.invariants import READS, check_always, check_settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yorutsuke_pipeline_tests.engine.nights import Night, Stages


def interrupt_everywhere(
    interruption: Interruption,
    begin: Callable[[], Night],
    work: Callable[[Night, Stages], object],
    settle: Callable[[Night], object] | None = None,
) -> int:
    """Interrupt work on a new night at each of its calls in turn, and finish it; return how many calls it made.

    Args:
        interruption: What happens at the call.
        begin: Returns a night.
        work: What is interrupted.
        settle: Brings the night to its end; if None, runs do until nothing is left.
    """
    for at in count(1):
        night = begin()
        calls = Calls(at, interruption)
        with suppress(Killed, YorutsukeError):
            work(night, night.stages(calls.watch))
        if interruption is not Interruption.FAIL_BEFORE and calls.interrupted in READS:
            continue  # leaves what dying before the next write leaves, or failing before this read
        with _told_as(f"{interruption}: call {at}, {calls.interrupted}"):
            check_always(night)
            (settle or _settle)(night)
            check_settled(night)
            # Create is never asked for a job that exists: nobody knows for how long a token is remembered.
            assert night.service.asked_count == len(night.service.states)
        if not calls.was_reached:
            return at
    raise AssertionError


def stall_everywhere(
    begin: Callable[[], Night], work: Callable[[Night, Stages], object], meanwhile: Callable[[Night], object]
) -> int:
    """Stall work on a new night at each of its calls in turn, and wake it; return how many calls it made.

    Args:
        begin: Returns a night.
        work: What stalls.
        meanwhile: What others do to the night before it wakes.
    """
    for at in count(1):
        night = begin()
        calls = Calls(at, meanwhile=partial(meanwhile, night))
        with _told_as(f"overtaken at call {at}, {calls.interrupted}"):
            with suppress(TransientError):
                work(night, night.stages(calls.watch))
            check_always(night)
            _settle(night)
            check_settled(night)
        if not calls.was_reached:
            return at
    raise AssertionError


def _settle(night: Night) -> None:
    night.run_until_settled()


@contextmanager
def _told_as(situation: str) -> Iterator[None]:
    """Name the situation in which an invariant broke."""
    try:
        yield
    except (AssertionError, YorutsukeError) as error:
        raise AssertionError(situation) from error
