"""The arithmetic of tills: what lines, tax and total have to do with each other."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.local_aws.samples.basket import Basket, Item, cash_given, fill_basket
from yorutsuke_pipeline.local_aws.samples.goods import Good
from yorutsuke_pipeline.local_aws.samples.retail import TILLS

BREAD = Good("食パン", 158, reduced=True)
TAPE = Good("布テープ", 298)


def test_a_total_without_included_tax_adds_each_rate_rounded_down_once() -> None:
    basket = Basket((Item(BREAD, 3), Item(TAPE, 1)), tax_included=False)

    # 474 at 8 % is 37.92, 298 at 10 % is 29.8.
    assert (basket.subtotal, basket.tax(8), basket.tax(10), basket.total) == (772, 37, 29, 838)


def test_a_total_with_included_tax_is_the_sum_of_the_lines() -> None:
    basket = Basket((Item(BREAD, 1), Item(TAPE, 2)), tax_included=True)

    # 158 holds 158 * 8 / 108 of tax, 596 holds 596 * 10 / 110.
    assert (basket.total, basket.tax(8), basket.tax(10)) == (754, 11, 54)


@given(st.integers(0, 10**6), st.sampled_from(sorted(TILLS)), st.booleans())
def test_the_two_rates_share_the_whole_subtotal(seed: int, kind: str, tax_included: bool) -> None:  # noqa: FBT001 - hypothesis passes it
    basket = fill_basket(TILLS[kind].goods, random.Random(seed), most=6, tax_included=tax_included)

    assert basket.taxable(8) + basket.taxable(10) == basket.subtotal
    assert 1 <= len(basket.items) <= 6


@pytest.mark.parametrize("total", [1, 99, 1000, 12345])
def test_cash_is_never_less_than_the_total(total: int) -> None:
    rng = random.Random(total)

    assert all(cash_given(total, rng) >= total for _ in range(50))
