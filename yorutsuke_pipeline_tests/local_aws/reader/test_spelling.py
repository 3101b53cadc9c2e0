from __future__ import annotations

import pytest

from yorutsuke_pipeline.local_aws.reader.spelling import has_kana, one_spelling


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("合计", "合計"),
        ("领収书", "領収書"),
        ("\uffe5\uff11\uff0c\uff12\uff18\uff10", "¥1,280"),
        ("ｶﾌｪ", "カフェ"),
        ("ダンボ一ル", "ダンボール"),
        ("レシ一ト", "レシート"),
        ("1O.5O", "10.50"),
        ("2l/O3/2018", "21/03/2018"),
        ("RMO.00", "RM0.00"),
        ("500 OK", "500 OK"),
        ("  合計   額 ", "合計 額"),
        ("2026–01–09", "2026-01-09"),
    ],
)
def test_a_misread_or_wide_character_is_put_into_the_one_spelling(read: str, meant: str) -> None:
    assert one_spelling(read) == meant


def test_a_dot_that_the_printer_lost_is_put_back_where_it_can_only_be_one() -> None:
    assert one_spelling("80 91", japanese=False) == "80.91"
    assert one_spelling("80 91 SR", japanese=False) == "80 91 SR"
    assert one_spelling("80 91") == "80 91"


def test_a_chinese_page_keeps_its_own_characters() -> None:
    assert one_spelling("欢迎光临", japanese=False) == "欢迎光临"


def test_the_number_one_is_left_alone_outside_katakana() -> None:
    assert one_spelling("第一種定形外") == "第一種定形外"


@pytest.mark.parametrize(
    ("text", "japanese"), [("ありがとう", True), ("ｶﾌｪ", True), ("八方雲集", False), ("TOTAL", False)]
)
def test_kana_tells_japanese_from_chinese(text: str, japanese: bool) -> None:  # noqa: FBT001  # a row of the table
    assert has_kana(text) is japanese
