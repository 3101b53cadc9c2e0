"""The room of an intent: how many of the records that wait it takes, and which.

What belongs here: dividing a night that is larger than one intent may be. Each intent is told only what still waits
and takes an equal share of that, so a night just above the limit is two halves, and no remainder that is below the
service's minimum and goes on demand at double price. How an intent is divided into jobs is `sharing.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yorutsuke_pipeline.engine.record import PendingRecord


@dataclass(frozen=True)
class Room:
    """How many records an intent takes.

    Attributes:
        waiting: Those that it could take.
        claimed: Those of them that are its own already, claimed by a run that died. All of these it must take.
        most: As many as one intent may have; None for all.
        fewest: As many as a batch job must have.
    """

    waiting: int
    claimed: int
    most: int | None = None
    fewest: int = 1

    @property
    def size(self) -> int:
        """How many it takes."""
        if self.most is None or self.waiting <= self.most:
            return self.waiting
        return min(self.waiting, max(self._share(self.most), self.claimed))

    @property
    def is_short(self) -> bool:
        """Whether some are left for another intent."""
        return self.size < self.waiting

    def taken(self, intent_id: str, takeable: Iterable[PendingRecord]) -> Iterator[PendingRecord]:
        """Yield those that it takes: its own, and of the others the first ones."""
        left = self.size - self.claimed
        for record in takeable:
            if record.intent_id == intent_id:
                yield record
            elif left > 0:
                left -= 1
                yield record

    def _share(self, most: int) -> int:
        intents = -(-self.waiting // most)
        if self.waiting // intents < self.fewest:
            # What cannot be divided leaves the smallest remainder behind full intents.
            return most
        return -(-self.waiting // intents)
