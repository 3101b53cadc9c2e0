"""The budgets of a day and of a month, and how far they are used up.

What belongs here: the comparison of sums with budgets, and the words for it. What counts on which day is
`spending.py`'s; the budget of one intent is held by `cost.check_budget`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.spending import Amounts


@dataclass(frozen=True)
class BudgetUse:
    """A budget, and how much of it is spent or reserved.

    Attributes:
        name: Such as `daily budget of 2026-01-10 in Tokyo`.
        setting: The setting that raises it.
        next_room: When there is room again by itself: `on another day`.
    """

    name: str
    setting: str
    next_room: str
    spent_usd: Decimal
    budget_usd: Decimal

    def __str__(self) -> str:
        """Return the sentence that says how far it is used up."""
        return f"{self.name}: {self.spent_usd:.4f} of {self.budget_usd} USD are spent or reserved"

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing at all fits into it any more."""
        return self.spent_usd >= self.budget_usd

    def has_room_for(self, amount: Decimal) -> bool:
        """Tell whether so many USD fit into it."""
        return self.spent_usd + amount <= self.budget_usd


@dataclass(frozen=True)
class Budgets:
    """The most that a day and a month may hold in USD; None for no limit."""

    day_usd: Decimal | None = None
    month_usd: Decimal | None = None

    def uses(self, day: date, sums: Mapping[date, Amounts]) -> list[BudgetUse]:
        """Return how far the budgets that are set are used up, the day's before the month's.

        Args:
            day: In Tokyo.
            sums: Of each day of its month, as `SpendingBook.month` gives them; one that is left out holds nothing.
        """
        uses = []
        if self.day_usd is not None:
            spent = sums[day].usd if day in sums else Decimal(0)
            name, setting = f"daily budget of {day} in Tokyo", "YORUTSUKE_DAILY_BUDGET_USD"
            uses.append(BudgetUse(name, setting, "on another day", spent, self.day_usd))
        if self.month_usd is not None:
            spent = sum((each.usd for each in sums.values()), Decimal(0))
            name, setting = f"monthly budget of {day:%Y-%m} in Tokyo", "YORUTSUKE_MONTHLY_BUDGET_USD"
            uses.append(BudgetUse(name, setting, "in another month", spent, self.month_usd))
        return uses


def budgets_of(policy: Policy) -> Budgets:
    """Return the budgets of a day and a month that a policy sets."""
    return Budgets(policy.daily_budget_usd, policy.monthly_budget_usd)
