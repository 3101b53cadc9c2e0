"""How much is fined: most fines are small and a few are huge, as in life. Kept out: whom (`row`)."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.samples.chance import happens

if TYPE_CHECKING:
    import random

# Of a log-normal distribution: about one fine in 25 is more than 15 times the agency's median.
_SPREAD = 1.55
# As the table keeps money, decimal(14, 2), it would hold a thousand times as much.
_LARGEST = 900_000_000
_CENT = Decimal("0.01")


def draw_fine(median: int, rng: random.Random) -> Decimal:
    """Return a fine in USD with two decimals, greater than 0: half of them are above `median`.

    Large ones are round numbers, as orders and settlements are; some of the small ones have cents.
    """
    amount = min(_LARGEST, max(150.0, median * math.exp(rng.gauss(0, _SPREAD))))
    if amount < 10_000 and happens(12, rng):  # noqa: PLR2004 - where cents are no longer written
        return Decimal(round(amount * 100)) * _CENT
    # Two to four leading digits count: $3,450, $12,470, $287,500, $4,200,000.
    step = int(10 ** max(0, math.floor(math.log10(amount)) - rng.choice((1, 2, 3))))
    return Decimal(round(amount / step) * step).quantize(_CENT)
