"""`yorutsuke costs`: what a month cost, day by day, what is reserved, and how much room the budgets leave."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.output import money, print_json, print_table, remark
from yorutsuke_pipeline.cli.parameters import as_json_option, the_product, today
from yorutsuke_pipeline.engine.cost_table import COST_COLUMNS, cost_rows, month_total

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from yorutsuke_pipeline.engine.spending import Amounts
    from yorutsuke_pipeline.settings import Settings


class Month(click.ParamType):  # type: ignore[type-arg] # generic only in newer versions of click
    """A month in Tokyo, written YYYY-MM; it arrives as its first day."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401, D102 — click's
        try:
            month = datetime.strptime(str(value), "%Y-%m").date()  # noqa: DTZ007 — no time in it
        except ValueError:
            month = None
        if month is None or f"{month:%Y-%m}" != value:
            self.fail(f"{value!r} is no month: write YYYY-MM, for instance 2026-01", param, ctx)
        return month


@click.command()
@click.option("--month", type=Month(), help="YYYY-MM in Tokyo; this month if not given.")
@as_json_option()
@click.pass_context
def costs(context: click.Context, month: date | None, *, as_json: bool) -> None:
    """Show what the model cost in a month, over all workloads, by the day on which the money was reserved.

    What has not been settled yet counts at its estimate ("of it open"). "On demand" is what the settled part would
    have cost without batch inference.
    """
    product = the_product(context)
    now = today()
    first = month or now.replace(day=1)
    days = product.spending_book.month(first)
    if as_json:
        print_json(_document(first, days, product.settings))
        return
    rows = [[row[column] for column in COST_COLUMNS] for row in cost_rows(days)]
    title, numbers = f"costs of {first:%Y-%m} in USD, all workloads together", COST_COLUMNS[1:-1]
    print_table(title, COST_COLUMNS, rows, numbers=numbers, only_in_pipes=["input tokens", "output tokens"])
    for budget in _budgets(first, days, product.settings, now):
        remark(f"{budget['name']} budget: {budget['spent']:.4f} of {budget['limit']} USD are spent or reserved")


def _document(first: date, days: Mapping[date, Amounts], settings: Settings) -> dict[str, Any]:
    return {
        "month": f"{first:%Y-%m}",
        "days": [{"date": day, **_amounts(amounts)} for day, amounts in days.items()],
        "total": _amounts(month_total(days)),
        "budgetUsd": money(settings.budget_usd),
        "dailyBudgetUsd": money(settings.daily_budget_usd),
        "monthlyBudgetUsd": money(settings.monthly_budget_usd),
    }


def _amounts(amounts: Amounts) -> dict[str, Any]:
    return {
        "recordCount": amounts.record_count,
        "inputTokens": amounts.input_tokens,
        "outputTokens": amounts.output_tokens,
        "usd": money(amounts.usd),
        "openUsd": money(amounts.open_usd),
        "onDemandUsd": money(amounts.on_demand_usd),
        "savedUsd": money(amounts.saved_usd),
        "unpricedIntents": amounts.unpriced_count,
    }


def _budgets(
    first: date, days: Mapping[date, Amounts], settings: Settings, now: date
) -> list[dict[str, str | Decimal]]:
    """Return the budgets that are set and that this month says something about."""
    found: list[dict[str, str | Decimal]] = []
    if settings.daily_budget_usd is not None and now in days:
        found.append({"name": f"today's ({now})", "spent": days[now].usd, "limit": settings.daily_budget_usd})
    if settings.monthly_budget_usd is not None:
        spent = month_total(days).usd
        found.append({"name": f"the month's ({first:%Y-%m})", "spent": spent, "limit": settings.monthly_budget_usd})
    return found
