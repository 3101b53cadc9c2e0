"""What was bought and what it comes to: lines, subtotal, consumption tax, payment. Whole arithmetic, no text.

The rules are those of Japan's qualified invoices: one rounding for each tax rate on a receipt, downwards as most tills
do, 8 % on food to take away and 10 % on the rest (https://www.nta.go.jp/english/taxes/consumption_tax/01.htm).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.samples.chance import happens
from yorutsuke_pipeline.local_aws.samples.goods import GOODS, Good

if TYPE_CHECKING:
    import random

STANDARD_PERCENT = 10
REDUCED_PERCENT = 8


@dataclass(frozen=True)
class Item:
    """One line of a receipt: a good and how many of it."""

    good: Good
    quantity: int

    @property
    def price(self) -> int:
        """What the line comes to."""
        return self.good.price * self.quantity


@dataclass(frozen=True)
class Basket:
    """The items of one receipt; `tax_included` tells whether shelf prices contain the tax (内税) or not (外税)."""

    items: tuple[Item, ...]
    tax_included: bool

    @property
    def subtotal(self) -> int:
        """The sum of the lines as printed."""
        return sum(item.price for item in self.items)

    @property
    def has_reduced(self) -> bool:
        """Whether any item bears the reduced rate, so that the receipt must mark which."""
        return any(item.good.reduced for item in self.items)

    def taxable(self, percent: int) -> int:
        """The sum of the lines that bear `percent` of tax, as printed."""
        reduced = percent == REDUCED_PERCENT
        return sum(item.price for item in self.items if item.good.reduced == reduced)

    def tax(self, percent: int) -> int:
        """The tax at one rate, rounded down once."""
        base = 100 + percent if self.tax_included else 100
        return self.taxable(percent) * percent // base

    @property
    def total(self) -> int:
        """What has to be paid, tax included."""
        if self.tax_included:
            return self.subtotal
        return self.subtotal + self.tax(STANDARD_PERCENT) + self.tax(REDUCED_PERCENT)


def fill_basket(kind: str, rng: random.Random, *, most: int, tax_included: bool) -> Basket:
    """Return between one and `most` lines of different goods of that kind of shop."""
    goods = GOODS[kind]
    count = min(len(goods), rng.randint(min(2, most), most))
    items = tuple(Item(good, 1 if happens(70, rng) else rng.randint(2, 4)) for good in rng.sample(goods, count))
    return Basket(items, tax_included)


def cash_given(total: int, rng: random.Random) -> int:
    """Return what a customer hands over for `total` yen: the next full bill or coin, or the exact sum."""
    unit = rng.choice((1, 10, 100, 1000, 1000, 5000, 10000))
    return -(-total // unit) * unit
