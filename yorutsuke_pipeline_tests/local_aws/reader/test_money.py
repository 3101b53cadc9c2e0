from __future__ import annotations

from decimal import Decimal

import pytest

from yorutsuke_pipeline.local_aws.reader.money import figures


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("合計  ¥1,280", "1280"),
        ("合計  1, 280円", "1280"),
        ("金額  ¥45,200-", "45200"),
        ("TOTAL  $16.84", "16.84"),
        ("SUMME EUR  7,00", "7.00"),
        ("Total  1.234,56", "1234.56"),
        ("Total  1,234.56", "1234.56"),
        ("TL:RM  28.60", "28.60"),
        ("合計  Y1,280", "1280"),
        ("Rounding  12 .50", "12.50"),
    ],
)
def test_an_amount_is_read_in_its_countrys_notation(text: str, value: str) -> None:
    assert [figure.value for figure in figures(text)] == [Decimal(value)]


@pytest.mark.parametrize(
    "text",
    [
        "2024/05/18 12:34",
        "TEL 03-0123-4567",
        "〒100-0001",
        "登録番号 T1234567890123",
        "************2825",
        "GST ID: 000306020352",
        "消費税 10%",
        "3点",
        "レジ2号",
        "CS00012726",
    ],
)
def test_what_only_looks_like_a_number_is_no_amount(text: str) -> None:
    assert figures(text) == []


@pytest.mark.parametrize("text", ["値引  -102", "返品  ▲1,200", "Discount  -$8.00"])
def test_a_sign_before_the_figure_makes_it_negative(text: str) -> None:
    (figure,) = figures(text)

    assert figure.negative
    assert figure.value > 0


def test_the_mark_of_a_reduced_tax_rate_does_not_hide_a_price() -> None:
    assert [figure.value for figure in figures("おにぎり  *140")] == [Decimal(140)]


def test_the_price_of_one_is_left_out_behind_its_sign() -> None:
    assert [figure.value for figure in figures("@98 x 3点  ¥294")] == [Decimal(294)]
