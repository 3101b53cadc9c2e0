"""Finding a day's intents: what the index of orders says is believed only where it cannot have changed since."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.day_intents import intents_in, intents_of
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.orders import Order
from yorutsuke_pipeline_tests.aws.test_intent_ledger import an_intent
from yorutsuke_pipeline_tests.engine.interruptions import Calls
from yorutsuke_pipeline_tests.fakes.intent_ledger import FakeIntentLedger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

WORKLOAD = "receipts"


def an_order(name: str, status: IntentStatus) -> Intent:
    return replace(an_intent(name), workload=WORKLOAD, status=status, order=Order("aoi", "b" * 64))


DAY = an_order("any", IntentStatus.OPEN).day


class LaggingLedger(FakeIntentLedger):
    """A ledger whose index still shows some orders as they were."""

    def __init__(self, intents: Iterable[Intent], shown: Iterable[Intent]) -> None:
        super().__init__(intents)
        self._shown = list(shown)

    def orders(self, workload: str, day: date) -> Iterator[Intent]:
        yield from (each for each in self._shown if (each.workload, each.day) == (workload, day))


def test_of_a_days_orders_only_those_that_are_open_are_read_again() -> None:
    closed = [an_order(f"lunch-{number}", IntentStatus.CLOSED) for number in range(50)]
    ledger, calls = FakeIntentLedger([*closed, an_order("dinner-1", IntentStatus.SUBMITTED)]), Calls()

    found = intents_in(calls.watch(ledger), WORKLOAD, DAY, IntentStatus.SUBMITTED)

    assert [intent.intent_id for intent in found] == ["dinner-1"]
    # The other one asks for the day's first numbered intent, of which there is none.
    assert calls.names.count("intent") == 2


def test_an_order_that_the_index_still_shows_open_is_as_its_row_says() -> None:
    shown = an_order("lunch-1", IntentStatus.SUBMITTED)
    ledger = LaggingLedger([an_order("lunch-1", IntentStatus.CLOSED)], [shown])

    assert intents_in(ledger, WORKLOAD, DAY, IntentStatus.SUBMITTED) == []
    assert [intent.status for intent in intents_of(ledger, WORKLOAD, DAY)] == [IntentStatus.CLOSED]


def test_closed_orders_are_among_a_days_intents() -> None:
    ledger = FakeIntentLedger([an_order("lunch-1", IntentStatus.CLOSED), an_order("lunch-2", IntentStatus.OPEN)])

    found = intents_in(ledger, WORKLOAD, DAY, *IntentStatus)

    assert sorted(intent.intent_id for intent in found) == ["lunch-1", "lunch-2"]
