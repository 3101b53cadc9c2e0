"""The switch that a person turns when nothing more is to be paid for: submission is paused, and resumed.

What belongs here: what a pause is, and how stages meet it. They look before each job and, while they ask on
demand, every few seconds: between a look and the call that follows it, one job or a few records can still slip
through. What is submitted already goes on, and its answers are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.days import tokyo_minute
from yorutsuke_pipeline.engine.errors import PausedError
from yorutsuke_pipeline.engine.terms import DEFAULT_WORKLOAD, command

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.ports import Clock, SubmissionSwitch

# A look costs a read of one row; a question on demand takes a second or more, and four are asked at once.
_BETWEEN_LOOKS = timedelta(seconds=2)


@dataclass(frozen=True)
class Pause:
    """That submission is paused.

    Attributes:
        reason: Why, in the words of the person who paused it.
        by: Who that was.
        since: When.
        workload: Whose submission is paused.
    """

    reason: str
    by: str
    since: datetime
    workload: str = DEFAULT_WORKLOAD

    def __str__(self) -> str:
        """Return the sentence that every place shows which would have submitted something."""
        whose = "" if self.workload == DEFAULT_WORKLOAD else f" of {self.workload}"
        return (
            f"submission{whose} is paused by {self.by} since {tokyo_minute(self.since)} in Tokyo: {self.reason} "
            f"(it goes on after `{command(self.workload, 'resume')}`)"
        )


class NeverPaused:
    """The switch of whoever has none."""

    def current(self) -> Pause | None:
        """Return None: submission goes on."""
        return None


NEVER_PAUSED = NeverPaused()


def check_not_paused(switch: SubmissionSwitch) -> None:
    """Look at the switch.

    Raises:
        PausedError: Submission is paused; the message says by whom, since when and why.
    """
    pause = switch.current()
    if pause is not None:
        raise PausedError(str(pause))


class Gate:
    """What many calls pass in a row: looks at the switch now and then, not at each of them."""

    def __init__(self, switch: SubmissionSwitch, clock: Clock) -> None:
        self._switch = switch
        self._clock = clock
        self._looked_at: datetime | None = None

    def check(self) -> None:
        """Look at the switch, unless that was done a moment ago.

        Raises:
            PausedError: Submission is paused.
        """
        now = self._clock.now()
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < _BETWEEN_LOOKS:
            check_not_paused(self._switch)
            self._looked_at = now
