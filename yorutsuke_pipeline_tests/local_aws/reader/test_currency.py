from __future__ import annotations

import pytest

from yorutsuke_pipeline.local_aws.reader.currency import find_currency
from yorutsuke_pipeline.local_aws.reader.text_lines import plain_lines


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["スズランストア", "合計  ¥1,280"], "JPY"),
        (["Dark Roast", "TOTAL  $16.84", "San Francisco, CA 94122"], "USD"),
        (["GST# 895588788RT0001", "TOTAL  $10.83", "Vancouver BC"], "CAD"),
        (["TOTAL  RM 45.00", "GST @6%"], "MYR"),
        (["TOTAL  £4.95"], "GBP"),
        (["TOTAL TTC  16,00 €"], "EUR"),
        (["TOTAL  S$10.69", "Singapore 238801"], "SGD"),
        (["九龍中心", "總計  $39.00", "HK$"], "HKD"),
        (["TOTAL  16.84", "TAX  1.10"], "USD"),
        (["合計  1280"], "JPY"),
    ],
)
def test_signs_and_places_tell_the_currency(lines: list[str], code: str) -> None:
    assert find_currency(plain_lines(lines)) == code


def test_foreign_goods_do_not_make_a_japanese_receipt_foreign() -> None:
    lines = ["カフェ木もれ日", "London Fog £風ラテ  ¥560", "New York チーズケーキ  ¥520", "合計  ¥1,080"]

    assert find_currency(plain_lines(lines)) == "JPY"
