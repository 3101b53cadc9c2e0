"""How far the budgets of a day and a month are used up, and in which words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from yorutsuke_pipeline.engine.budgets import Budgets
from yorutsuke_pipeline.engine.spending import Amounts

NINTH, TENTH = date(2026, 1, 9), date(2026, 1, 10)
SUMS = {NINTH: Amounts(usd=Decimal("0.75")), TENTH: Amounts(usd=Decimal("0.25"))}


def test_a_day_counts_alone_and_a_month_with_all_its_days() -> None:
    day, month = Budgets(Decimal(1), Decimal(2)).uses(TENTH, SUMS)

    assert str(day) == "daily budget of 2026-01-10 in Tokyo: 0.2500 of 1 USD are spent or reserved"
    assert str(month) == "monthly budget of 2026-01 in Tokyo: 1.0000 of 2 USD are spent or reserved"


def test_of_a_budget_that_is_not_set_nothing_is_said() -> None:
    assert Budgets().uses(TENTH, SUMS) == []
    assert [use.setting for use in Budgets(month_usd=Decimal(1)).uses(TENTH, {})] == ["YORUTSUKE_MONTHLY_BUDGET_USD"]


@pytest.mark.parametrize(
    ("budget", "is_exhausted", "fits"), [("0.25", True, False), ("0.26", False, True), ("0.20", True, False)]
)
def test_what_reaches_a_budget_fits_and_leaves_no_room(budget: str, fits: bool, is_exhausted: bool) -> None:  # noqa: FBT001 — parameters of the test
    (use,) = Budgets(day_usd=Decimal(budget)).uses(TENTH, SUMS)

    assert (use.is_exhausted, use.has_room_for(Decimal("0.01"))) == (is_exhausted, fits)
