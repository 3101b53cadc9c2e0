"""How dates are written on receipts, as patterns: western, Japanese eras, month names, with or without separators.

Kept out: which of the dates is the purchase's, and which number of 03/04 is the month (``purchase_date``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Form(Enum):
    """Which named groups a pattern yields, and in which sense."""

    ERA = "era, y, m, d: the year counts within a Japanese era"
    NAMED = "d, name, y: the month is a word"
    WHOLE = "y, m, d: each number's part is certain"
    OPEN = "a, b, c: the order of the numbers is the country's"


@dataclass(frozen=True)
class DateForm:
    """A way of writing a date; ``points`` say how surely such digits are a date at all."""

    form: Form
    points: float
    pattern: re.Pattern[str]


def _form(form: Form, points: float, pattern: str) -> DateForm:
    return DateForm(form, points, re.compile(pattern, re.IGNORECASE))


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ERAS = {"令": 2018, "R": 2018, "平": 1988, "H": 1988, "昭": 1925, "S": 1925}
"""By the first letter; year 1 of an era is this plus one: 令和1年 is 2019."""

_ERA = r"(?P<era>令和|令|平成|昭和|(?<![A-Za-z0-9])[RH](?=[\s.]?\d))"
_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])"
)
_YEAR = r"(?P<y>(?:19|20)\d{2})"
_ANY_YEAR = r"(?P<y>\d{4}|\d{2})"
_MONTH, _DAY = r"(?P<m>\d{1,2})", r"(?P<d>\d{1,2})"
_TH = r"(?:st|nd|rd|th)?"
_END = r"(?!\d(?!\d?:))"
"""No digit may follow, unless it is a clock's: tills print 16-03-201812:07:10."""

# Read in this order: where two match the same digits, the first is meant. 牛 and 肩 are 年 and 月 on thermal paper.
DATE_FORMS = (
    _form(Form.ERA, 5, rf"{_ERA}\s*\.?\s*(?P<y>元|\d{{1,2}})\s*[年.\-/]\s*{_MONTH}\s*[月.\-/]\s*{_DAY}(?!\d)"),
    _form(Form.WHOLE, 5, rf"(?<!\d){_YEAR}\s*[年牛]\s*{_MONTH}\s*[月肩]\s*{_DAY}"),
    _form(Form.WHOLE, 5, rf"(?<!\d){_YEAR}\s?(?P<s>[-/.,])\s?{_MONTH}\s?(?P=s)\s?{_DAY}{_END}"),
    _form(Form.WHOLE, 4, rf"(?<!\d)(?P<y>\d{{2}})\s*年\s*{_MONTH}\s*月\s*{_DAY}"),
    _form(Form.NAMED, 5, rf"(?<!\d){_DAY}{_TH}[\s\-/.,]{{0,2}}{_NAME}[\s\-/.,']{{0,3}}{_ANY_YEAR}{_END}"),
    _form(Form.NAMED, 5, rf"(?<![a-z]){_NAME}[\s\-/.]{{0,2}}{_DAY}{_TH}[\s\-/,']{{1,3}}{_ANY_YEAR}(?![\d:])"),
    _form(
        Form.OPEN,
        4,
        rf"(?<![\d/.\-])(?P<a>\d{{1,2}})\s?(?P<s>[-/.])\s?(?P<b>\d{{1,2}})\s?(?P=s)\s?(?P<c>(?:19|20)\d{{2}}){_END}",
    ),
    _form(
        Form.OPEN,
        3,
        r"(?<![\d/.\-])(?P<a>\d{1,2})\s?(?P<s>[-/.'])\s?(?P<b>\d{1,2})\s?(?P=s)\s?(?P<c>\d{2})(?![\d/]|[.\-]\d)",
    ),
    _form(Form.WHOLE, 1, r"(?P<y>20\d{2})[-/](?P<m>\d{2})[-/](?P<d>\d{2})"),
    _form(Form.WHOLE, 1, r"(?<!\d)(?P<d>[0-3]\d)(?P<m>[01]\d)(?P<y>20[0-4]\d)(?!\d)"),
    _form(Form.WHOLE, 1, r"(?<!\d)(?P<y>20[0-4]\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)"),
)
