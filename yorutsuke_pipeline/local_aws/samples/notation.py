"""How money and days are written on receipts, in the ways that tills really write them.

Pure text. Kept out: which receipt uses which way (the layouts choose).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    import random

_WEEKDAYS = "月火水木金土日"
# 令和1年 is 2019: https://www.kantei.go.jp/jp/tyoukanpress/201904/1_a.html
_REIWA_BEFORE_FIRST_YEAR = 2018
_WIDE = str.maketrans("0123456789,-/:¥ ", "０１２３４５６７８９，－／：￥　")


def widen(text: str) -> str:
    """Return `text` with ASCII digits and signs in their full-width forms."""
    return text.translate(_WIDE)


def yen(amount: int, style: str = "¥") -> str:
    """Write `amount` yen with a mark before it (`¥` or `￥`) or 円 after it."""
    return f"{amount:,}円" if style == "円" else f"{style}{amount:,}"


def reiwa_year(day: dt.date) -> int:
    """Return the year of the Reiwa era that holds `day` (2026 is 8)."""
    return day.year - _REIWA_BEFORE_FIRST_YEAR


def japanese_moment(moment: dt.datetime, rng: random.Random) -> str:
    """Write a moment as a Japanese till does: western, 令和 or R years, sometimes in full-width digits."""
    day, time = moment.date(), f"{moment:%H:%M}"
    era = reiwa_year(day)
    return rng.choice(
        (
            f"{day:%Y年%m月%d日}({_WEEKDAYS[day.weekday()]}) {time}",
            f"{day:%Y年%m月%d日}({_WEEKDAYS[day.weekday()]}) {time}",
            f"{day:%Y/%m/%d} {time}",
            f"{day:%Y/%m/%d}({_WEEKDAYS[day.weekday()]}) {time}",
            f"{day:%Y-%m-%d} {moment:%H:%M:%S}",
            f"{day.year}年{day.month:>2}月{day.day:>2}日 {time}",
            f"令和{era}年{day.month}月{day.day}日 {time}",
            f"令和{era:02d}年{day:%m月%d日} {time}",
            f"R{era}.{day.month}.{day.day} {time}",
            widen(f"{day.year}年{day.month:02d}月{day.day:02d}日"),
        )
    )


def western_moment(moment: dt.datetime, currency: str, rng: random.Random) -> str:
    """Write a moment as an American till does (month first) or, for other currencies, as a British one."""
    day = moment.date()
    if currency == "USD":
        clock = f"{moment:%I:%M %p}"
        return rng.choice(
            (f"{day:%m/%d/%Y}  {clock}", f"{day:%b} {day.day}, {day.year}  {clock}", f"{day:%Y-%m-%d} {moment:%H:%M}")
        )
    return rng.choice((f"{day:%d/%m/%Y} {moment:%H:%M}", f"{day:%d %b %Y} {moment:%H:%M}", f"{day.day} {day:%B %Y}"))


def hundredths(amount: int, sign: str = "") -> str:
    """Write an amount given in cents or pence: 1234 is `12.34`."""
    return f"{sign}{amount // 100:,}.{amount % 100:02d}"
