"""Finding the intents of a day, and naming the next one.

A scheduled intent's id is made of the day and a number, so those of a day are found by consistent
reads of their ids; others (orders, whose callers bring ids of their own) by indexes, which may lag.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.identity import intent_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
    from yorutsuke_pipeline.engine.ports import IntentLedger

_NUMBERED = re.compile(r".+-\d{4}-\d{2}-\d{2}-\d{3,}")


def is_numbered(name: str) -> bool:
    """Tell whether an id is like those of scheduled intents, which no caller may bring."""
    return _NUMBERED.fullmatch(name) is not None


def numbered_intents(ledger: IntentLedger, workload: str, day: date) -> Iterator[Intent]:
    """Yield the day's numbered intents, closed ones included, in the order they were opened."""
    for number in count(1):
        intent = ledger.intent(intent_id(workload, day, number))
        if intent is None:
            return
        yield intent


def intents_of(ledger: IntentLedger, workload: str, day: date) -> list[Intent]:
    """Return all intents of a day, closed ones and orders included, each as a consistent read would show it."""
    found = {intent.intent_id: intent for intent in numbered_intents(ledger, workload, day)}
    for listed in ledger.orders(workload, day):
        # Closed is final: however far the index lags, what it shows closed is so. A day may have thousands of those.
        current = ledger.intent(listed.intent_id) if listed.is_open else listed
        if current is not None:
            found[current.intent_id] = current
    return list(found.values())


def intents_in(
    ledger: IntentLedger, workload: str, day: date, *statuses: IntentStatus, only: str | None = None
) -> list[Intent]:
    """Return the day's intents that are in one of `statuses`, each as `intents_of`; with `only`, that one alone."""
    if only is not None:
        intent = ledger.intent(only)
        there = [] if intent is None or (intent.workload, intent.day) != (workload, day) else [intent]
    else:
        there = intents_of(ledger, workload, day)
    return [intent for intent in there if intent.status in statuses]
