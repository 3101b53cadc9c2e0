"""Receipts in English: American ones with sales tax on top, British ones with VAT included.

Kept out: payouts (`payouts`). Amounts are in cents or pence until the truth is written.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.samples.chance import happens
from yorutsuke_pipeline.local_aws.samples.goods import GOODS
from yorutsuke_pipeline.local_aws.samples.notation import hundredths, western_moment
from yorutsuke_pipeline.local_aws.samples.receipt import Align, Gap, Line, Pair, Receipt, ReceiptTruth, Row, Rule
from yorutsuke_pipeline.local_aws.samples.shops import OVERSEAS, OverseasShop

if TYPE_CHECKING:
    import datetime as dt
    import random

_COLUMNS = 32
_VAT_PERCENT = 20
_SALES_TAX_PER_MILLE = 88


def overseas_purchase(moment: dt.datetime, rng: random.Random) -> Receipt:
    """Return a receipt in dollars or pounds, written the way its country writes them."""
    shop = rng.choice(OVERSEAS)
    goods = GOODS["packaging_abroad" if shop.category == "packaging" else shop.category]
    bought = rng.sample(goods, rng.randint(1, 4))
    subtotal = sum(good.price for good in bought)
    totals, total = _american_totals(subtotal) if shop.currency == "USD" else _british_totals(subtotal)
    rows: list[Row] = [
        Line(shop.name, Align.CENTER, size=2 if len(shop.name) <= _COLUMNS // 2 else 1),
        *(Line(text, Align.CENTER) for text in shop.lines),
        Gap(),
        Line(western_moment(moment, shop.currency, rng)),
        Pair(f"Register {rng.randint(1, 6)}", f"Trans #{rng.randint(1000, 9999)}"),
        Rule(rng.choice("-=*")),
        *(Pair(good.name, hundredths(good.price)) for good in bought),
        Rule(),
        *totals,
        *_tender(total, shop, rng),
        Gap(),
        Line(rng.choice(("THANK YOU", "Thank you for shopping with us", "Please keep for your records")), Align.CENTER),
    ]
    truth = ReceiptTruth(Decimal(total) / 100, shop.currency, moment.date(), shop.name, "expense", shop.category)
    return Receipt(tuple(rows), truth, columns=_COLUMNS)


def _american_totals(subtotal: int) -> tuple[list[Row], int]:
    tax = (subtotal * _SALES_TAX_PER_MILLE + 500) // 1000
    total = subtotal + tax
    return [
        Pair("SUBTOTAL", hundredths(subtotal, "$")),
        Pair("SALES TAX 8.8%", hundredths(tax, "$")),
        Pair("TOTAL", hundredths(total, "$"), size=2),
    ], total


def _british_totals(subtotal: int) -> tuple[list[Row], int]:
    vat = subtotal * _VAT_PERCENT // (100 + _VAT_PERCENT)
    return [
        Pair("TOTAL", hundredths(subtotal, "£"), size=2),
        Pair("VAT 20% included", hundredths(vat, "£")),
    ], subtotal


def _tender(total: int, shop: OverseasShop, rng: random.Random) -> list[Row]:
    sign = "$" if shop.currency == "USD" else "£"
    if happens(40, rng):
        given = -(-total // 1000) * 1000
        return [Pair("CASH", hundredths(given, sign)), Pair("CHANGE", hundredths(given - total, sign))]
    return [
        Pair(rng.choice(("VISA DEBIT", "CARD", "CONTACTLESS")), hundredths(total, sign)),
        Line(f"************{rng.randint(0, 9999):04d}  AUTH {rng.randint(100000, 999999)}"),
    ]
