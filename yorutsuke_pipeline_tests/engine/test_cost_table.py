"""A month's costs as a person reads them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from yorutsuke_pipeline.engine.cost_table import COST_COLUMNS, cost_rows
from yorutsuke_pipeline.engine.spending import Amounts

FIRST, SECOND = date(2026, 1, 9), date(2026, 1, 10)


def settled(usd: str) -> Amounts:
    return Amounts(Decimal(usd), Decimal(0), Decimal(usd) * 2, 1_000, 1_300_000, 110_000)


def test_each_day_has_a_row_and_the_sum_stands_below() -> None:
    rows = cost_rows({FIRST: settled("0.04"), SECOND: settled("0.02")})

    assert [list(row) for row in rows] == [list(COST_COLUMNS)] * 3
    assert [row["day"] for row in rows] == ["2026-01-09", "2026-01-10", "total"]
    assert rows[2] == {
        "day": "total",
        "records": "2,000",
        "input tokens": "2,600,000",
        "output tokens": "220,000",
        "USD": "0.0600",
        "of it open": "",
        "on demand": "0.1200",
        "saved": "0.0600",
        "chart": "",
    }


def test_a_bar_is_dark_for_what_was_paid_and_light_for_what_was_saved() -> None:
    rows = cost_rows({FIRST: settled("1"), SECOND: settled("0.5"), date(2026, 1, 11): settled("0.00001")})

    assert [row["chart"] for row in rows] == ["█" * 8 + "░" * 8, "█" * 4 + "░" * 4, "█", ""]


def test_what_cost_more_than_on_demand_has_no_light_bar() -> None:
    (row, _) = cost_rows({FIRST: Amounts(usd=Decimal(1), on_demand_usd=Decimal("0.5"))})

    assert row["chart"] == "█" * 16


def test_what_is_only_reserved_is_shown_beside_and_saves_nothing_yet() -> None:
    (row, _) = cost_rows({FIRST: settled("1") + Amounts(usd=Decimal(3), open_usd=Decimal(3))})

    assert (row["USD"], row["of it open"], row["on demand"], row["saved"]) == ("4.0000", "3.0000", "2.0000", "1.0000")


def test_an_unknown_cost_is_no_zero() -> None:
    (row, total) = cost_rows({FIRST: Amounts(Decimal("0.5"), unpriced_count=2)})

    assert (row["USD"], total["USD"]) == ("0.5000 + 2 unknown", "0.5000 + 2 unknown")


def test_a_month_without_costs_has_a_sum_of_nothing() -> None:
    (total,) = cost_rows({})

    assert (total["day"], total["USD"]) == ("total", "0.0000")
