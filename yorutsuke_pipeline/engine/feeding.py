"""Feeding: what an order selects is put in line, and its list of records written, before its manifest is.

An order that names its records has its list from the beginning. Killed anywhere, this is done again: records that
wait for the order already count, and the list is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.ordered_records import has_list, order_of, read_selection, write_ordered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from yorutsuke_pipeline.engine.enqueuing import Enqueuer
    from yorutsuke_pipeline.engine.ports import Clock, ObjectStore, RecordSource
    from yorutsuke_pipeline.engine.quoting import Quoter
    from yorutsuke_pipeline.engine.record import PendingRecord


@dataclass(frozen=True)
class Feeder:
    """The stage, with the ports it works through; a workload without a source selects nothing."""

    quoter: Quoter
    enqueuer: Enqueuer
    objects: ObjectStore
    clock: Clock
    source: RecordSource | None = None

    def feed(self, day: date, *, only: str | None = None) -> dict[str, int]:
        """Put what the day's open orders select in line; return how many records each of them has now.

        Raises:
            PermanentError: What an order selects is gone, or is no selection of this workload.
        """
        ledger, name = self.quoter.ledger, self.quoter.workload.name
        orders = intents_in(ledger, name, day, IntentStatus.OPEN, only=only)
        return {
            intent.intent_id: self._feed(intent, self.source)
            for intent in orders
            if self.source is not None and intent.order is not None and not has_list(intent, self.objects)
        }

    def _feed(self, intent: Intent, source: RecordSource) -> int:
        selection = read_selection(intent, self.objects)
        quoter = self.quoter.ordering(intent)

        def candidates() -> Iterator[PendingRecord]:
            # Looked up a hundred at a time, where each put that fails is one more call and paid for.
            return quoter.to_be_had(source.select(selection), is_new=True, mine=intent.intent_id)

        most = quoter.quote(candidates(), most=source.most(selection)).record_count
        in_line = self.enqueuer.put(candidates(), intent.day, intent.intent_id, self.clock.now(), most=most)
        write_ordered(intent.intent_id, order_of(intent), self.objects, in_line)
        return len(in_line)
