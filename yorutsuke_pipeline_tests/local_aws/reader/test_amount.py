from __future__ import annotations

from decimal import Decimal

import pytest

from yorutsuke_pipeline.local_aws.reader.amount import find_amount
from yorutsuke_pipeline.local_aws.reader.text_lines import plain_lines


def total_of(*lines: str) -> Decimal | None:
    found = find_amount(plain_lines(lines))
    return found.value if found else None


def test_the_total_wins_over_a_larger_sum_of_cash() -> None:
    assert total_of("小計  ¥980", "合計  ¥1,058", "お預り  ¥2,000", "お釣  ¥942") == 1058


def test_the_figure_below_a_lonely_label_belongs_to_it() -> None:
    assert total_of("Amount:", "GBP1.50", "Auth Code : 825559") == Decimal("1.50")


def test_cash_less_change_bears_witness_for_a_total_with_a_poor_label() -> None:
    assert total_of("SUBTOTAL  RM41.45", "CASH  RM51.50", "CHANGE  RM10.05") == Decimal("41.45")


def test_a_total_after_rounding_wins_over_the_one_before() -> None:
    assert total_of("Total Sales (Inclusive GST)  177.22", "Rounding  177.20", "CREDIT  177.20") == Decimal("177.20")


def test_the_table_of_taxes_below_the_receipt_is_no_total() -> None:
    assert total_of("Total  18.00", "GST Summary  Amount  Tax", "SR  16.98  1.02", "Total  16.98  1.02") == Decimal(18)


@pytest.mark.parametrize(
    "label", ["Total Incl. GST@6%", "TOTAL (GST INCL)", "税込合計", "お買上計", "領収金額", "請求金額"]
)
def test_a_total_with_its_tax_is_a_total(label: str) -> None:
    assert total_of("小計  ¥900", f"{label}  ¥990", "内消費税  ¥90") == 990


@pytest.mark.parametrize("line", ["電子マネー残高  ¥8,350", "累計ポイント  8,350", "お釣り  ¥8,350", "小計  ¥8,350"])
def test_a_figure_that_is_labelled_as_something_else_is_never_the_total(line: str) -> None:
    assert total_of("スズランストア", line) is None


@pytest.mark.parametrize(
    "line",
    [
        "T0TAL  12.00",
        "台計  ¥12.00",
        "金  12円也",
        "お支払い  ¥12",
        "駐車料金  12円",
        "Bill Total  12.00",
        "Total To Pay  12.00",
        "Amount Due  $12.00",
        "Net Total  RM12.00",
        "Nett Amount  12.00",
        "總 計  12.00",
        "합계  12",
    ],
)
def test_a_total_is_known_by_many_names(line: str) -> None:
    assert total_of("Tax  1.00", line, "Points  1,200") == 12


def test_a_total_of_nothing_is_no_total() -> None:
    assert total_of("合計  ¥0") is None


def test_larger_glyphs_speak_for_a_figure() -> None:
    from dataclasses import replace  # noqa: PLC0415  # only this test changes a line

    small, large = plain_lines(["金額  ¥500", "金額  ¥700"])
    large = replace(large, pieces=tuple(replace(piece, height=60.0) for piece in large.pieces))

    found = find_amount([large, small, *plain_lines(["担当 佐藤", "またどうぞ"])])

    assert found is not None
    assert found.value == 700
