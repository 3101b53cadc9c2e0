"""The lines of goods and services: what was bought and for how much, and whether they sum to the total.

Kept out: which figure is the total (``amount``) and what kind of purchase it is (``category``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.reader import labels
from yorutsuke_pipeline.local_aws.reader.amount import ROUNDING, Candidate, candidates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.local_aws.reader.text_lines import TextLine

_END = re.compile(
    r"小\s?計|合\s?計|総\s?計|sub[\s-]?tota|\btotal\b|買上計|税込|現\s?計|gross sales|総額", re.IGNORECASE
)
_NO_ITEM = re.compile(
    r"\btel\b|電話|登録番号|レジ|担当|伝票|番号|〒|\bno\.|receipt|invoice|\bdate\b|\btime\b|\bid\b|cashier|table|order|年|:\d\d|車番"
    r"|^金\s?額|\bregister\b|trans #|\bitem\b.*\bqty\b|\bamount\b|^\W*$",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"(?<![A-Za-z])[@\u00d7x*](?![A-Za-z])\s*\d*|\d+\s?(点|個|コ|枚|本|通)|^\s*\d+\s|※|\b(SR|ZRL|SRL|ZR|TX|GC)\b",
    re.IGNORECASE,
)


_CENTS = re.compile(r"\d[.,]\d{2}(?!\d)")
_AFTER_PRICE = re.compile(r"[*※軽内外税A-Z込]{0,2}")
"""Marks of a tax rate behind a price."""

_LEAST_YEN = 5
_MOST_STEPS = 10
"""Taxes, fees and reductions considered; more would let chance confirm a sum."""


@dataclass(frozen=True)
class Item:
    """A line of goods: its name as printed (may be empty) and its price, negative for what was taken off."""

    name: str
    price: Decimal


def find_items(lines: Sequence[TextLine], total: Candidate | None) -> list[Item]:
    """The goods above the first total of the page, in order."""
    end = next((row for row, line in enumerate(lines) if _END.search(line.text)), len(lines))
    if total is not None:
        end = min(end, total.row)
    whole = not any(_CENTS.search(line.text) for line in lines)
    found: list[Item] = []
    seen: set[int] = set()
    for each in candidates(lines[:end]):
        if each.row in seen or not _is_price(each, lines[each.row].text, whole=whole):
            continue
        if _NO_ITEM.search(lines[each.row].text) or each.value == 0:
            continue
        seen.add(each.row)
        found.append(_item(each))
    return found


def _is_price(each: Candidate, text: str, *, whole: bool) -> bool:
    """Whole yen without a sign are prices only at the end of their line, apart from the name."""
    if each.figure.exact or each.figure.marked or not whole:
        return each.figure.exact or each.figure.marked
    stands_apart = bool(re.search(r"  $|\*$", text[: each.figure.start])) or text[each.figure.start] == " "
    return (
        stands_apart
        and _AFTER_PRICE.fullmatch(text[each.figure.end :].strip()) is not None
        and each.value >= _LEAST_YEN
    )


def _item(each: Candidate) -> Item:
    negative = each.figure.negative or bool(labels.REDUCTION.search(each.words))
    name = " ".join(_QUANTITY.sub(" ", each.words).split()).strip(" -.,:*()")
    return Item(name, -each.value if negative else each.value)


def sum_of_lines(items: Sequence[Item], lines: Sequence[TextLine], total: Candidate | None) -> Decimal | None:
    """What the lines sum to, with the taxes and reductions printed under them; None unless they were surely read.

    Sure means that the paper itself confirms the sum: the total does, or the total less its taxes, or, on paper
    without taxes, a subtotal. A misread price would otherwise accuse an honest receipt of false arithmetic.
    """
    if total is None or not items:
        return None
    lines_sum = sum((item.price for item in items), Decimal(0))
    if abs(lines_sum - total.value) <= ROUNDING:
        return total.value
    steps = _printed_steps(lines, total)
    if any(abs(lines_sum + step - total.value) <= ROUNDING for step in steps):
        return total.value
    subtotals = {each.value for each in candidates(lines) if labels.SUBTOTAL.search(each.words)}
    return lines_sum if lines_sum in subtotals and not steps else None


def _printed_steps(lines: Sequence[TextLine], total: Candidate) -> set[Decimal]:
    """What the page adds to its lines or takes off before it comes to the total: each alone, in pairs, in threes."""
    steps: list[Decimal] = []
    for each in candidates(lines):
        if not 0 < each.value < 2 * total.value:
            continue
        if each.figure.negative or labels.REDUCTION.search(each.words) or labels.FEE.search(each.words):
            steps.append(-each.value)
        elif labels.TAX.search(each.words):
            steps.append(each.value)
    few = list(dict.fromkeys(steps))[:_MOST_STEPS]
    return {sum(chosen, Decimal(0)) for size in (1, 2, 3) for chosen in combinations(few, size)}
