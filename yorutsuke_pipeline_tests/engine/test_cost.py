"""Money: Decimal, unknown is never zero, and the budget holds before anything is paid."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.cost import Price, TokenUsage, check_budget, total
from yorutsuke_pipeline.engine.errors import BudgetExceededError

NOVA_LITE = Price(Decimal("0.06"), Decimal("0.24"))


def test_nova_lite_costs_what_its_price_list_says() -> None:
    usage = TokenUsage(1_000, 1_000)

    assert NOVA_LITE.cost(usage, batch=True) == Decimal("0.00003") + Decimal("0.00012")
    assert NOVA_LITE.cost(usage, batch=False) == Decimal("0.00006") + Decimal("0.00024")


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_batch_is_half_to_the_last_digit(read: int, written: int) -> None:
    usage = TokenUsage(read, written)

    assert NOVA_LITE.cost(usage, batch=True) * 2 == NOVA_LITE.cost(usage, batch=False)


def test_one_unknown_cost_makes_the_sum_unknown() -> None:
    assert total([Decimal(1), Decimal(2)]) == 3
    assert total([Decimal(1), None]) is None
    assert total([]) == 0


def test_usage_adds_up() -> None:
    assert TokenUsage(1, 2) + TokenUsage(3, 4) == TokenUsage(4, 6)


def test_an_estimate_within_the_budget_passes_and_no_budget_always_does() -> None:
    check_budget(Decimal(1), Decimal(1), intent_id="a")
    check_budget(None, None, intent_id="a")
    check_budget(Decimal(10**9), None, intent_id="a")


def test_an_estimate_above_the_budget_names_the_setting_to_change() -> None:
    with pytest.raises(BudgetExceededError, match=r"no job was submitted.*YORUTSUKE_BUDGET_USD"):
        check_budget(Decimal("1.01"), Decimal(1), intent_id="a")


def test_an_unknown_price_does_not_pass_a_budget() -> None:
    with pytest.raises(BudgetExceededError, match="YORUTSUKE_PRICE_INPUT"):
        check_budget(None, Decimal(1), intent_id="a")
