"""From boxes of text to what a receipt says: the rules, one after the other, and what could not be read.

Kept out: each rule itself, the picture, and the form of the answer (``model``).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.reader.amount import find_amount
from yorutsuke_pipeline.local_aws.reader.category import Category, find_category
from yorutsuke_pipeline.local_aws.reader.currency import find_currency
from yorutsuke_pipeline.local_aws.reader.direction import Direction, find_direction
from yorutsuke_pipeline.local_aws.reader.items import Item, find_items, sum_of_lines
from yorutsuke_pipeline.local_aws.reader.merchant import find_merchant
from yorutsuke_pipeline.local_aws.reader.purchase_date import find_date
from yorutsuke_pipeline.local_aws.reader.spelling import has_kana
from yorutsuke_pipeline.local_aws.reader.text_lines import TextLine, read_lines

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from decimal import Decimal

    from yorutsuke_pipeline.local_aws.reader.recognition import TextBox

FEWEST_BOXES = 3
LEAST_MEAN_CONFIDENCE = 0.6
MOST_NAMED = 3
"""Goods named in a description; the rest are counted."""


@dataclass(frozen=True)
class Reading:
    """What the paper says. None is what could not be read; nothing is guessed."""

    amount: Decimal | None
    currency: str
    direction: Direction
    date: dt.date | None
    merchant: str | None
    category: Category
    description: str
    lines_total: Decimal | None


@dataclass(frozen=True)
class Unreadable:
    """Why the picture says nothing that a book could use."""

    reason: str


def read_receipt(boxes: Sequence[TextBox]) -> Reading | Unreadable:
    """Reads the text of one picture as one receipt."""
    if not boxes:
        return Unreadable("no text could be found in the picture")
    if len(boxes) < FEWEST_BOXES or mean(box.confidence for box in boxes) < LEAST_MEAN_CONFIDENCE:
        return Unreadable("the text is too little, too faint or too blurred to be read")
    return understand(read_lines(boxes))


def understand(lines: Sequence[TextLine]) -> Reading | Unreadable:
    """Applies the rules to lines of text, from the top of the paper."""
    total = find_amount(lines)
    currency = find_currency(lines)
    day = find_date(lines, currency)
    if total is None and day is None:
        return Unreadable("neither a total nor a date could be read: this may be no receipt, or too blurred")
    merchant = find_merchant(lines)
    items = find_items(lines, total)
    direction = find_direction(lines)
    return Reading(
        amount=total.value if total else None,
        currency=currency,
        direction=direction,
        date=day,
        merchant=merchant,
        category=find_category(lines, items, merchant, direction),
        description=_describe(items, lines, merchant),
        lines_total=sum_of_lines(items, lines, total),
    )


def _describe(items: Sequence[Item], lines: Sequence[TextLine], merchant: str | None) -> str:
    """The first goods by name and how many more there are; the merchant where no goods could be read."""
    names = list(dict.fromkeys(item.name for item in items if len(item.name) > 1))
    if not names:
        return merchant or ""
    more = len(names) - MOST_NAMED
    if more <= 0:
        return ", ".join(names)
    japanese = any(has_kana(line.text) for line in lines)
    rest = f" 他{more}点" if japanese else f" and {more} more"
    return ", ".join(names[:MOST_NAMED]) + rest
