"""Figures of money in a line of text: which digits are an amount, and which are a phone number, a date, a rate.

Kept out: which of a receipt's amounts is its total (``amount``). Values are Decimal, never float.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

MOST = Decimal(100_000_000)
"""Above this a figure on a receipt is a number of something (a till, a member, a barcode), not an amount."""

_MARK = r"(?:US\$|HK\$|NT\$|CA?D?\$|S\$|A\$|CADS|RM|MYR|JPY|USD|GBP|EUR|HKD|CAD|SGD|CNY|AUD|[¥$£€₩฿₹ε])"
# ε, Y, V, 半 and 羊 are what a recogniser makes of the signs for pound and yen on thermal paper.
_FIGURE = re.compile(
    rf"""
    (?P<minus>[-▲△]\s?)?
    (?P<mark>{_MARK}|(?<![A-Za-z])[YV半羊](?=\d{{1,3}}(?:[,.]\d{{3}})+|\d{{2,}}(?![A-Za-z\d])))?
    \s?:?\s?
    (?P<minus2>[-▲△]\s?)?
    (?P<digits>
        \d{{1,3}}(?:\s?[,.]\s?\d{{3}})+(?:\s?[.,]\s?\d{{2}})?(?!\d)   # 1,280   1,280.50   1.280,50
      | \d+\s?[.,]\s?\d{{2}}(?!\d)                                    # 12.50   12,50   12 .50
      | \d+
    )
    (?P<after>\s?(?:円|元|%|点|個|枚|本|名|人|様|回|泊|台|冊|件|kg|g|ml|L\b|pt|P\b|ポイント|年|月|日|時|分|秒|号|階|/|:))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MONEY_AFTER = {"円", "元"}
_NOT_BEFORE = re.compile(r"[A-Za-z#@\d][.\-/#]?$|[\d:][.,:]$|([\u00d7x@]|\d\*)\s?$")
"""Digits right behind these are part of a code, of a misread figure, or a quantity; a lone * marks a tax rate."""

_NOT_BEHIND = re.compile(r"[A-Za-z]{2,}|[-/]\d|\d|\s?[\u00d7x@]\s?\d")
"""Digits right before these are part of a code, or a quantity."""

_NO_MONEY = re.compile(
    r"""
    \d{1,4}\s?[/.\-年]\s?\d{1,2}\s?[/.\-月]\s?\d{1,4}(?!\d*[.,]\d)   # dates
  | \d{1,2}:\d{2}(?::\d{2})?                                        # times
  | \d{1,2}月\d{1,2}日
  | \+?\d{2,5}-\d{2,4}-\d{3,4}                                      # phone numbers
  | \b0\d{1,2}-\d{4}\s?\d{4}
  | (?:〒\s?)?\b\d{3}-\d{4}\b                                       # Japanese post codes
  | \bT\d{10,}                                                      # 登録番号
  | [A-Za-z]{1,}\d*-?\d{4,}                                         # codes
  | \d{9,}                                                          # barcodes
  | [*x\u00d7X]{4,}\s?\d+                                                # masked cards
  | \d+(?:\.\d+)?\s?%                                               # rates
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Figure:
    """One amount as printed. ``value`` is never negative: the sign stands in ``negative``."""

    value: Decimal
    negative: bool
    marked: bool
    """A currency's sign or word stands beside it."""
    exact: bool
    """Written as money is: with cents or with grouped thousands."""
    start: int
    end: int


def figures(text: str) -> list[Figure]:
    """All the figures of a line that could be money, left to right, with their places in the text."""
    hidden = _NO_MONEY.sub(lambda match: _blank_unless_marked(text, match), text)
    found = []
    for match in _FIGURE.finditer(hidden):
        figure = _figure(hidden, match)
        if figure is not None:
            found.append(figure)
    return found


def _blank_unless_marked(text: str, match: re.Match[str]) -> str:
    before = text[: match.start()]
    if re.search(r"(?:RM|[¥$£€])\s?$", before):
        return match.group()
    return " " * len(match.group())


def _figure(text: str, match: re.Match[str]) -> Figure | None:
    after = (match["after"] or "").strip()
    if after and after not in _MONEY_AFTER:
        return None
    before = text[: match.start("digits")]
    if not match["mark"] and _NOT_BEFORE.search(before):
        return None
    if _NOT_BEHIND.match(text[match.end() :]):
        return None
    digits = match["digits"]
    value = _value(digits)
    if value is None or value >= MOST:
        return None
    exact = bool(re.search(r"[,.]", digits))
    marked = bool(match["mark"]) or after in _MONEY_AFTER
    negative = bool(match["minus"] or match["minus2"])
    return Figure(value, negative, marked, exact, match.start(), match.end())


def _value(digits: str) -> Decimal | None:
    """Reads the separators: the last one parts the cents if two digits follow it, all others group thousands."""
    packed = re.sub(r"\s", "", digits)
    cents = re.fullmatch(r"(.*)[.,](\d{2})", packed)
    if cents:
        whole = re.sub(r"[.,]", "", cents[1])
        return Decimal(f"{whole}.{cents[2]}")
    return Decimal(re.sub(r"[.,]", "", packed))
