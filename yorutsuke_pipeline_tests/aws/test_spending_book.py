"""What every implementation of `SpendingBook` does: the fake, and the adapter on two kinds of AWS."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.clients import AwsClients
from yorutsuke_pipeline.aws.spending_book import DynamoSpendingBook
from yorutsuke_pipeline.engine.budgets import Budgets
from yorutsuke_pipeline.engine.errors import LostRaceError, PermanentError, ThrottledError
from yorutsuke_pipeline.engine.spending import Amounts, Entry
from yorutsuke_pipeline_tests.aws.places import embedded_place
from yorutsuke_pipeline_tests.aws.wire import IMPATIENT, UNHURRIED, URL, Wire, answer, lose_first_answer
from yorutsuke_pipeline_tests.fakes.spending_book import FakeSpendingBook

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

    from yorutsuke_pipeline.aws.patience import Patience
    from yorutsuke_pipeline.engine.ports import SpendingBook
    from yorutsuke_pipeline.local_aws.endpoint import Endpoint
    from yorutsuke_pipeline_tests.aws.places import Place

NO_LIMIT = Budgets()
ONE = Amounts(Decimal("1.000000001"), Decimal("0.5"), Decimal(2), 100, 200, 300, 1)


@pytest.fixture(params=["fake", "moto", "embedded"])
def book(request: pytest.FixtureRequest) -> SpendingBook:
    return FakeSpendingBook() if request.param == "fake" else adapter(request.getfixturevalue(request.param))


@pytest.fixture
def day() -> date:
    """A day early in a month of this test's own: tests share the tables."""
    return (date(1000, 1, 1) + timedelta(days=random.randrange(3_000_000))).replace(day=3)


def adapter(place: Place) -> DynamoSpendingBook:
    return DynamoSpendingBook(place.clients.dynamodb, place.jobs_table)


def an_entry(name: str, day: date, usd: str = "1") -> Entry:
    return Entry(name, day, Amounts(usd=Decimal(usd)), fence=1)


def test_an_entry_is_read_back_whole_and_counts_in_its_day(book: SpendingBook, name: str, day: date) -> None:
    entry = Entry(name, day, ONE, fence=7, is_settled=True)
    assert book.entry(name) is None

    assert book.post(entry, None, NO_LIMIT)

    assert book.entry(name) == replace(entry, version=1)
    assert book.month(day) == {day: ONE}


def test_an_entry_in_the_place_of_another_counts_once(book: SpendingBook, name: str, day: date) -> None:
    book.post(an_entry(name, day), None, NO_LIMIT)

    book.post(an_entry(name, day, "0.25"), book.entry(name), NO_LIMIT)

    assert book.month(day)[day].usd == Decimal("0.25")


def test_an_entry_that_moves_to_another_month_leaves_the_first(book: SpendingBook, name: str, day: date) -> None:
    later = day + timedelta(days=31)
    book.post(an_entry(name, day), None, NO_LIMIT)

    book.post(an_entry(name, later), book.entry(name), NO_LIMIT)

    assert book.month(day).get(day, Amounts()) == Amounts()
    assert book.month(later)[later].usd == 1


def test_days_add_up_over_intents_in_order(book: SpendingBook, name: str, day: date) -> None:
    later = day + timedelta(days=20)
    for number, of in enumerate((later, day, later)):
        book.post(replace(an_entry(f"{name}-{number}", of), amounts=ONE), None, NO_LIMIT)

    assert list(book.month(later).items()) == [(day, ONE), (later, ONE + ONE)]


@pytest.mark.parametrize("budgets", [Budgets(day_usd=Decimal(2)), Budgets(month_usd=Decimal(2))])
def test_a_sum_reaches_its_limit_and_never_passes_it(
    book: SpendingBook, name: str, day: date, budgets: Budgets
) -> None:
    assert book.post(an_entry(f"{name}-1", day), None, budgets)
    assert book.post(an_entry(f"{name}-2", day), None, budgets)

    assert not book.post(an_entry(f"{name}-3", day, "0.000001"), None, budgets)

    assert book.month(day)[day].usd == 2
    assert book.entry(f"{name}-3") is None


def test_the_first_entry_of_a_month_is_held_to_the_limit_as_well(book: SpendingBook, name: str, day: date) -> None:
    assert not book.post(an_entry(name, day, "2.01"), None, Budgets(month_usd=Decimal(2)))

    assert (book.entry(name), dict(book.month(day))) == (None, {})


def test_another_day_of_the_month_has_a_limit_of_its_own(book: SpendingBook, name: str, day: date) -> None:
    budgets, later = Budgets(day_usd=Decimal(1), month_usd=Decimal("2.5")), day + timedelta(days=1)
    assert book.post(an_entry(f"{name}-1", day), None, budgets)

    assert book.post(an_entry(f"{name}-2", later), None, budgets)
    assert not book.post(an_entry(f"{name}-3", later + timedelta(days=1)), None, budgets)


def test_a_sum_above_its_limit_can_still_be_lowered(book: SpendingBook, name: str, day: date) -> None:
    book.post(an_entry(name, day, "5"), None, NO_LIMIT)

    assert book.post(an_entry(name, day, "4"), book.entry(name), Budgets(Decimal(1), Decimal(1)))

    assert book.month(day)[day].usd == 4


def test_of_two_who_read_the_same_entry_one_is_turned_away(book: SpendingBook, name: str, day: date) -> None:
    book.post(an_entry(name, day), None, NO_LIMIT)
    read = book.entry(name)
    book.post(an_entry(name, day, "2"), read, NO_LIMIT)

    for stale in (None, read):
        with pytest.raises(LostRaceError, match=name):
            book.post(an_entry(name, day, "3"), stale, NO_LIMIT)

    assert book.month(day)[day].usd == 2


# moto checks a condition and writes in two steps, and so may let two of them through.
@pytest.mark.parametrize("book", ["fake", "embedded"], indirect=True)
def test_of_many_at_once_only_as_many_get_through_as_the_limit_has_room_for(
    book: SpendingBook, name: str, day: date
) -> None:
    budgets = Budgets(month_usd=Decimal(3))
    entries = [an_entry(f"{name}-{number}", day + timedelta(days=number % 4)) for number in range(12)]

    with ThreadPoolExecutor(6) as pool:
        admitted = list(pool.map(lambda entry: book.post(entry, None, budgets), entries))

    assert admitted.count(True) == 3
    assert sum(amounts.usd for amounts in book.month(day).values()) == 3


def test_an_entry_whose_answer_got_lost_counts_once(embedded_aws: Endpoint, name: str, day: date) -> None:
    place = embedded_place(embedded_aws)
    book = adapter(place)
    tries = lose_first_answer(place.clients.dynamodb, "TransactWriteItems")

    assert book.post(an_entry(name, day), None, Budgets(month_usd=Decimal(1)))

    assert len(tries) == 2
    assert book.month(day)[day].usd == 1


def test_an_entry_that_was_changed_by_hand_is_named(moto: Place, name: str) -> None:
    moto.put(moto.jobs_table, {"intentId": name, "item": "SPENDING", "usd": "a lot"})

    with pytest.raises(PermanentError, match=f"{name}, SPENDING"):
        adapter(moto).entry(name)


def cancelled(*reasons: str) -> AWSResponse:
    """Return DynamoDB's refusal of a transaction, with a reason for each of its writes."""
    kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
    told = {"__type": kind, "Message": "told so", "CancellationReasons": [{"Code": reason} for reason in reasons]}
    return answer(told, 400)


@cache
def offline() -> AwsClients:
    return AwsClients("us-east-1", URL, placeholder_credentials=True)


def post_against(*answers: AWSResponse, patience: Patience = UNHURRIED) -> tuple[bool, int]:
    """Post an entry to a table that answers so; return what came of it, and how often it was asked."""
    with Wire(list(answers)).attached(offline().dynamodb) as wire:
        book = DynamoSpendingBook(offline().dynamodb, "jobs", patience)
        return book.post(an_entry("a", date(2026, 1, 9)), None, Budgets(Decimal(5), Decimal(5))), len(wire.requests)


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_sum_that_another_run_is_just_changing_is_tried_again(reason: str) -> None:
    busy = cancelled("None", reason, "None")

    assert post_against(busy, busy, answer({})) == (True, 3)


def test_sums_that_stay_busy_are_an_error_that_says_to_try_later() -> None:
    with pytest.raises(ThrottledError, match="cost of a: too many at once"):
        post_against(cancelled("None", "TransactionConflict", "None"), patience=IMPATIENT)


def test_a_limit_is_believed_though_another_sum_was_busy() -> None:
    assert post_against(cancelled("None", "TransactionConflict", "ConditionalCheckFailed")) == (False, 1)


def test_a_transaction_that_can_never_succeed_is_not_tried_again() -> None:
    with pytest.raises(PermanentError, match="cost of a"):
        post_against(cancelled("None", "ValidationError", "None"))
