"""Receipts of Japanese shops with a till: convenience store, supermarket, second-hand, packaging, café and the like.

Each kind is a `TillStyle`; the one function that writes them all is `ring_up`. Kept out: slips without goods
(`slips`), money that comes in (`payouts`), and what a receipt looks like on paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.samples.basket import (
    REDUCED_PERCENT,
    STANDARD_PERCENT,
    Basket,
    cash_given,
    fill_basket,
)
from yorutsuke_pipeline.local_aws.samples.chance import happens
from yorutsuke_pipeline.local_aws.samples.notation import japanese_moment, widen, yen
from yorutsuke_pipeline.local_aws.samples.receipt import (
    Align,
    Bars,
    Gap,
    Line,
    Pair,
    Receipt,
    ReceiptTruth,
    Row,
    Rule,
)
from yorutsuke_pipeline.local_aws.samples.shops import Shop, invent_shop

if TYPE_CHECKING:
    import datetime as dt
    import random


@dataclass(frozen=True)
class TillStyle:
    """How one kind of shop rings up: what it sells, on which paper, whether shelf prices contain the tax."""

    goods: str
    category: str
    columns: tuple[int, ...]
    most_lines: int
    tax_included: bool
    has_points: bool = False


TILLS: dict[str, TillStyle] = {
    "convenience": TillStyle("convenience", "purchase", (32,), 5, tax_included=True),
    "supermarket": TillStyle("supermarket", "purchase", (38, 42), 11, tax_included=False, has_points=True),
    "secondhand": TillStyle("secondhand", "purchase", (32, 38), 4, tax_included=True),
    "hundred_yen": TillStyle("hundred_yen", "purchase", (32,), 5, tax_included=True),
    "drugstore": TillStyle("drugstore", "purchase", (38,), 6, tax_included=False, has_points=True),
    "packaging": TillStyle("packaging", "packaging", (38, 42), 6, tax_included=False),
    "cafe": TillStyle("cafe", "other", (32,), 3, tax_included=True),
}


def ring_up(kind: str, moment: dt.datetime, rng: random.Random) -> Receipt:
    """Return a receipt of a shop of `kind` (a key of `TILLS`), printed at `moment` in Tokyo's time."""
    style = TILLS[kind]
    shop = invent_shop(kind, rng)
    basket = fill_basket(style.goods, rng, most=style.most_lines, tax_included=style.tax_included)
    mark = rng.choice(("¥", "¥", "¥", "￥", "円"))
    rows: list[Row] = [
        *letterhead(shop, rng),
        Line(japanese_moment(moment, rng)),
        Pair(f"レジ{rng.randint(1, 9):02d} 担{rng.randint(10, 99)}", f"No.{rng.randint(1, 9999):04d}"),
        Rule(rng.choice("--=")),
        *_item_rows(basket, mark, rng),
        Rule(),
        *_total_rows(basket, mark, rng),
        *_payment_rows(basket.total, mark, rng),
        *_closing_rows(basket, rng, has_points=style.has_points),
    ]
    truth = ReceiptTruth(Decimal(basket.total), "JPY", moment.date(), shop.name, "expense", style.category)
    return Receipt(tuple(rows), truth, columns=rng.choice(style.columns))


def letterhead(shop: Shop, rng: random.Random) -> list[Row]:
    """Return the rows with which a shop introduces itself."""
    rows: list[Row] = [
        Line(shop.name, Align.CENTER, size=2),
        Line(shop.branch, Align.CENTER),
        Line(shop.address, Align.CENTER),
        Line(f"TEL {shop.telephone}", Align.CENTER),
    ]
    if happens(70, rng):
        rows.append(Line(f"登録番号 {shop.registration}", Align.CENTER))
    rows += [Gap(), Line(rng.choice(("領 収 証", "【領収証】", "レシート", "お買上明細")), Align.CENTER), Gap(0.3)]
    return rows


def _item_rows(basket: Basket, mark: str, rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    shows_piece_price = happens(70, rng)
    for item in basket.items:
        name = f"{item.good.name}※" if item.good.reduced else item.good.name
        if item.quantity == 1:
            rows.append(Pair(name, yen(item.price, mark)))
        elif shows_piece_price:
            rows.append(Line(name))
            rows.append(Pair(f"  @{item.good.price:,} x {item.quantity}点", yen(item.price, mark)))
        else:
            rows.append(Pair(f"{name} {item.quantity}コ", yen(item.price, mark)))
    return rows


def _total_rows(basket: Basket, mark: str, rng: random.Random) -> list[Row]:
    pieces = sum(item.quantity for item in basket.items)
    total = yen(basket.total, mark)
    if happens(8, rng):
        total = widen(total)
    rows: list[Row] = [Pair(f"小計 {pieces}点", yen(basket.subtotal, mark))]
    if not basket.tax_included:
        rows += [Pair(f"外税{rate}% 対象 {yen(base, mark)}", yen(tax, mark)) for rate, base, tax in _rates(basket)]
    label = rng.choice(("合 計", "合計", "お買上計", "税込合計" if not basket.tax_included else "合計金額"))
    rows.append(Pair(label, total, size=2))
    if basket.tax_included:
        rows += [
            Pair(f"({rate}%対象 {yen(base, mark)}", f"内税 {yen(tax, mark)})") for rate, base, tax in _rates(basket)
        ]
    return rows


def _rates(basket: Basket) -> list[tuple[int, int, int]]:
    """Return (percent, taxable, tax) for each rate that occurs on the receipt."""
    rates = (STANDARD_PERCENT, REDUCED_PERCENT)
    return [(rate, basket.taxable(rate), basket.tax(rate)) for rate in rates if basket.taxable(rate)]


def _payment_rows(total: int, mark: str, rng: random.Random) -> list[Row]:
    """Return how it was paid: cash with change, or cashless, where some tills repeat the sum as お支払."""
    if happens(55, rng):
        given = cash_given(total, rng)
        return [
            Pair(rng.choice(("お預り", "お預り金額", "現金")), yen(given, mark)),
            Pair(rng.choice(("お釣り", "おつり", "お釣")), yen(given - total, mark)),
        ]
    means = rng.choice(("クレジット", "電子マネー", "QRコード決済", "お支払"))
    rows: list[Row] = [Pair(means, yen(total, mark))]
    if means == "クレジット":
        rows.append(Line(f"カード番号 ****-****-****-{rng.randint(0, 9999):04d}"))
    elif means == "電子マネー":
        rows.append(Pair("電子マネー残高", yen(rng.randint(120, 9800), mark)))
    return rows


def _closing_rows(basket: Basket, rng: random.Random, *, has_points: bool) -> list[Row]:
    rows: list[Row] = []
    if basket.has_reduced:
        rows.append(Line("※印は軽減税率(8%)適用商品"))
    if has_points:
        earned, before = basket.total // 200, rng.randint(10, 2400)
        rows += [Rule(), Pair("前回ポイント", f"{before:,}P"), Pair("今回ポイント", f"{earned:,}P")]
        rows.append(Pair("累計ポイント", f"{before + earned:,}P"))
    thanks = rng.choice(
        ("毎度ありがとうございます", "またのご来店をお待ちしております", "ご利用ありがとうございました")
    )
    rows += [Gap(), Line(thanks, Align.CENTER)]
    if happens(40, rng):
        rows += [Gap(), Bars(f"{rng.randint(0, 10**12):012d}")]
    return rows
