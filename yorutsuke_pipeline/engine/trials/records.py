"""The records of a trial: a day's processed ones, as if they waited.

Nothing is claimed and nothing changed: they are in nobody's way, and a trial that dies leaves nothing behind on
them. Which ones a day processed, its intents' lists of outcomes tell, for the 30 days that these are kept; after
that, the rows of all records are read for those whose source is archived under that day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.day_intents import intents_of
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.reconciliation.shelf import Shelf
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.engine.results import Ending
from yorutsuke_pipeline.engine.streams import read_json_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import IntentLedger, ObjectStore, PendingRecords
    from yorutsuke_pipeline.engine.reconciliation.ports import RecordBook

_PROCESSED = "processed"


@dataclass(frozen=True)
class TrialRecords:
    """Implements `PendingRecords` for the stages of a trial.

    Attributes:
        workload: The name of the one whose records these are.
        table: Its records, which are only read.
        book: The same, to be read as a whole for a day of long ago.
        most: How many to ask about; None for all.
    """

    workload: str
    table: PendingRecords
    book: RecordBook
    ledger: IntentLedger
    objects: ObjectStore
    most: int | None = None

    def pending(self, day: date) -> Iterator[PendingRecord]:
        """Yield the day's processed records, or the same sample of them each time."""
        with Shelf() as shelf:
            identities = (each for each in self._processed(day) if shelf.is_new("on trial", each))
            # By the record's id, which is a hash: as good as drawn by lot, and the same when it is drawn again.
            chosen = identities if self.most is None else nsmallest(self.most, identities, key=record_id)
            for identity in chosen:
                yield PendingRecord(identity)

    def claim(self, identity: str, intent_id: str) -> PendingRecord | None:  # noqa: ARG002 — the port's; nothing is claimed
        """Return a record as one that was never asked about; None if it is no longer processed."""
        record = self.table.find(identity)
        if record is None or record.attributes.get("status") != _PROCESSED:
            return None
        return replace(record, attempts=0, last_reason=None, intent_id=None)

    def find(self, identity: str) -> PendingRecord | None:
        """Return a record's row."""
        return self.table.find(identity)

    def holds(self, identity: str, intent_id: str) -> bool:  # noqa: ARG002, D102 — the port's
        return True

    def release(self, identity: str, intent_id: str, *, attempts: int, reason: str | None) -> bool:  # noqa: ARG002, D102 — the port's
        return True

    def fail(self, identity: str, intent_id: str, *, attempts: int, reason: str) -> bool:  # noqa: ARG002, D102 — the port's
        return True

    def finish(self, identity: str, intent_id: str, *, archived_key: str | None) -> bool:  # noqa: ARG002, D102 — the port's
        return True

    def enqueue(  # noqa: D102 — the port's
        self,
        record: PendingRecord,  # noqa: ARG002 — the port's; a trial puts nothing in line
        day: date,  # noqa: ARG002 — likewise
        intent_id: str,  # noqa: ARG002 — likewise
        now: datetime,  # noqa: ARG002 — likewise
        *,
        is_over: Callable[[str], bool] | None = None,  # noqa: ARG002 — likewise
    ) -> bool:
        return False

    def redrive(self, identity: str, day: date, *, keeps_reason: bool, even_discarded: bool) -> bool:  # noqa: ARG002, D102 — the port's
        return False

    def discard(self, identity: str, reason: str) -> bool:  # noqa: ARG002, D102 — the port's
        return False

    def _processed(self, day: date) -> Iterator[str]:
        intents = [
            intent
            for intent in intents_of(self.ledger, self.workload, day)
            if intent.status is IntentStatus.CLOSED and intent.result is not None and intent.result.success_count
        ]
        if all(self.objects.head(layout.outcomes_key(intent.intent_id)) is not None for intent in intents):
            for intent in intents:
                yield from self._accepted(intent)
            return
        folder = layout.archive_folder(day)
        for record in self.book.scan():
            if str(record.attributes.get("archivedKey", "")).startswith(folder):
                yield record.identity

    def _accepted(self, intent: Intent) -> Iterator[str]:
        for outcome in read_json_lines(self.objects, layout.outcomes_key(intent.intent_id)):
            if outcome["ending"] == Ending.ACCEPTED:
                yield outcome["identity"]
