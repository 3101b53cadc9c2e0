"""A month's costs as a person reads them: a row and a bar for each day, and their sum.

What belongs here: words and rounding. The amounts themselves, exact, are `spending.py`'s.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.spending import Amounts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

COST_COLUMNS = ("day", "records", "input tokens", "output tokens", "USD", "of it open", "on demand", "saved", "chart")
_WIDEST_BAR = 16
_PAID, _SAVED = "█", "░"


def month_total(days: Mapping[date, Amounts]) -> Amounts:
    """Return the sum of a month's days."""
    return sum(days.values(), Amounts())


def cost_rows(days: Mapping[date, Amounts]) -> list[dict[str, str]]:
    """Return a row for each day and one for their sum, under `COST_COLUMNS`; USD with four places."""
    widest = max((_width(amounts) for amounts in days.values()), default=Decimal(0))
    rows = [_row(day.isoformat(), amounts, _bar(amounts, widest)) for day, amounts in days.items()]
    return [*rows, _row("total", month_total(days), "")]


def _row(label: str, amounts: Amounts, bar: str) -> dict[str, str]:
    cells = (
        label,
        f"{amounts.record_count:,}",
        f"{amounts.input_tokens:,}",
        f"{amounts.output_tokens:,}",
        _usd(amounts.usd) + (f" + {amounts.unpriced_count} unknown" if amounts.unpriced_count else ""),
        _usd(amounts.open_usd) if amounts.open_usd else "",
        _usd(amounts.on_demand_usd),
        _usd(amounts.saved_usd),
        bar,
    )
    return dict(zip(COST_COLUMNS, cells, strict=True))


def _usd(amount: Decimal) -> str:
    return f"{amount:,.4f}"


def _width(amounts: Amounts) -> Decimal:
    """Return what a day's bar stands for: what it cost, and what it saved."""
    return amounts.usd + max(amounts.saved_usd, Decimal(0))


def _bar(amounts: Amounts, widest: Decimal) -> str:
    """Return a dark bar for what was paid or is reserved, with a light one behind it for what was saved."""
    if not amounts.usd or not widest:
        return ""
    paid = max(1, round(amounts.usd / widest * _WIDEST_BAR))
    whole = round(_width(amounts) / widest * _WIDEST_BAR)
    return _PAID * paid + _SAVED * (whole - paid)
