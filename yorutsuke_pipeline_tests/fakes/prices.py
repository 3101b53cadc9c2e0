"""Prices that are what the test says."""

from __future__ import annotations

from decimal import Decimal

from yorutsuke_pipeline.engine.cost import Price

NOVA_LITE = Price(input_per_million=Decimal("0.06"), output_per_million=Decimal("0.24"))


class FixedPrices:
    """One price for every model; None for none known."""

    def __init__(self, price: Price | None = NOVA_LITE) -> None:
        self._price = price

    def price(self, model_id: str) -> Price | None:  # noqa: ARG002 — the port's signature
        return self._price
