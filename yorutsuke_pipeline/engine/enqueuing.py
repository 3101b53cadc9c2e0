"""Putting what an order selects in line: as many records as it may have, the first ones of its selection.

What belongs here: how many are tried at once, and when it is enough. Which records and in which order is the
workload's selection; that each of them goes to one order only is `ports.PendingRecords.enqueue`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.holders import Holders
from yorutsuke_pipeline.engine.streams import end, map_bounded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from yorutsuke_pipeline.engine.ports import IntentLedger, PendingRecords
    from yorutsuke_pipeline.engine.record import PendingRecord

# Puts that are begun before anybody looks whether it is enough.
_AT_ONCE = 1000


@dataclass(frozen=True)
class Enqueuer:
    """What puts an order's records in line.

    Attributes:
        workers: Puts in flight at once.
    """

    pending: PendingRecords
    ledger: IntentLedger
    workers: int = 16

    def put(
        self, records: Iterable[PendingRecord], day: date, intent_id: str, now: datetime, *, most: int
    ) -> list[str]:
        """Put the first `most` records that are to be had in line; return the identities of those that wait there.

        One that another open order has, that was processed, or that waits for a person is left out and the next one
        taken; never more than `most` are in line. A run that dies may be begun again with the same records: what it had
        put in line counts.

        Raises:
            ThrottledError: The table turned a record away until the deadline; do it again.
        """
        is_over = Holders(self.ledger.intent).is_over

        def put_one(record: PendingRecord) -> str | None:
            stands = self.pending.enqueue(record, day, intent_id, now, is_over=is_over)
            return record.identity if stands else None

        source = iter(records)
        in_line: list[str] = []
        try:
            while len(in_line) < most:
                some = list(islice(source, min(_AT_ONCE, most - len(in_line))))
                if not some:
                    break
                in_line += filter(None, map_bounded(put_one, some, workers=self.workers))
        finally:
            end(source)
        return in_line
