from __future__ import annotations

from decimal import Decimal

from yorutsuke_pipeline.local_aws.reader.amount import find_amount
from yorutsuke_pipeline.local_aws.reader.items import Item, find_items, sum_of_lines
from yorutsuke_pipeline.local_aws.reader.text_lines import plain_lines


def lines_sum(*texts: str) -> Decimal | None:
    lines = plain_lines(texts)
    total = find_amount(lines)
    return sum_of_lines(find_items(lines, total), lines, total)


def test_goods_are_named_and_priced_without_their_quantities() -> None:
    lines = plain_lines(["小皿五枚組  ¥1,200", "文庫本 2点  ¥440", "合計  ¥1,640"])

    assert find_items(lines, find_amount(lines)) == [
        Item("小皿五枚組", Decimal(1200)),
        Item("文庫本", Decimal(440)),
    ]


def test_whole_yen_at_the_end_of_a_line_are_prices() -> None:
    assert lines_sum("牛乳1L  228軽", "ボールペン  132", "合計  ¥360") == 360


def test_lines_and_the_tax_on_top_of_them_sum_to_the_total() -> None:
    assert lines_sum("Latte  4.75", "Muffin  3.95", "SUBTOTAL  $8.70", "SALES TAX  $0.77", "TOTAL  $9.47") == Decimal(
        "9.47"
    )


def test_a_payout_is_its_sales_less_the_fees() -> None:
    assert (
        lines_sum("文庫本  ¥900", "花瓶  ¥1,600", "売上小計  ¥2,500", "販売手数料  -¥250", "お振込金額  ¥2,250") == 2250
    )


def test_a_total_that_contradicts_lines_and_subtotal_is_shown_by_their_sum() -> None:
    assert lines_sum("小皿  ¥1,200", "文庫本  ¥300", "小計  ¥1,500", "合計  ¥2,500") == 1500


def test_lines_that_nothing_on_the_paper_confirms_are_not_summed() -> None:
    assert lines_sum("小皿  ¥1,200", "文庫本  ¥800", "合計  ¥1,640") is None


def test_no_total_means_no_sum() -> None:
    assert lines_sum("小皿  ¥1,200") is None
