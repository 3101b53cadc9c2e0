"""The prices of a trial: the price that was set is that of the configured model, and of no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.cost import Price
    from yorutsuke_pipeline.engine.ports import PriceList


@dataclass(frozen=True)
class TrialPrices:
    """Implements `PriceList`.

    Attributes:
        configured_model: The model that is asked every night.
        configured: Its price, as the settings may have it.
        published: What all other models cost.
    """

    configured_model: str
    configured: PriceList
    published: PriceList

    def price(self, model_id: str) -> Price | None:
        """Return a model's on-demand price, or None if it is unknown."""
        prices = self.configured if model_id == self.configured_model else self.published
        return prices.price(model_id)
