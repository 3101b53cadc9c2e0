"""How intents are listed page by page, whichever implementation of `IntentLedger` it is."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.spending_book import DynamoSpendingBook
from yorutsuke_pipeline.aws.submission_switch import DynamoSubmissionSwitch
from yorutsuke_pipeline.engine.budgets import Budgets
from yorutsuke_pipeline.engine.days import FIRST_DAY, LAST_DAY, day_bounds
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.intent_pages import IntentPage
from yorutsuke_pipeline.engine.orders import Order
from yorutsuke_pipeline.engine.switch import Pause
from yorutsuke_pipeline_tests.aws.test_intent_ledger import a_job, adapter, an_intent
from yorutsuke_pipeline_tests.aws.test_spending_book import an_entry
from yorutsuke_pipeline_tests.fakes.clock import NIGHT
from yorutsuke_pipeline_tests.fakes.intent_ledger import FakeIntentLedger

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import IntentLedger
    from yorutsuke_pipeline_tests.aws.places import Place

DAY = date(2026, 1, 9)


@pytest.fixture(params=["fake", "moto", "embedded"])
def ledger(request: pytest.FixtureRequest) -> IntentLedger:
    return FakeIntentLedger() if request.param == "fake" else adapter(request.getfixturevalue(request.param))


def opened(ledger: IntentLedger, name: str, count: int) -> list[Intent]:
    """Open intents of a workload a minute apart, every other one for the day after; return them, the newest first."""
    intents = [
        replace(
            an_intent(f"{name}-{number}"),
            workload=name,
            day=DAY + timedelta(days=number % 2),
            created_at=NIGHT + timedelta(minutes=number),
        )
        for number in range(count)
    ]
    for intent in intents:
        ledger.create(intent)
    return intents[::-1]


def listed(ledger: IntentLedger, name: str, day: date | None = None, *, most: int) -> list[tuple[Intent, ...]]:
    """Return the pages of a listing."""
    pages = [ledger.listing(name, day=day, most=most)]
    while pages[-1].before is not None:
        pages.append(ledger.listing(name, day=day, before=pages[-1].before, most=most))
    return [page.intents for page in pages]


def test_intents_come_the_newest_first_page_by_page_and_closed_ones_too(ledger: IntentLedger, name: str) -> None:
    intents = opened(ledger, name, 5)
    opened(ledger, f"{name}-other", 2)
    intents[1] = ledger.save(replace(intents[1], status=IntentStatus.CLOSED))

    assert listed(ledger, name, most=2) == [tuple(intents[:2]), tuple(intents[2:4]), tuple(intents[4:])]


@pytest.mark.parametrize("most", [4, 9])
def test_the_last_page_says_that_it_is_the_last(ledger: IntentLedger, name: str, most: int) -> None:
    intents = opened(ledger, name, 4)

    assert listed(ledger, name, most=most) == [tuple(intents)]
    assert ledger.listing(f"{name}-other", most=most) == IntentPage()


def test_those_of_one_day_fill_their_pages_whatever_lies_between(ledger: IntentLedger, name: str) -> None:
    intents = [intent for intent in opened(ledger, name, 10) if intent.day == DAY]

    assert listed(ledger, name, DAY, most=2) == [tuple(intents[:2]), tuple(intents[2:4]), tuple(intents[4:])]
    assert listed(ledger, name, DAY - timedelta(days=1), most=2) == [()]


def test_what_is_opened_between_two_pages_moves_nothing(ledger: IntentLedger, name: str) -> None:
    intents = opened(ledger, name, 4)
    first = ledger.listing(name, most=2)
    ledger.create(replace(intents[0], intent_id=f"{name}-new", created_at=NIGHT + timedelta(hours=1)))

    assert ledger.listing(name, before=first.before, most=2).intents == tuple(intents[2:])


PLACES_OF_NO_PAGE: tuple[object, ...] = (
    *(None, [], {}, [1, 2], ["soon", "a"], ["2026-01-09", "a"]),
    ["2026-01-09T00:00:00.000Z", "no id"],
    ["2026-01-09T00:00:00.000Z", 7],
)


def a_word(place: object) -> str:
    """Return a word of the pages' own form."""
    return urlsafe_b64encode(json.dumps(place).encode()).decode()


@pytest.mark.parametrize(
    "word",
    [
        *("", "x", "é", "AAAA", "[" * 500),
        *map(a_word, PLACES_OF_NO_PAGE),
    ],
)
def test_what_no_page_said_is_refused(ledger: IntentLedger, name: str, word: str) -> None:
    with pytest.raises(ValueError, match="begin with the first one"):
        ledger.listing(name, before=word, most=2)


def test_a_page_before_the_dawn_of_its_day_is_empty(ledger: IntentLedger, name: str) -> None:
    opened(ledger, name, 3)
    before = ledger.listing(name, most=1).before

    assert ledger.listing(name, day=DAY + timedelta(days=9), before=before, most=1) == IntentPage()


@pytest.mark.parametrize("day", [FIRST_DAY, LAST_DAY])
def test_the_first_and_the_last_day_that_can_be_named_are_listed_as_any_other(
    ledger: IntentLedger, name: str, day: date
) -> None:
    opened(ledger, name, 1)

    assert ledger.listing(name, day=day, most=9) == IntentPage()
    assert list(ledger.orders(name, day)) == []


def test_nothing_of_the_table_but_intents_is_listed(moto: Place, name: str) -> None:
    ledger, dynamodb = adapter(moto), moto.clients.dynamodb
    (intent,) = opened(ledger, name, 1)
    ledger.save_job(a_job(intent.intent_id))
    DynamoSpendingBook(dynamodb, moto.jobs_table).post(an_entry(intent.intent_id, DAY), None, Budgets())
    DynamoSubmissionSwitch(dynamodb, moto.jobs_table, name).pause(Pause("odd prices", "aoi", NIGHT))

    assert ledger.listing(name, most=9) == IntentPage((intent,))
    listed_rows = dynamodb.scan(TableName=moto.jobs_table, IndexName="workload-createdAt")["Items"]
    assert {row["item"]["S"] for row in listed_rows} == {"INTENT"}


def test_the_orders_of_a_day_are_listed_whatever_became_of_them_and_nothing_else_is(
    ledger: IntentLedger, name: str
) -> None:
    order = Order("aoi", "b" * 64)
    for number, (day, ordered) in enumerate([(DAY, order), (DAY, None), (DAY + timedelta(days=1), order)]):
        created_at = day_bounds(day)[0] + timedelta(hours=number)
        intent = replace(an_intent(f"{name}-{number}"), workload=name, day=day, created_at=created_at, order=ordered)
        ledger.create(intent)
    (open_one,) = ledger.orders(name, DAY)
    ledger.save(open_one.advance(IntentStatus.CLOSED))

    assert [(each.intent_id, each.is_open) for each in ledger.orders(name, DAY)] == [(f"{name}-0", False)]
    assert list(ledger.orders(f"{name}-other", DAY)) == []
