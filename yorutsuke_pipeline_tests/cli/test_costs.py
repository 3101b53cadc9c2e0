"""`costs` on the embedded AWS."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.budgets import Budgets
from yorutsuke_pipeline.engine.spending import Amounts, Entry
from yorutsuke_pipeline_tests.cli.conftest import Terminal, product_of

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.endpoint import Endpoint


@pytest.fixture
def day(terminal: Terminal, user: str) -> date:
    """The third of a month of this test's own, on which one intent is settled and one is not."""
    third = (date(1000, 1, 1) + timedelta(days=random.randrange(300_000))).replace(day=3)
    settled = Amounts(Decimal("0.0200001"), Decimal(0), Decimal("0.0400002"), 100, 130_000, 11_000)
    reserved = Amounts(usd=Decimal("0.03"), open_usd=Decimal("0.03"), record_count=120)
    for number, amounts in enumerate((settled, reserved)):
        terminal.product.spending_book.post(Entry(f"{user}-{number}", third, amounts, fence=1), None, Budgets())
    return third


def test_a_month_is_shown_by_day_with_its_sum(terminal: Terminal, day: date) -> None:
    header, row, total = terminal.run("costs", "--month", f"{day:%Y-%m}").stdout.splitlines()

    shown = dict(zip(header.split("\t"), row.split("\t"), strict=True))
    assert (shown["day"], shown["records"], shown["USD"]) == (day.isoformat(), "220", "0.0500")
    assert (shown["of it open"], shown["on demand"], shown["saved"]) == ("0.0300", "0.0400", "0.0200")
    assert total.split("\t")[:2] == ["total", "220"]


def test_the_document_has_every_digit_and_the_budgets(embedded_aws: Endpoint, day: date) -> None:
    terminal = Terminal(product_of(Path(embedded_aws.home), monthly_budget_usd="5"))

    document = terminal.document("costs", "--month", f"{day:%Y-%m}")

    assert document["days"] == [
        {
            "date": day.isoformat(),
            "recordCount": 220,
            "inputTokens": 130_000,
            "outputTokens": 11_000,
            "usd": "0.0500001",
            "openUsd": "0.03",
            "onDemandUsd": "0.0400002",
            "savedUsd": "0.0200001",
            "unpricedIntents": 0,
        },
    ]
    assert document["total"]["usd"] == "0.0500001"
    assert (document["dailyBudgetUsd"], document["monthlyBudgetUsd"]) == (None, "5")


def test_a_budget_is_told_with_what_is_left_of_it(embedded_aws: Endpoint, day: date) -> None:
    terminal = Terminal(product_of(Path(embedded_aws.home), monthly_budget_usd="5"))

    told = terminal.run("costs", "--month", f"{day:%Y-%m}").stderr

    assert f"the month's ({day:%Y-%m}) budget: 0.0500 of 5 USD" in told


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "January"])
def test_what_is_no_month_is_wrong_usage(terminal: Terminal, month: str) -> None:
    result = terminal.run("costs", "--month", month)

    assert result.exit_code == 2
    assert "write YYYY-MM" in result.stderr
