from __future__ import annotations

from decimal import Decimal

import pytest

from yorutsuke_pipeline.local_aws.reader.category import Category, find_category
from yorutsuke_pipeline.local_aws.reader.direction import Direction
from yorutsuke_pipeline.local_aws.reader.items import Item
from yorutsuke_pipeline.local_aws.reader.text_lines import plain_lines


def category_of(
    *lines: str, merchant: str | None = None, goods: tuple[str, ...] = (), direction: Direction = Direction.EXPENSE
) -> Category:
    items = [Item(name, Decimal(100)) for name in goods]
    return find_category(plain_lines(lines), items, merchant, direction)


@pytest.mark.parametrize(
    ("merchant", "category"),
    [
        ("ヤマト運輸", Category.SHIPPING),
        ("東白樺郵便局", Category.SHIPPING),
        ("DHL Express", Category.SHIPPING),
        ("ダンボール工房つつみ", Category.PACKAGING),
        ("OCEAN PACKAGING ENTERPRISE", Category.PACKAGING),
        ("珈琲ひだまり", Category.OTHER),
        ("朝凪第三タクシー", Category.OTHER),
        ("古着屋ナミウチ", Category.PURCHASE),
    ],
)
def test_the_shop_decides_before_its_goods(merchant: str, category: Category) -> None:
    assert category_of("合計  ¥1,280", merchant=merchant, goods=("文庫本",)) is category


def test_an_office_shop_that_sold_mostly_boxes_sold_packaging() -> None:
    goods = ("Shipping Box 12x9", "Bubble Wrap 30ft", "Ballpoint pen")

    assert category_of(merchant="HARBOR OFFICE SUPPLY", goods=goods) is Category.PACKAGING


def test_a_shop_of_everything_is_no_packaging_supplier() -> None:
    assert category_of(merchant="百円雑貨ことり", goods=("OPP袋A4", "緩衝材ロール")) is Category.PURCHASE


def test_a_form_without_goods_says_what_it_is_for() -> None:
    assert category_of("領収書", "但し 運送料 として", merchant="有限会社 山野木工") is Category.SHIPPING


def test_an_invoice_for_commission_is_a_fee() -> None:
    assert category_of("販売手数料 請求書兼領収書", "ご請求額  ¥9,779", merchant="ツキノ市場") is Category.FEE


def test_income_is_a_sale_unless_a_purchase_was_undone() -> None:
    assert category_of("お振込金額  ¥10,960", direction=Direction.INCOME) is Category.SALE
    assert category_of("返金額  ¥4,980", direction=Direction.INCOME) is Category.PURCHASE
