"""Quotes: that they say what the manifest then says, and how far a budget goes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.errors import BudgetExceededError, NothingToOrderError
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.quotas import FixedQuotas, Quotas
from yorutsuke_pipeline_tests.engine.nights import DAY, POLICY
from yorutsuke_pipeline_tests.engine.ordered_nights import (
    ORDER_DAY,
    OrderedNight,
    images_night,
    named,
    selected,
    violations_night,
)
from yorutsuke_pipeline_tests.fakes.prices import FixedPrices

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.policy import Policy

# A job takes 3 records at least; the same question and the same answer for each of the violations of these nights.
ROOMY = replace(POLICY, quotas=Quotas(fewest_records=3, most_records=100))
CAREFUL = replace(ROOMY, preflight_from=6, preflight_records=2)


def one_costs(*, batch: bool) -> Decimal:
    """Return what one violation is estimated at."""
    cost = violations_night(1, policy=ROOMY).desk.estimate(selected(1)).cost_usd
    assert cost is not None
    return cost / 2 if batch else cost


def carried_out(night: OrderedNight, name: str) -> tuple[int, Decimal | None]:
    """Return how many records an order has claimed, and its manifest's estimate."""
    stages = night.stages()
    stages.feeder.feed(ORDER_DAY)
    stages.day_manifests.write(ORDER_DAY)
    intent = night.ledger.intents[name]
    assert intent.status is IntentStatus.MANIFESTED, intent
    return intent.record_count + intent.rejected_count, intent.estimate_usd


@pytest.mark.parametrize(
    ("policy", "most", "is_bad"),
    [
        pytest.param(ROOMY, 2, False, id="on demand"),
        pytest.param(ROOMY, 3, False, id="the smallest batch"),
        pytest.param(ROOMY, 9, False, id="a batch"),
        pytest.param(ROOMY, 9, True, id="a batch of which one is turned away"),
        pytest.param(ROOMY, 3, True, id="no batch any more once one is turned away"),
        pytest.param(CAREFUL, 9, False, id="a batch of which some are asked first"),
        pytest.param(CAREFUL, 6, True, id="some are asked first, and one is turned away"),
        pytest.param(CAREFUL, 5, False, id="too few for any to be asked first"),
    ],
)
def test_an_estimate_is_what_the_manifest_then_estimates(policy: Policy, most: int, is_bad: bool) -> None:  # noqa: FBT001 — a case
    night = violations_night(9, policy=policy)
    if is_bad:
        night.register.rows[0] = replace(night.register.rows[0], agency="")

    estimate = night.desk.place(selected(most)).estimate

    assert carried_out(night, "texts-1") == (estimate.record_count, estimate.cost_usd)


def test_a_row_that_will_be_turned_away_costs_nothing() -> None:
    night = violations_night(1, policy=ROOMY)
    night.register.rows[0] = replace(night.register.rows[0], agency="")

    estimate = night.desk.estimate(selected(1))

    assert (estimate.record_count, estimate.token_count) == (1, 0)
    assert estimate.cost_usd == 0


@pytest.mark.parametrize(
    ("budget_in_batch_records", "paid_for"),
    [
        pytest.param(9, 9, id="all"),
        pytest.param(5, 5, id="some"),
        pytest.param(3, 3, id="a batch of the smallest size, which costs less than two records on demand"),
        pytest.param(Decimal("2.99"), 1, id="one on demand"),
    ],
)
def test_a_budget_takes_as_many_as_it_pays_for(budget_in_batch_records: Decimal, paid_for: int) -> None:
    night = violations_night(9, policy=ROOMY)
    budget = one_costs(batch=True) * budget_in_batch_records

    estimate = night.desk.place(selected(9, budget_usd=budget)).estimate

    assert estimate.record_count == paid_for
    assert (estimate.note is None) == (paid_for == 9)
    assert carried_out(night, "texts-1") == (paid_for, estimate.cost_usd)


def test_a_budget_that_ends_below_the_smallest_batch_says_so() -> None:
    night = violations_night(2, policy=ROOMY)

    estimate = night.desk.estimate(selected(2, budget_usd=one_costs(batch=False)))

    assert (estimate.record_count, estimate.note) == (1, "the budget allows no more")


def test_a_budget_pays_for_what_is_asked_first_at_its_higher_price() -> None:
    night = violations_night(9, policy=CAREFUL)
    budget = one_costs(batch=True) * 9

    estimate = night.desk.place(selected(9, budget_usd=budget)).estimate

    # Two at the double price, and five: the next one would not fit.
    assert (estimate.record_count, estimate.cost_usd) == (7, budget)
    assert carried_out(night, "texts-1") == (7, budget)


def test_a_budget_that_pays_for_none_is_the_reason_why_there_is_nothing_to_order() -> None:
    with pytest.raises(NothingToOrderError, match="the budget allows no more"):
        violations_night(9).desk.place(selected(9, budget_usd=Decimal("0.0000001")))


def test_an_unknown_price_is_told_and_cannot_be_held_to_a_budget() -> None:
    night = violations_night(3)
    night.prices = FixedPrices(None)

    assert night.desk.estimate(selected(3)).cost_usd is None
    with pytest.raises(NothingToOrderError, match=r"price is unknown.* YORUTSUKE_PRICE_INPUT"):
        night.desk.place(selected(3, budget_usd=Decimal(1)))
    night.policy = replace(POLICY, daily_budget_usd=Decimal(1))
    with pytest.raises(BudgetExceededError, match="price is unknown"):
        night.desk.place(selected(3))
    assert night.ledger.intents == {}


def test_images_that_are_named_are_all_wanted_so_a_budget_refuses_and_chooses_none() -> None:
    night = images_night(4, policy=replace(POLICY, budget_usd=Decimal("0.0002")))

    assert night.desk.estimate(named("img-1", "img-2", "img-3", "img-4")).record_count == 4
    with pytest.raises(BudgetExceededError, match=r"YORUTSUKE_BUDGET_USD, then place another order"):
        night.desk.place(named("img-1", "img-2", "img-3", "img-4"))
    assert night.ledger.intents == {}


def test_an_order_is_fed_by_the_quotas_in_force_and_not_by_the_documented_ones() -> None:
    night = violations_night(9, policy=ROOMY)
    budget = one_costs(batch=True) * 4
    night.desk.place(selected(9, budget_usd=budget))
    stages = night.stages()
    quoter = replace(stages.feeder.quoter, policy=replace(ROOMY, quotas=Quotas(fewest_records=100)))

    fed = replace(stages.feeder, quoter=replace(quoter, quota_book=FixedQuotas(ROOMY.quotas))).feed(ORDER_DAY)

    assert fed == {"texts-1": 4}


def test_what_others_have_is_left_out() -> None:
    night = violations_night(9, policy=ROOMY)
    night.desk.place(selected(4, name="first"))
    night.prepare()

    estimate = night.desk.place(selected(9)).estimate

    assert estimate.record_count == 5
    assert carried_out(night, "texts-1") == (5, estimate.cost_usd)


def test_when_all_that_is_selected_is_taken_that_is_said_and_no_filter_is_blamed() -> None:
    night = violations_night(2)
    night.desk.place(selected(2, name="first"))
    night.prepare()

    with pytest.raises(
        NothingToOrderError, match=r"taken.*open, .*answered, .*--workload violations dead-letters list"
    ):
        night.desk.estimate(selected(2))


def test_when_nothing_is_selected_the_source_says_why() -> None:
    night = violations_night(2)
    night.register.texts = {"v-01": {}, "v-02": {}}

    with pytest.raises(NothingToOrderError, match="the table has no row without a text"):
        night.desk.estimate(selected(2))


def test_an_estimate_writes_nothing() -> None:
    night = images_night(3)
    before = dict(night.objects.contents)

    night.desk.estimate(named("img-1"))

    assert night.objects.contents == before
    assert night.ledger.intents == {}
    assert [record.intent_id for record in night.pending.pending(DAY)] == [None, None, None]
