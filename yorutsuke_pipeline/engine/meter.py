"""A meter on long work: how much of it is done, of how much, and how fast, told from time to time.

What belongs here: counting, and when it is worth a word. Where the word goes is the listener's: Dagster's log, or
a test's list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from yorutsuke_pipeline.engine.ports import Clock

Item = TypeVar("Item")

# Nobody wonders before; from then on a word twice a minute is enough to see that it goes on, and no flood in a night.
_FIRST_WORD = timedelta(seconds=10)
_BETWEEN_WORDS = timedelta(seconds=30)
# Looking at the clock takes a microsecond, which is a twentieth of what some records take.
_UNITS_A_LOOK = 16
_WHOLE_RATE = 10
_MINUTE = 60


@dataclass(frozen=True)
class Reading:
    """What a meter shows.

    Attributes:
        what: What is counted, such as `images prepared`.
        total: How many there will be; None if nobody knows.
    """

    what: str
    done: int
    total: int | None
    elapsed: timedelta

    @property
    def per_second(self) -> float:
        """The rate since the beginning."""
        seconds = self.elapsed.total_seconds()
        return self.done / seconds if seconds > 0 else 0.0

    @property
    def left(self) -> timedelta | None:
        """The time that the rest takes at this rate; None if nobody can tell."""
        if self.total is None or not self.per_second:
            return None
        return timedelta(seconds=max(0, self.total - self.done) / self.per_second)

    def __str__(self) -> str:
        of_how_many = "so far" if self.total is None else f"of {self.total:,}"
        if self.total:
            of_how_many += f" ({100 * self.done // self.total} %)"
        rate = f"{self.per_second:,.0f}" if self.per_second >= _WHOLE_RATE else f"{self.per_second:.1f}"
        left = f", {_roughly(self.left)} left" if self.left else ""
        return f"{self.what}: {self.done:,} {of_how_many}, {rate} a second{left}"


class Meter(Protocol):
    """What stages count their work with."""

    def counting(
        self,
        what: str,
        items: Iterable[Item],
        total: int | None = None,
        *,
        size: Callable[[Item], int] = ...,
    ) -> Iterable[Item]:
        """Return the items, which count as done when the next one is asked for.

        Args:
            what: What is counted.
            items: Whatever is worked through.
            total: How many units there will be; None if nobody knows.
            size: How many units an item is; 1 if not given.
        """
        ...


class NoMeter:
    """Implements `Meter` for work that nobody watches."""

    def counting(
        self,
        what: str,  # noqa: ARG002 — nobody hears it
        items: Iterable[Item],
        total: int | None = None,  # noqa: ARG002 — as above
        *,
        size: Callable[[Item], int] | None = None,  # noqa: ARG002 — as above
    ) -> Iterable[Item]:
        """Return the items as they are."""
        return items


NO_METER = NoMeter()


def _one(_item: object) -> int:
    return 1


@dataclass(frozen=True)
class TellingMeter:
    """Implements `Meter`: tells a reading after 10 seconds, then every 30, and a last one if there was a first."""

    clock: Clock
    tell: Callable[[Reading], None]

    def counting(
        self,
        what: str,
        items: Iterable[Item],
        total: int | None = None,
        *,
        size: Callable[[Item], int] = _one,
    ) -> Iterator[Item]:
        """Yield the items, telling from time to time how many are done."""
        began = self.clock.now()
        due, done, looked_at = began + _FIRST_WORD, 0, 0
        told: int | None = None
        for item in items:
            yield item
            done += size(item)
            if done - looked_at < _UNITS_A_LOOK:
                continue
            looked_at = done
            now = self.clock.now()
            if now >= due:
                self.tell(Reading(what, done, total, now - began))
                due, told = now + _BETWEEN_WORDS, done
        if told not in {None, done}:
            self.tell(Reading(what, done, total, self.clock.now() - began))


def _roughly(left: timedelta) -> str:
    seconds = left.total_seconds()
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    minutes = round(seconds / _MINUTE)
    return f"{minutes} min" if minutes < 2 * _MINUTE else f"{minutes / _MINUTE:.0f} h"
