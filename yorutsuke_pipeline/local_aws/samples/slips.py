"""Slips for services: taxi, parcel carrier, post office, and the fees of a platform or bank.

Kept out: tills with baskets of goods (`retail`) and money that comes in (`payouts`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.samples.notation import japanese_moment, yen
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
    Stock,
)
from yorutsuke_pipeline.local_aws.samples.shops import Shop, invent_shop

if TYPE_CHECKING:
    import datetime as dt
    import random

_SIZES = ((60, 940), (80, 1230), (100, 1530), (120, 1850), (140, 2190))
_POSTAGE = (("定形外郵便", 140), ("小型包装物", 320), ("簡易書留", 350), ("追跡便", 185), ("切手 110円", 110))


def _expense(total: int, moment: dt.datetime, shop: Shop, category: str) -> ReceiptTruth:
    return ReceiptTruth(Decimal(total), "JPY", moment.date(), shop.name, "expense", category)


def taxi_ride(moment: dt.datetime, rng: random.Random) -> Receipt:
    """Return the slip of a taxi's meter: the fare, sometimes with a pick-up charge, and the sum."""
    shop = invent_shop("taxi", rng)
    fare = 500 + 100 * rng.randint(0, 45)
    pickup = rng.choice((0, 0, 300, 420))
    rows: list[Row] = [
        Line("領 収 書", Align.CENTER, size=2),
        Gap(),
        Line(japanese_moment(moment, rng)),
        Pair("車番", f"{rng.randint(100, 999)}"),
        Pair("運賃", yen(fare, "円")),
        *([Pair("迎車料", yen(pickup, "円"))] if pickup else []),
        Rule(),
        Pair("合計", yen(fare + pickup, "円"), size=2),
        Line(f"(内 消費税10% {yen((fare + pickup) * 10 // 110, '円')})", Align.RIGHT),
        Gap(),
        Line("上記の金額正に領収いたしました"),
        Line(shop.name, size=2),
        Line(f"TEL {shop.telephone}"),
        Line(f"登録番号 {shop.registration}"),
    ]
    return Receipt(tuple(rows), _expense(fare + pickup, moment, shop, "other"))


def parcel(moment: dt.datetime, rng: random.Random) -> Receipt:
    """Return a carrier's customer copy: sizes, slip number, freight."""
    shop = invent_shop("carrier", rng)
    parcels = [rng.choice(_SIZES) for _ in range(rng.randint(1, 3))]
    total = sum(price for _, price in parcels)
    slip = f"{rng.randint(1000, 9999)}-{rng.randint(1000, 9999)}-{rng.randint(1000, 9999)}"
    rows: list[Row] = [
        Line(shop.name, Align.CENTER, size=2),
        Line("送り状 お客様控え", Align.CENTER),
        Rule("="),
        Pair("受付日", japanese_moment(moment, rng)),
        Pair("伝票番号", slip),
        Pair("お届け先", f"{rng.choice(('大阪府', '福岡県', '宮城県', '広島県'))} 個人様"),
        Rule(),
        *(Pair(f"宅配便 {size}サイズ", yen(price)) for size, price in parcels),
        Rule(),
        Pair("運賃合計", yen(total), size=2),
        Pair("(内消費税10%", f"{yen(total * 10 // 110)})"),
        Pair("お支払方法", rng.choice(("現金", "電子マネー"))),
        Gap(),
        Line(f"取扱店 {shop.branch}"),
        Line(f"TEL {shop.telephone}  登録番号"),
        Line(shop.registration),
        Gap(),
        Bars(slip.replace("-", "")),
    ]
    return Receipt(tuple(rows), _expense(total, moment, shop, "shipping"), columns=38)


def postage(moment: dt.datetime, rng: random.Random) -> Receipt:
    """Return the receipt of a post office's counter."""
    shop = invent_shop("post_office", rng)
    pieces = [(name, price, rng.randint(1, 4)) for name, price in rng.sample(_POSTAGE, rng.randint(1, 3))]
    total = sum(price * count for _, price, count in pieces)
    given = -(-total // 1000) * 1000
    rows: list[Row] = [
        Line("領収証書", Align.CENTER, size=2),
        Line("ご利用ありがとうございます", Align.CENTER),
        Gap(),
        Line(shop.name),
        Line(shop.address),
        Line(f"TEL {shop.telephone}"),
        Line(japanese_moment(moment, rng)),
        Rule(),
        *(Pair(f"{name} {count}通", yen(price * count)) for name, price, count in pieces),
        Rule(),
        Pair("小計", yen(total)),
        Pair("課税計(10%)", yen(total)),
        Pair("(内消費税等", f"{yen(total * 10 // 110)})"),
        Pair("合計", yen(total), size=2),
        Pair("お預り金額", yen(given)),
        Pair("おつり", yen(given - total)),
        Line(f"登録番号 {shop.registration}"),
    ]
    return Receipt(tuple(rows), _expense(total, moment, shop, "shipping"), columns=32)


def platform_fee(moment: dt.datetime, rng: random.Random) -> Receipt:
    """Return a platform's invoice for its commission, printed on a sheet."""
    shop = invent_shop("platform", rng)
    sales = rng.randint(30, 900) * 100
    net = sales // 10
    tax = net * 10 // 100
    rows: list[Row] = [
        Line("販売手数料 請求書兼領収書", Align.CENTER, size=2),
        Gap(2),
        Pair("発行日", japanese_moment(moment, rng)),
        Pair("請求番号", f"INV-{rng.randint(10000, 99999)}"),
        Rule("="),
        Pair("販売手数料 (対象売上の10%)", yen(net)),
        Pair("消費税 10%", yen(tax)),
        Rule(),
        Pair("ご請求額", yen(net + tax), size=2),
        Rule("="),
        Line("上記金額を売上金より領収いたしました。"),
        Gap(2),
        Line(shop.name, size=2),
        Line(shop.address),
        Line(f"登録番号 {shop.registration}"),
    ]
    return Receipt(tuple(rows), _expense(net + tax, moment, shop, "fee"), columns=46, stock=Stock.SHEET)
