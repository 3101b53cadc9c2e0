"""How fast rows go to a table that turns some of them away.

A table that admits 4,000 rows a second admits no more when it is offered 20,000; the rest is work done twice.
So rows go as fast as calls can be made until some are turned away, and from then on as fast as rows got through:
between two moments at which the table was full, it admitted exactly what it can.
"""

from __future__ import annotations

from math import exp
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.patience import Patience

# A shorter time, or fewer rows, tell more about batches of 25 than about the table; seconds.
_SHORTEST, _FEWEST = 0.08, 100
# After a longer one in which nothing was turned away, what got through is what was offered; seconds.
_QUIET = 0.2
# The first answers come after some ten milliseconds. What got through by then may be the table's reserve.
_FIRST, _FIRST_CUT = 0.02, 0.4
# With more than this share turned away the table was full all the time, and what got through is what it admits.
_FULL = 0.1
# Just below that, so that its reserve fills again; a little below when only a few were turned away, because then what
# got through says no more than how slow we were.
_BELOW, _LITTLE_BELOW = 0.99, 0.97
# Not far below what was measured before: we may have been stopped meanwhile, rather than the table be slower.
_NEVER_BELOW = 0.85
# Faster by this share a second, which grows by e^4 with each second in which nothing was turned away.
_FASTER, _AND_FASTER, _LONGEST_QUIET = 0.03, 4.0, 0.9
# And by so many rows a second each second, however slow: of several processes the slower ones catch up.
_MORE = 200.0
# Until it is known what the table admits: by e^8 a second, which passes it before it says so.
_UNKNOWN_FASTER, _UNKNOWN_CUT = 8.0, 0.7
# A full batch a second is what even a table that admits nothing is asked.
_SLOWEST = 25.0


class Pace:
    """The speed of all writers of one table; they share it, whatever their number."""

    def __init__(self, patience: Patience) -> None:
        self._now, self._sleep = patience.now, patience.sleep
        self._lock = Lock()
        self._through = self._turned_away = 0
        self._began: float | None = None
        # Rows a second; None as long as nothing was turned away.
        self._rate: float | None = None
        # The rate after the last time it was measured what the table admits; 0 before.
        self._admitted = 0.0
        self._next = 0.0
        # When rows were turned away, and how many had got through and been turned away by then.
        self._mark = (0.0, 0, 0)
        self._full_at = 0.0

    def wait_for(self, count: int) -> None:
        """Wait until `count` rows may go."""
        with self._lock:
            now = self._now()
            if self._began is None:
                self._began = now
            if self._rate is None:
                return
            turn = max(now, self._next)
            self._next = turn + count / self._rate
        if turn > now:
            self._sleep(turn - now)

    def told(self, through: int, turned_away: int) -> None:
        """Learn from an answer how many rows got through and how many did not."""
        with self._lock:
            now = self._now()
            self._through += through
            self._turned_away += turned_away
            if self._rate is not None:
                self._rate += _MORE * (through + turned_away) / self._rate
            if turned_away:
                self._slow_down(now)
            elif self._rate is not None:
                quiet = min(now - self._full_at, _LONGEST_QUIET)
                faster = _FASTER * exp(_AND_FASTER * quiet) if self._admitted else _UNKNOWN_FASTER
                self._rate += faster * through

    def _slow_down(self, now: float) -> None:
        since, through_before, away_before = self._mark
        through, away = self._through - through_before, self._turned_away - away_before
        if self._rate is None:
            began = now if self._began is None else self._began
            self._rate = _FIRST_CUT * self._through / max(now - began, _FIRST)
        elif now - self._full_at > _QUIET:
            self._rate *= _LITTLE_BELOW if self._admitted else _UNKNOWN_CUT
        elif now - since >= _SHORTEST and through + away >= _FEWEST:
            got_through = _BELOW * through / (now - since)
            was_full = away > _FULL * (through + away)
            # Measured for the first time it counts as it is: it lay between two moments at which the table was full.
            is_certain = was_full or not self._admitted
            least = _NEVER_BELOW * self._admitted if is_certain else _LITTLE_BELOW * self._rate
            self._rate = self._admitted = max(got_through, least)
        else:
            return
        self._mark = (now, self._through, self._turned_away)
        self._rate = max(self._rate, _SLOWEST)
        self._full_at = now
