"""Finding the intents of a day, and naming the next one.

A scheduled intent's id is made of the day and a number, so those of a day are found by consistent
reads of their ids; others (a caller of the API brings its own id) by the index of open intents, which
may lag.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.identity import intent_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
    from yorutsuke_pipeline.engine.ports import IntentLedger


def numbered_intents(ledger: IntentLedger, workload: str, day: date) -> Iterator[Intent]:
    """Yield the day's numbered intents, closed ones included, in the order they were opened."""
    for number in count(1):
        intent = ledger.intent(intent_id(workload, day, number))
        if intent is None:
            return
        yield intent


def intents_in(ledger: IntentLedger, workload: str, day: date, *statuses: IntentStatus) -> list[Intent]:
    """Return the day's intents that are in one of `statuses`, each read consistently."""
    found = {intent.intent_id: intent for intent in numbered_intents(ledger, workload, day)}
    for listed in ledger.open_intents(workload):
        if listed.day == day and listed.intent_id not in found:
            current = ledger.intent(listed.intent_id)
            if current is not None:
                found[current.intent_id] = current
    return [intent for intent in found.values() if intent.status in statuses]
