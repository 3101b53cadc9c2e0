"""How an order's records come into line: the first ones that are to be had, and no more than it may have."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.enqueuing import Enqueuer
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.workloads.violations.tables import WAITING
from yorutsuke_pipeline_tests.aws.test_intent_ledger import an_intent
from yorutsuke_pipeline_tests.fakes.clock import NIGHT
from yorutsuke_pipeline_tests.fakes.intent_ledger import FakeIntentLedger
from yorutsuke_pipeline_tests.fakes.record_table import FakeRecordTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DAY = date(2026, 1, 9)


def enqueuer(table: FakeRecordTable, *closed: str) -> Enqueuer:
    """Return what puts in line, with the orders `mine` and `theirs`, of which some are closed."""
    intents = (an_intent(name) for name in ("mine", "theirs"))
    stored = (replace(each, status=IntentStatus.CLOSED) if each.intent_id in closed else each for each in intents)
    return Enqueuer(table, FakeIntentLedger(stored))


def records(numbers: Iterable[int]) -> Iterator[PendingRecord]:
    return (PendingRecord(f"v-{number:04d}", {"agency": "EPA"}) for number in numbers)


def test_the_first_ones_come_into_line_and_no_more_than_wanted() -> None:
    table = FakeRecordTable(shape=WAITING)

    found = enqueuer(table).put(records(range(9999)), DAY, "mine", NIGHT, most=1500)

    assert found == [f"v-{number:04d}" for number in range(1500)]
    assert sorted(table.rows) == found


def test_a_selection_of_fewer_comes_into_line_whole() -> None:
    table = FakeRecordTable(shape=WAITING)

    assert len(enqueuer(table).put(records(range(1200)), DAY, "mine", NIGHT, most=9999)) == len(table.rows) == 1200


def test_what_another_open_order_has_is_left_to_it_and_the_next_one_taken() -> None:
    table = FakeRecordTable(shape=WAITING)
    enqueuer(table).put(records(range(0, 6, 2)), DAY, "theirs", NIGHT, most=9)

    found = enqueuer(table).put(records(range(9)), DAY, "mine", NIGHT, most=4)

    assert found == ["v-0001", "v-0003", "v-0005", "v-0006"]
    assert {name for name, row in table.rows.items() if row["orderedBy"] == "theirs"} == {"v-0000", "v-0002", "v-0004"}


def test_what_still_waits_for_a_closed_order_is_taken_over() -> None:
    table = FakeRecordTable(shape=WAITING)
    enqueuer(table).put(records(range(3)), DAY, "theirs", NIGHT, most=9)

    assert len(enqueuer(table, "theirs").put(records(range(3)), DAY, "mine", NIGHT, most=9)) == 3

    assert {row["orderedBy"] for row in table.rows.values()} == {"mine"}


def test_beginning_again_after_a_death_comes_to_the_same_line() -> None:
    table = FakeRecordTable(shape=WAITING)
    enqueuer(table).put(records(range(4)), DAY, "mine", NIGHT, most=9)

    found = enqueuer(table).put(records(range(9)), DAY, "mine", NIGHT, most=6)

    assert found == sorted(table.rows) == [f"v-{number:04d}" for number in range(6)]
