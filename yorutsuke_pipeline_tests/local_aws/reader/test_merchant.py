from __future__ import annotations

from dataclasses import replace

import pytest

from yorutsuke_pipeline.local_aws.reader.merchant import find_merchant
from yorutsuke_pipeline.local_aws.reader.text_lines import TextLine, plain_lines


def enlarged(line: TextLine, height: float = 50.0) -> TextLine:
    return replace(line, pieces=tuple(replace(piece, height=height) for piece in line.pieces))


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["スズランストア", "駅前店", "TEL 03-0123-4567"], "スズランストア"),
        (["領収書", "夜付商店  様", "株式会社 北斗商会", "東京都千代田区1-2-3"], "株式会社 北斗商会"),
        (["tan mei", "CAHAYA ENTERPRISE", "(JM0517726)", "NO.12, JALAN MAWAR"], "CAHAYA ENTERPRISE"),
        (
            ["GARDEN BREAD (KL) SDN BHD (139386 X)", "LOT 3", "BILL TO: FRESH MARKET SDN BHD"],
            "GARDEN BREAD (KL) SDN BHD",
        ),
        (["☆  Rose Street  ☆", "VAT No: 663758203"], "Rose Street"),
        (["加盟店名:ひいらぎ燃料", "ご利用日:2024/02/29"], "ひいらぎ燃料"),
        (["SUN VICTORY SON BHD", "Level G2"], "SUN VICTORY SDN BHD"),
        (["領収書", "ツキノ市場", "登録番号 T2945489370342"], "ツキノ市場"),
    ],
)
def test_the_issuer_is_found_among_what_surrounds_it(lines: list[str], name: str) -> None:
    assert find_merchant(plain_lines(lines)) == name


def test_a_suffix_on_the_next_line_belongs_to_the_name() -> None:
    assert find_merchant(plain_lines(["MAWAR BOOKSTORES", "SDN BHD", "Tel: 03-1234567"])) == "MAWAR BOOKSTORES SDN BHD"


def test_a_logo_over_two_lines_is_one_name() -> None:
    lines = plain_lines(["WHOLE", "GREEN", "1675 Robson Street", "Apples  5.69", "Bread  3.50", "Total  9.19"])
    lines[:2] = [enlarged(line) for line in lines[:2]]

    assert find_merchant(lines) == "WHOLE GREEN"


def test_a_page_of_figures_and_greetings_names_nobody() -> None:
    assert find_merchant(plain_lines(["領収書", "合計  ¥1,280", "ありがとうございました"])) is None


def test_an_empty_page_names_nobody() -> None:
    assert find_merchant([]) is None
