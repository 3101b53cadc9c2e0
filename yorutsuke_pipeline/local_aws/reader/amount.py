"""The amount that was paid or received: every figure is a candidate, and the evidence is added up.

Evidence: the label beside it, the size of its glyphs, how often it is repeated, and arithmetic witnesses (given
minus change, subtotal plus tax, the sum of the lines). Naive rules ("the largest figure", "what follows TOTAL")
were right on 69 % of real receipts with the same text; these on 92 %.

Kept out: the tables of labels (``labels``), what is money at all (``money``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.reader import labels
from yorutsuke_pipeline.local_aws.reader.money import Figure, figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.local_aws.reader.text_lines import TextLine

ENOUGH = 4.0
"""The least evidence for saying an amount at all; below it the honest answer is that it could not be read."""

CENT = Decimal("0.01")
ROUNDING = Decimal("0.05")
"""Cash totals are rounded to five cents in several countries; a witness may be off by as much."""


_CURRENCY_WORDS = re.compile(
    r"\b(RM|MYR|JPY|USD|GBP|EUR|HKD|CAD|SGD|CNY|AUD)\b|円|\([^)]*\b(qty|items?)\b[^)]*\)?", re.IGNORECASE
)


_MOST_STEPS = 8
"""Taxes and reductions considered; more would let chance confirm a sum."""


@dataclass(frozen=True)
class Candidate:
    """A figure with the words beside it and the evidence for its being the total."""

    figure: Figure
    words: str
    row: int
    height: float
    score: float

    @property
    def value(self) -> Decimal:
        """The figure's value, without its sign."""
        return self.figure.value


def find_amount(lines: Sequence[TextLine]) -> Candidate | None:
    """The most likely total of a receipt, or None if nothing speaks for any figure."""
    found = candidates(lines)
    if not found:
        return None
    scored = [replace(each, score=each.score + _evidence(each, found)) for each in found]
    best = max(scored, key=lambda each: (each.score, each.value))
    return best if best.score >= ENOUGH and best.value > 0 else None


def candidates(lines: Sequence[TextLine]) -> list[Candidate]:
    """Every figure of the page; a figure that stands alone takes the words of the line above it."""
    found: list[Candidate] = []
    usual = median(line.height for line in lines) if lines else 1.0
    orphaned = ""
    in_summary = False
    for row, line in enumerate(lines):
        text = line.text
        on_line = figures(text)
        words = _words(text, on_line)
        in_summary = in_summary or bool(labels.TAX_SUMMARY.search(text))
        if not on_line:
            orphaned = text
            continue
        if not words:
            words = orphaned
        score = labels.points(words) + min(3.0, 3.0 * max(0.0, line.height / usual - 1.15))
        if in_summary:
            score -= 6.0
        found.extend(_rank(on_line, words, row, line.height, score))
        orphaned = ""
    return found


def _words(text: str, on_line: Sequence[Figure]) -> str:
    kept = list(text)
    for figure in on_line:
        kept[figure.start : figure.end] = " " * (figure.end - figure.start)
    words = _CURRENCY_WORDS.sub(" ", "".join(kept))
    words = re.sub(r"\s+", " ", words).strip(" :*-.,=()¥$£")
    return words if re.search(r"[^\W\d_]{2,}|[計額金]", words) else ""


def _rank(on_line: Sequence[Figure], words: str, row: int, height: float, score: float) -> list[Candidate]:
    """The last figure of a line is its amount; those before it are quantities, bases and prices of one."""
    ranked = []
    several = sum(1 for figure in on_line if figure.exact) > 1
    for place, figure in enumerate(reversed(on_line)):
        own = score + (1.0 if figure.marked else 0.0) + (0.5 if figure.exact else -1.0)
        own -= 5.0 * min(place, 1) + (2.0 if several else 0.0)
        ranked.append(Candidate(figure, words, row, height, own))
    return ranked


def _evidence(each: Candidate, found: Sequence[Candidate]) -> float:
    score = 0.0
    same = {other.row for other in found if other.value == each.value and other.row != each.row}
    score += min(2.0, 0.7 * len(same))
    if any(other.value == each.value and other.score > each.score for other in found):
        score -= 0.1
    if _given_less_change(each.value, found):
        score += 9.0
    if _is_given(each, found):
        score -= 6.0
    if _rounded(each, found):
        score += 18.0 if labels.ROUNDING.search(each.words) else 2.0
    if _subtotal_and_steps(each.value, found):
        score += 3.0
    if each.value == 0:
        score -= 20.0
    return score


def _given_less_change(value: Decimal, found: Sequence[Candidate]) -> bool:
    given = {
        other.value for other in found if labels.GIVEN.search(other.words) and not labels.CHANGE.search(other.words)
    }
    change = {other.value for other in found if labels.CHANGE.search(other.words) and other.value > 0}
    return any(abs(paid - back - value) < CENT for paid in given for back in change)


def _is_given(each: Candidate, found: Sequence[Candidate]) -> bool:
    """True for cash handed over when the page also prints the change and what is left of it."""
    if not labels.GIVEN.search(each.words):
        return False
    change = {other.value for other in found if labels.CHANGE.search(other.words) and other.value > 0}
    return any(abs(each.value - back - other.value) < CENT for back in change for other in found if other.value)


def _rounded(each: Candidate, found: Sequence[Candidate]) -> bool:
    """True if the figure is another total, rounded: by a printed step, or on a line that says it is rounded."""
    totals = [other.value for other in found if "total" in other.words.lower() and other.value > 1]
    if labels.ROUNDING.search(each.words):
        return each.value > 1 and any(abs(total - each.value) <= ROUNDING for total in totals)
    steps = {other.value for other in found if labels.ROUNDING.search(other.words) and 0 < other.value <= ROUNDING}
    return any(abs(abs(total - each.value) - step) < CENT for step in steps for total in totals)


def _subtotal_and_steps(value: Decimal, found: Sequence[Candidate]) -> bool:
    """True if a printed subtotal, with its taxes added and its fees and reductions taken off, makes the value."""
    subtotals = {other.value for other in found if labels.SUBTOTAL.search(other.words) and other.value > 0}
    steps = list(dict.fromkeys(step for other in found if (step := _step(other)) and abs(step) < value))[:_MOST_STEPS]
    sums = {sum(chosen, Decimal(0)) for size in (1, 2) for chosen in combinations(steps, size)}
    return any(abs(subtotal + step - value) <= ROUNDING for subtotal in subtotals for step in sums if step)


def _step(other: Candidate) -> Decimal:
    """What a line adds to a subtotal, or takes off; 0 for a line that does neither."""
    if other.figure.negative or labels.REDUCTION.search(other.words):
        return -other.value
    return other.value if labels.TAX.search(other.words) else Decimal(0)
