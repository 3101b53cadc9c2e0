"""Dates in a text, in the notations of English: `March 5, 2024`, `5 March`, `March 2024`, `2024-03-05`, `3/5/24`.

What belongs here: finding them, so that their days are not taken for numbers. A lone year is a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTH = (
    r"\b(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?(?![\d:]|[.,]\d|\w)"
_YEAR = r"((?:19|20)\d\d)\b(?![.,]\d)"
_MOST_MONTHS, _MOST_DAYS = 12, 31


class PartOfDate(NamedTuple):
    """As much of a date as was said; None for what was not."""

    year: int | None
    month: int
    day: int | None

    def is_said_by(self, other: PartOfDate, years: Collection[int]) -> bool:
        """Tell whether another date says all that this one does; one without a year may be of any of `years`."""
        if self.month != other.month or self.day not in {None, other.day}:
            return False
        return self.year in {None, other.year} or (other.year is None and self.year in years)


class StatedDate(NamedTuple):
    """A date in a text, with all that it may mean: 3/5/2024 is in March or in May."""

    shown: str
    readings: tuple[PartOfDate, ...]


def take_dates(text: str) -> tuple[list[StatedDate], str]:
    """Return the dates of a text, and the text without them."""
    dates: list[StatedDate] = []
    for form, read in _FORMS:

        def take(found: re.Match[str], read: _Reader = read) -> str:
            readings = tuple(part for part in read(found) if _exists(part))
            if not readings:
                return found[0]
            dates.append(StatedDate(found[0].strip(), readings))
            return " ; "

        text = form.sub(take, text)
    return dates, text


def _exists(part: PartOfDate) -> bool:
    return 1 <= part.month <= _MOST_MONTHS and (part.day is None or 1 <= part.day <= _MOST_DAYS)


def _month(word: str) -> int:
    """Return the number of a month by its first letters; 0 for a word in lower case, which may be "may" or "march"."""
    if not word[0].isupper():
        return 0
    return next(number for number, name in enumerate(MONTHS, 1) if name[:3].lower() == word[:3].lower())


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    return int(text) if len(text) > len("24") else 2000 + int(text)


def _iso(found: re.Match[str]) -> Iterable[PartOfDate]:
    yield PartOfDate(int(found[1]), int(found[2]), int(found[3]))


def _slashed(found: re.Match[str]) -> Iterable[PartOfDate]:
    first, second, year = int(found[1]), int(found[2]), _year(found[3])
    yield from {PartOfDate(year, first, second), PartOfDate(year, second, first)}


def _month_first(found: re.Match[str]) -> Iterable[PartOfDate]:
    yield PartOfDate(_year(found[3]), _month(found[1]), int(found[2]))


def _day_first(found: re.Match[str]) -> Iterable[PartOfDate]:
    yield PartOfDate(_year(found[3]), _month(found[2]), int(found[1]))


def _of_year(found: re.Match[str]) -> Iterable[PartOfDate]:
    yield PartOfDate(_year(found[2]), _month(found[1]), None)


def _month_alone(found: re.Match[str]) -> Iterable[PartOfDate]:
    yield PartOfDate(None, _month(found[1]), None)


_Reader = Callable[[re.Match[str]], Iterable[PartOfDate]]
# The longest first: what one takes, the next does not see. A month alone may be a word ("the contractor may"), so only
# one that follows such a word is taken for a date.
_FORMS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(form, re.IGNORECASE | re.ASCII), read)
    for form, read in (
        (rf"(?<![\w-]){_YEAR}-(\d\d)-(\d\d)(?![\w-])", _iso),
        (r"(?<![\w./-])(\d{1,2})[/.](\d{1,2})[/.]((?:19|20)?\d\d)(?![\w/]|\.\d)", _slashed),
        (rf"{_MONTH}\s+{_DAY}(?:,?\s+{_YEAR})?", _month_first),
        (rf"(?<![\w.,])(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?", _day_first),
        (rf"{_MONTH},?\s+(?:of\s+)?{_YEAR}", _of_year),
        (rf"\b(?:in|since|during|until|early|late|mid|by)[\s-]+{_MONTH}(?=\W|$)", _month_alone),
    )
)
