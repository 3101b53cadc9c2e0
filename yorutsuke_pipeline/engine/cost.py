"""What asking costs: prices, estimates before, settlement after. Decimal throughout.

An unknown price is unknown, never zero: None travels through every sum here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yorutsuke_pipeline.engine.errors import BudgetExceededError

_MILLION = Decimal(1_000_000)
# Batch inference is priced at half of on demand for every model that offers it.
# https://aws.amazon.com/bedrock/pricing/
_BATCH_SHARE = Decimal("0.5")
# How what a day's run refused is tried again, in a command.
MATERIALIZE_AGAIN = "materialize the day again"
# The setting that every intent is held to; an order may have a tighter budget of its own.
INTENT_BUDGET = "YORUTSUKE_BUDGET_USD"
# To be formatted with the budget.
NO_PRICE = (
    "the model's price is unknown, so its cost cannot be held to the budget of {budget} USD; ask a model whose price "
    "is published, or, if it is YORUTSUKE_MODEL_ID, set YORUTSUKE_PRICE_INPUT and YORUTSUKE_PRICE_OUTPUT (USD per "
    "million tokens, on demand)"
)


@dataclass(frozen=True)
class TokenUsage:
    """Tokens of one or many answers."""

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: TokenUsage) -> TokenUsage:
        return TokenUsage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens)


@dataclass(frozen=True)
class Price:
    """On-demand price of a model in USD per million tokens."""

    input_per_million: Decimal
    output_per_million: Decimal

    def cost(self, usage: TokenUsage, *, batch: bool) -> Decimal:
        """Return the cost of `usage` in USD, at half for batch."""
        full = (usage.input_tokens * self.input_per_million + usage.output_tokens * self.output_per_million) / _MILLION
        return full * _BATCH_SHARE if batch else full


def total(costs: list[Decimal | None]) -> Decimal | None:
    """Add costs up; one that is unknown makes the sum unknown."""
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def check_budget(
    estimate: Decimal | None,
    budget: Decimal | None,
    *,
    intent_id: str,
    remedy: str = f"Raise {INTENT_BUDGET}, then {MATERIALIZE_AGAIN}",
) -> None:
    """Refuse an intent whose estimate passes its budget, before a job is submitted; `remedy` says what to do then.

    Raises:
        BudgetExceededError: It does, or there is a budget and the model's price is unknown.
    """
    if budget is None:
        return
    if estimate is None:
        raise BudgetExceededError(f"{intent_id}: {NO_PRICE.format(budget=budget)}")
    if estimate > budget:
        raise BudgetExceededError(
            f"{intent_id}: the estimate of {estimate:.4f} USD passes the budget of {budget} USD; no job was submitted. "
            f"{remedy}",
        )
