"""The price of one's own: it is that of the configured model, and of no other.

Whoever orders or tries something may name another model, which a budget must not take for the configured one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.cost import Price
    from yorutsuke_pipeline.engine.ports import PriceList


@dataclass(frozen=True)
class ConfiguredPrices:
    """Implements `PriceList`.

    Attributes:
        configured_model: The model that is asked every night.
        configured: Its price, as a contract has it.
        published: What all other models cost.
    """

    configured_model: str
    configured: Price
    published: PriceList

    def price(self, model_id: str) -> Price | None:
        """Return a model's on-demand price, or None if it is unknown."""
        return self.configured if model_id == self.configured_model else self.published.price(model_id)
