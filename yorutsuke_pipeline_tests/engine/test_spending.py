"""Budgets of a day and a month: reserved before anything is paid, settled after, each intent once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.batch_job import PLANNED
from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.errors import BudgetExceededError, LostRaceError, YorutsukeError
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.spending import Amounts, Spending
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.invariants import check_always, check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, POLICY, SECOND, Night, night_of
from yorutsuke_pipeline_tests.engine.sweeps import stall_everywhere
from yorutsuke_pipeline_tests.fakes.clock import FakeClock
from yorutsuke_pipeline_tests.fakes.prices import FixedPrices
from yorutsuke_pipeline_tests.fakes.spending_book import FakeSpendingBook

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.policy import Policy

# 01:00 on 2026-01-10 in Tokyo.
NIGHT = datetime(2026, 1, 9, 16, tzinfo=timezone.utc)
SPENT_ON = date(2026, 1, 10)
DAILY = replace(POLICY, daily_budget_usd=Decimal(1))
MONTHLY = replace(POLICY, monthly_budget_usd=Decimal(1))
OTHER_MODEL = replace(POLICY, model_id="amazon.nova-pro-v1:0")
TINY = Decimal("0.00000001")


def spending(policy: Policy = POLICY, book: FakeSpendingBook | None = None, now: datetime = NIGHT) -> Spending:
    return Spending(policy, FixedPrices(), book or FakeSpendingBook(), FakeClock(now))


def an_intent(name: str = FIRST, version: int = 3) -> Intent:
    return Intent(name, "receipts", DAY, POLICY.model_id, "1", "0" * 32, NIGHT, version=version, record_count=9)


def test_money_counts_on_the_day_in_tokyo_on_which_it_is_reserved() -> None:
    account = spending()

    account.reserve(an_intent(), Decimal("0.5"))

    half = Decimal("0.5")
    assert account.book.month(SPENT_ON) == {SPENT_ON: Amounts(usd=half, open_usd=half, record_count=9)}


def test_reserving_the_same_again_writes_nothing() -> None:
    account, calls = spending(), Calls()
    account.reserve(an_intent(), Decimal("0.5"))

    replace(account, book=calls.watch(account.book)).reserve(an_intent(), Decimal("0.5"))

    assert calls.names == ["entry"]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (DAILY, "the daily budget of 2026-01-10 in Tokyo: 0.6000 of 1 USD.*YORUTSUKE_DAILY_BUDGET_USD"),
        (MONTHLY, "the monthly budget of 2026-01 in Tokyo: 0.6000 of 1 USD.*YORUTSUKE_MONTHLY_BUDGET_USD"),
    ],
)
def test_what_does_not_fit_is_refused_by_the_budget_its_state_and_the_setting(policy: Policy, words: str) -> None:
    account = spending(policy)
    account.reserve(an_intent(), Decimal("0.6"))

    with pytest.raises(BudgetExceededError, match=words):
        account.reserve(an_intent(SECOND), Decimal("0.41"))

    account.reserve(an_intent(SECOND), Decimal("0.4"))


def test_the_next_day_has_room_again_and_the_month_has_not() -> None:
    book, tomorrow = FakeSpendingBook(), NIGHT + timedelta(days=1)
    both = replace(DAILY, monthly_budget_usd=Decimal("1.5"))
    spending(both, book).reserve(an_intent(), Decimal(1))

    with pytest.raises(BudgetExceededError, match="monthly"):
        spending(both, book, tomorrow).reserve(an_intent(SECOND), Decimal("0.6"))

    spending(DAILY, book, tomorrow).reserve(an_intent(SECOND), Decimal("0.6"))


def test_a_reservation_moves_to_the_day_on_which_it_is_made_anew() -> None:
    book = FakeSpendingBook()
    spending(book=book).reserve(an_intent(), Decimal(1))

    spending(book=book, now=NIGHT + timedelta(days=1)).reserve(an_intent(), Decimal(1))

    assert list(book.month(SPENT_ON)) == [SPENT_ON + timedelta(days=1)]


def test_settling_puts_the_cost_in_the_place_of_the_estimate_on_the_day_of_the_reservation() -> None:
    book = FakeSpendingBook()
    spending(book=book).reserve(an_intent(), Decimal(1))
    later = spending(book=book, now=NIGHT + timedelta(days=2))

    for _ in range(2):
        later.settle(an_intent(version=5), Decimal("0.3"), Decimal("0.6"), TokenUsage(10, 20))

    settled = Amounts(Decimal("0.3"), Decimal(0), Decimal("0.6"), 9, 10, 20)
    assert book.month(SPENT_ON) == {SPENT_ON: settled}
    assert settled.saved_usd == Decimal("0.3")


def test_an_unknown_cost_leaves_the_estimate_and_is_counted_as_unknown() -> None:
    account = spending()
    account.reserve(an_intent(), Decimal(1))
    account.settle(an_intent(), None, None, TokenUsage(10, 20))
    account.settle(an_intent(SECOND), None, None, TokenUsage(1, 2))

    (amounts,) = account.book.month(SPENT_ON).values()

    assert amounts == Amounts(Decimal(1), Decimal(0), Decimal(1), 18, 11, 22, 2)
    assert amounts.saved_usd == 0


def test_a_run_that_wakes_after_the_settlement_reserves_nothing() -> None:
    account = spending()
    account.settle(an_intent(), Decimal("0.3"), Decimal("0.6"), TokenUsage())

    with pytest.raises(LostRaceError, match=FIRST):
        account.reserve(an_intent(), Decimal(1))


def test_a_run_that_wakes_after_another_took_over_reserves_nothing() -> None:
    account = spending()
    account.release(an_intent(version=4))

    with pytest.raises(LostRaceError, match=FIRST):
        account.reserve(an_intent(version=3), Decimal(1))

    account.reserve(an_intent(version=4), Decimal(1))


@pytest.mark.parametrize("policy", [DAILY, MONTHLY], ids=["daily", "monthly"])
def test_an_unknown_price_passes_no_budget_of_any_kind(policy: Policy) -> None:
    account = spending(policy)

    with pytest.raises(BudgetExceededError, match="YORUTSUKE_PRICE_INPUT"):
        account.reserve(an_intent(), None)


def test_without_a_budget_an_unknown_price_reserves_nothing_and_stops_nothing() -> None:
    account = spending()

    account.reserve(an_intent(), None)

    assert account.book.entry(FIRST) is None


@pytest.mark.parametrize("images", [3, 2], ids=["batch", "on demand"])
@pytest.mark.parametrize(
    "policy",
    [replace(POLICY, daily_budget_usd=TINY), replace(POLICY, monthly_budget_usd=TINY)],
    ids=["daily", "monthly"],
)
def test_a_day_that_does_not_fit_pays_nothing_and_goes_on_when_the_budget_is_raised(
    images: int, policy: Policy
) -> None:
    night = night_of(images, policy=policy)
    with pytest.raises(BudgetExceededError):
        night.submit()
    assert (night.service.asked_count, night.model.asked) == (0, [])
    assert [job.status for job in night.ledger.rows.values()] == [PLANNED]

    night.policy = POLICY
    night.run_until_settled()

    assert list(night.ledger.intents) == [FIRST]
    check_settled(night)


def reserved_night() -> Night:
    """Return a night of three images whose run died between reserving the money and asking for the job."""
    quiet, night = Calls(), night_of(3)
    trial = night_of(3)
    trial.stages().manifest.write(DAY)
    trial.stages(quiet.watch).submitter.submit(DAY)
    night.stages().manifest.write(DAY)
    with pytest.raises(Killed):
        night.stages(Calls(quiet.number_of("post") + 1, Interruption.KILL).watch).submitter.submit(DAY)
    assert night.spending_book.entries[FIRST].amounts.open_usd > 0
    return night


def test_a_day_given_up_for_another_model_gives_back_what_it_had_reserved() -> None:
    night = reserved_night()
    night.policy = OTHER_MODEL

    night.run()

    assert night.ledger.intents[FIRST].status is IntentStatus.CLOSED
    assert night.spending_book.entries[FIRST].amounts == Amounts()
    check_settled(night)


def test_an_intent_sealed_without_a_price_is_estimated_anew_once_there_is_a_budget() -> None:
    night = night_of(3)
    night.prices = FixedPrices(None)
    night.stages().manifest.write(DAY)
    night.policy, night.prices = DAILY, FixedPrices()

    night.run_until_settled()

    assert [intent.record_count for intent in night.ledger.intents.values()] == [0, 3]
    assert night.ledger.intents[SECOND].estimate_usd is not None
    check_settled(night)


def test_what_a_stopped_job_had_answered_is_settled() -> None:
    night = night_of(3)
    night.submit()
    night.service.complete("job000000001", night.objects, night.say)
    night.end("Stopped", night.output("job000000001")[:2])

    night.stages().collector.collect(DAY)

    (amounts,) = night.spending_book.month(night.clock.now().date()).values()
    assert (amounts.input_tokens, amounts.output_tokens) == (2_000, 200)
    assert not amounts.open_usd
    assert amounts.usd == night.ledger.intents[FIRST].cost_usd
    assert night.ledger.intents[FIRST].on_demand_usd == amounts.usd * 2


@pytest.mark.parametrize("interruption", Interruption)
def test_giving_up_interrupted_at_any_call_loses_and_doubles_no_reservation(interruption: Interruption) -> None:
    for at in count(1):
        night = reserved_night()
        night.policy = OTHER_MODEL
        calls = Calls(at, interruption)
        with suppress(Killed, YorutsukeError):
            night.stages(calls.watch).manifest.write(DAY)
        check_always(night)
        # The setting is put back: what was not closed is submitted after all.
        night.policy = POLICY
        night.run_until_settled()
        check_settled(night)
        if not calls.was_reached:
            break
    assert at > 20


@pytest.mark.parametrize("images", [3, 2], ids=["batch", "on demand"])
def test_a_run_that_stalls_while_its_intent_is_given_up_pays_for_nothing_when_it_wakes(images: int) -> None:
    def begin() -> Night:
        night = night_of(images)
        night.stages().manifest.write(DAY)
        return night

    def meanwhile(night: Night) -> None:
        night.policy = OTHER_MODEL
        night.run()

    assert stall_everywhere(begin, lambda _, stages: stages.submitter.submit(DAY), meanwhile) > 10
