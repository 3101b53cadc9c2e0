"""The day of the purchase among all the dates of a receipt.

Kept out: how a date is written (``date_forms``) and whether it is plausible today (too old, in the future): the
product warns of that. A date without its year is no date: nothing is invented from the day it is read.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.reader.date_forms import DATE_FORMS, ERAS, MONTHS, Form
from yorutsuke_pipeline.local_aws.reader.wording import any_of, lines_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yorutsuke_pipeline.local_aws.reader.text_lines import TextLine

EARLIEST, LATEST = 1990, 2079
WHOLE_YEAR = 4
"""Digits of a year that names its century."""

LAST_MONTH = 12


class Order(Enum):
    """In which order a country writes the three numbers of a date."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


_ORDERS = dict.fromkeys(("JPY", "CNY", "KRW", "TWD"), Order.YEAR_FIRST) | dict.fromkeys(
    ("USD", "PHP"), Order.MONTH_FIRST
)
"""By currency; 03/04/2019 is the third of April wherever nothing else is known."""

_OF_PURCHASE = any_of(
    r"日\s?付|日\s?時|精算|降車|(発行|取引|利用|領収|購入|売上|振込|支払|入金|返金|受付|乗車)日|日期",
    r"date|paid|^pay\b|closed|^exit\b|tarikh|datum|fecha|data\b",
)
_OF_SOMETHING_ELSE = any_of(
    r"期限|有効|まで|賞味|消費期|生年|次回|お届け|配達予定|適用|以降|入場|入庫|予約|開始|失効|改定",
    r"expir|valid|until|\bexp\b|birth|start|\bdue\b|from\b|since|effective|^entry|as of|return by|before",
)
_BLOCK_NUMBER = re.compile(r"[一-龥ヶケ](?<![日付時])$")
"""What stands right before 5-12-15 when it is an address and not the fifteenth of December."""

_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s?[:時]\s?\d{2}")
_HALF_DAY = any_of(r"\d\s?[ap]\.?m\b")


@dataclass(frozen=True)
class _Found:
    """Digits that look like a date; which is the day and which the month may still be open."""

    form: Form
    parts: dict[str, str]
    score: float


def find_date(lines: Sequence[TextLine], currency: str) -> dt.date | None:
    """The most likely day of purchase; ``currency`` decides which of 03/04 is the month. None if none is whole."""
    found = list(_all(lines))
    order = _order(found, lines, currency)
    scores: dict[dt.date, float] = {}
    for each in found:
        day = _resolve(each, order)
        if day is not None:
            # Being printed twice speaks for a date, but not as much as its label.
            scores[day] = max(scores.get(day, 0.0), each.score) + (1.0 if day in scores else 0.0)
    best = max(scores, key=lambda day: scores[day], default=None)
    return best if best is not None and scores[best] > 0 else None


def _all(lines: Sequence[TextLine]) -> Iterator[_Found]:
    before = ""
    for row, line in enumerate(lines):
        text = line.text
        taken: list[range] = []
        for way in DATE_FORMS:
            for match in way.pattern.finditer(text):
                here = range(*match.span())
                if any(here.start < other.stop and other.start < here.stop for other in taken):
                    continue
                taken.append(here)
                parts = {name: part for name, part in match.groupdict().items() if part}
                if parts.get("s") == "-" and _BLOCK_NUMBER.search(text[: here.start]):
                    continue
                # Of two alike the upper one: receipts are dated in their head.
                yield _Found(way.form, parts, way.points + _context(text, before) - 0.01 * row)
        before = text


def _context(text: str, before: str) -> float:
    is_labelled = _OF_PURCHASE.search(text) or (_OF_PURCHASE.search(before) and not re.search(r"\d{4}", before))
    score = 2.0 if is_labelled else 0.0
    if _CLOCK.search(text):
        score += 2.0
    if _OF_SOMETHING_ELSE.search(text):
        score -= 5.0
    return score


def _order(found: Sequence[_Found], lines: Sequence[TextLine], currency: str) -> Order:
    """A date on the same page that can only be read one way decides; then the country."""
    for each in found:
        if each.form is Form.OPEN and len(each.parts["c"]) == WHOLE_YEAR:
            first, second = int(each.parts["a"]), int(each.parts["b"])
            if first > LAST_MONTH >= second:
                return Order.DAY_FIRST
            if second > LAST_MONTH >= first:
                return Order.MONTH_FIRST
    # American till software abroad keeps its clock and its order: 7/10/2019 9:18 PM in Hong Kong is in July.
    if currency in {"HKD", "CAD"} and lines_with(_HALF_DAY, [line.text for line in lines]):
        return Order.MONTH_FIRST
    return _ORDERS.get(currency, Order.DAY_FIRST)


def _resolve(found: _Found, order: Order) -> dt.date | None:
    parts = found.parts
    if found.form is Form.OPEN:
        return _resolve_open(int(parts["a"]), int(parts["b"]), parts["c"], order)
    if found.form is Form.ERA:
        year = ERAS[parts["era"][0].upper()] + (1 if parts["y"] == "元" else int(parts["y"]))
        return _day(year, int(parts["m"]), int(parts["d"]))
    month = MONTHS.index(parts["name"][:3].lower()) + 1 if found.form is Form.NAMED else int(parts["m"])
    return _day(_year(parts["y"]), month, int(parts["d"]))


def _resolve_open(first: int, second: int, third: str, order: Order) -> dt.date | None:
    """Three numbers without names: the page's order first, then whichever order gives a day that exists."""
    readings = {
        Order.DAY_FIRST: (_year(third), second, first),
        Order.MONTH_FIRST: (_year(third), first, second),
    }
    if len(third) < WHOLE_YEAR:
        readings[Order.YEAR_FIRST] = (_year(f"{first:02d}"), second, int(third))
    days = (_day(*readings[each]) for each in (order, *readings) if each in readings)
    return next((day for day in days if day is not None), None)


def _year(digits: str) -> int:
    return int(digits) if len(digits) == WHOLE_YEAR else 2000 + int(digits)


def _day(year: int, month: int, day: int) -> dt.date | None:
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
