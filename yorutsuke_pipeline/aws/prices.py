"""What models cost on demand, from the published table in `genai-prices`.

The package carries its table, so no call goes out. A model it does not know has no price here: unknown
is unknown, never zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.cost import Price

if TYPE_CHECKING:
    from decimal import Decimal

# Some models cost more beyond 200,000 tokens of one request; a receipt stays far below.
_ASKED = 1_000
_MILLION = 1_000_000


class PublishedPrices:
    """Implements `PriceList`."""

    def price(self, model_id: str) -> Price | None:
        """Return the on-demand price of a model id, inference profile id or ARN, or None if it is unknown."""
        from genai_prices import Usage, calc_price  # noqa: PLC0415 — brings an HTTP client along: 0.7 s

        try:
            asked = calc_price(Usage(input_tokens=_ASKED, output_tokens=0), model_id, provider_id="aws")
            answered = calc_price(Usage(input_tokens=0, output_tokens=_ASKED), model_id, provider_id="aws")
        except LookupError:
            return None
        return Price(
            input_per_million=_per_million(asked.total_price),
            output_per_million=_per_million(answered.total_price),
        )


def _per_million(price: Decimal) -> Decimal:
    return price * _MILLION / _ASKED
