"""Papers about money that comes in: a platform's payout, a sales statement, a refund.

Kept out: everything that is paid (`retail`, `slips`, `overseas`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.samples.goods import GOODS
from yorutsuke_pipeline.local_aws.samples.notation import hundredths, japanese_moment, western_moment, yen
from yorutsuke_pipeline.local_aws.samples.receipt import (
    Align,
    Gap,
    Line,
    Pair,
    Receipt,
    ReceiptTruth,
    Row,
    Rule,
    Stock,
)
from yorutsuke_pipeline.local_aws.samples.retail import letterhead
from yorutsuke_pipeline.local_aws.samples.shops import invent_shop

if TYPE_CHECKING:
    import datetime as dt
    import random


def sales_payout(moment: dt.datetime, rng: random.Random) -> Receipt:
    """Return a platform's statement: what was sold, less commission and postage, and the sum paid out."""
    shop = invent_shop("platform", rng)
    sold = rng.sample(GOODS["secondhand"], rng.randint(2, 5))
    gross = sum(good.price for good in sold)
    commission, transfer = gross // 10, 200
    total = gross - commission - transfer
    rows: list[Row] = [
        Line("売上明細・お支払通知書", Align.CENTER, size=2),
        Gap(1.5),
        Line(shop.name),
        Line(f"登録番号 {shop.registration}"),
        Gap(),
        Pair("振込日", japanese_moment(moment, rng)),
        Pair("通知番号", f"P{rng.randint(100000, 999999)}"),
        Rule("="),
        *(Pair(good.name, yen(good.price)) for good in sold),
        Rule(),
        Pair("売上小計", yen(gross)),
        Pair("販売手数料", f"-{yen(commission)}"),
        Pair("振込手数料", f"-{yen(transfer)}"),
        Rule(),
        Pair("お振込金額", yen(total), size=2),
        Gap(),
        Line("上記の金額をご指定の口座へお振込みいたしました。"),
    ]
    truth = ReceiptTruth(Decimal(total), "JPY", moment.date(), shop.name, "income", "sale")
    return Receipt(tuple(rows), truth, columns=44, stock=Stock.SHEET)


def overseas_payout(moment: dt.datetime, rng: random.Random) -> Receipt:
    """Return the payout statement of a marketplace abroad, in dollars."""
    sold = rng.sample(GOODS["purchase"], rng.randint(2, 4))
    gross = sum(good.price for good in sold)
    fee = gross * 13 // 100
    rows: list[Row] = [
        Line("Bazaarly Marketplace", size=2),
        Line("PAYOUT STATEMENT"),
        Gap(1.5),
        Pair("Date", western_moment(moment, "USD", rng)),
        Pair("Payout ID", f"PO-{rng.randint(100000, 999999)}"),
        Rule("="),
        *(Pair(good.name, hundredths(good.price, "$")) for good in sold),
        Rule(),
        Pair("Gross sales", hundredths(gross, "$")),
        Pair("Selling fees", hundredths(fee, "-$")),
        Rule(),
        Pair("Net payout", hundredths(gross - fee, "$"), size=2),
        Gap(),
        Line("Deposited to your bank account."),
    ]
    truth = ReceiptTruth(Decimal(gross - fee) / 100, "USD", moment.date(), "Bazaarly Marketplace", "income", "sale")
    return Receipt(tuple(rows), truth, columns=42, stock=Stock.SHEET)


def refund(moment: dt.datetime, rng: random.Random) -> Receipt:
    """Return the slip of a till that pays back one article; the money comes in, for a purchase that was undone."""
    shop = invent_shop("secondhand", rng)
    good = rng.choice(GOODS["secondhand"])
    rows: list[Row] = [
        *letterhead(shop, rng)[:4],
        Gap(),
        Line("返品・返金伝票", Align.CENTER, size=2),
        Gap(),
        Line(japanese_moment(moment, rng)),
        Pair("元取引 No.", f"{rng.randint(1, 9999):04d}"),
        Rule(),
        Pair(f"返品 {good.name}", yen(good.price)),
        Rule(),
        Pair("返金額", yen(good.price), size=2),
        Pair("(内消費税10%", f"{yen(good.price * 10 // 110)})"),
        Pair("現金返金", yen(good.price)),
        Gap(),
        Line("上記金額を返金いたしました", Align.CENTER),
    ]
    truth = ReceiptTruth(Decimal(good.price), "JPY", moment.date(), shop.name, "income", "purchase")
    return Receipt(tuple(rows), truth, columns=32)
