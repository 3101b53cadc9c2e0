"""Numbers that a text states, and whether the row has them.

One meaning for each notation: 12500, 12,500, $12,500.00, 12.5 thousand and twelve thousand five hundred are one number.
A number that could be worked out from the row (a sum, a share, a duration) does not stand in it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.workloads.violations.number_words import SIZES, read_number_words
from yorutsuke_pipeline.workloads.violations.stated_dates import PartOfDate, StatedDate, take_dates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yorutsuke_pipeline.workloads.violations.violation import Violation

# A number, or a code (`H2S`, `1.2.3`, `29 CFR`), which counts nothing and is compared as it is written.
Value = Decimal | str
_FIGURES = re.compile(
    rf"""
    (?P<code> (?<![^\W_])(?!USD\d)[^\W\d_]+\d\w* | \d+(?:\.\d+){{2,}} | \d+\s+(?:C\.?F\.?R|U\.?S\.?C)\b )
    | (?P<digits> \d{{1,3}}(?:,\d{{3}})+(?!\d)(?:\.\d+)? | \d+(?:\.\d+)? | \.\d+ )
      (?P<letters> [^\W\d_]\w* )?
      (?P<sizes> (?:[\s-]+(?a:{"|".join(SIZES)})\b)* )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NO_UNIT = frozenset({"st", "nd", "rd", "th", "s"})
_SHORT_SIZES = {"k": SIZES["thousand"], "m": SIZES["million"], "mm": SIZES["million"], "b": SIZES["billion"]}
_SHORT_SIZES["bn"] = SIZES["billion"]
# 29 CFR 1926.501 is in part 1926.
_CITED_PART = re.compile(r"(?:CFR|C\.F\.R\.|§|section|part|rule)[\s§]*(\d+)\.\d", re.IGNORECASE)


class StatedNumber(NamedTuple):
    """A number in a text, as it is shown there, with all that it may mean."""

    shown: str
    readings: frozenset[Value]


@dataclass(frozen=True)
class RowNumbers:
    """What numbers and dates a row states."""

    values: frozenset[Value]
    dates: tuple[PartOfDate, ...]

    @cached_property
    def years(self) -> frozenset[int]:
        """The years that it may speak of."""
        return frozenset(int(value) for value in self.values if isinstance(value, Decimal) and 1900 <= value <= 2100)  # noqa: PLR2004 — years

    def check(self, field: str, text: str) -> None:
        """Reject a text that states a number or date which the row does not.

        Raises:
            RecordRejectedError: It states one; the reason shows it.
        """
        dates, numbers = read_numbers(text)
        for date in dates:
            if not any(reading.is_said_by(stated, self.years) for reading in date.readings for stated in self.dates):
                raise RecordRejectedError("number", f"the {field} says {date.shown!r}, a date that the row does not")
        for number in numbers:
            if not number.readings & self.values:
                raise RecordRejectedError("number", f"the {field} says {number.shown!r}, which the row does not")


def row_numbers(violation: Violation) -> RowNumbers:
    """Return what numbers and dates a row states."""
    # No notation goes on over a semicolon.
    text = " ; ".join(violation.texts())
    found, numbers = read_numbers(text)
    dates = tuple(dict.fromkeys(reading for date in found for reading in date.readings))
    values: set[Value] = {reading for number in numbers for reading in number.readings}
    values |= {Decimal(part) for part in _CITED_PART.findall(text)}
    values |= {Decimal(date.year) for date in dates if date.year is not None}
    return RowNumbers(frozenset(values), dates)


def read_numbers(text: str) -> tuple[list[StatedDate], list[StatedNumber]]:
    """Return the dates and the other numbers that a text states."""
    dates, rest = take_dates(unicodedata.normalize("NFKC", text))
    numbers: list[StatedNumber] = []

    def take(found: re.Match[str]) -> str:
        numbers.append(StatedNumber(found[0], frozenset(_readings(found))))
        return " ; "

    rest = _FIGURES.sub(take, rest)
    numbers += [StatedNumber(shown, frozenset([value])) for shown, value in read_number_words(rest)]
    return dates, numbers


def _readings(found: re.Match[str]) -> Iterable[Value]:
    if found["code"]:
        # 29 C.F.R. is 29 CFR, and no 29 employees.
        yield re.sub(r"[\s.]+(?=\D)", "", found["code"].casefold())
        return
    value = Decimal(found["digits"].replace(",", ""))
    for size in re.findall(r"\w+", found["sizes"]):
        value *= SIZES[size.lower()]
    letters = (found["letters"] or "").lower()
    if letters in _SHORT_SIZES:
        yield value * _SHORT_SIZES[letters]
    else:
        yield value
    if letters and letters not in _NO_UNIT:
        # 10ft is also ten; 10b is a rule's own.
        yield found["digits"] + letters
