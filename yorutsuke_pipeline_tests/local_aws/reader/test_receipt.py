from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from yorutsuke_pipeline.local_aws.reader.receipt import Reading, Unreadable, read_receipt, understand
from yorutsuke_pipeline.local_aws.reader.recognition import TextBox
from yorutsuke_pipeline.local_aws.reader.text_lines import plain_lines
from yorutsuke_pipeline_tests.local_aws.reader.papers import ABROAD, JAPANESE, Paper


@pytest.mark.parametrize("paper", [*JAPANESE, *ABROAD], ids=lambda paper: paper.name)
def test_a_paper_is_read_as_a_person_reads_it(paper: Paper) -> None:
    reading = understand(plain_lines(paper.lines))

    assert isinstance(reading, Reading)
    assert (reading.amount, str(reading.date), reading.merchant, reading.currency, reading.direction.value) == (
        Decimal(paper.amount),
        paper.date,
        paper.merchant,
        paper.currency,
        paper.type,
    )


def test_a_total_that_is_torn_off_is_not_invented_from_the_goods() -> None:
    reading = understand(
        plain_lines(["スーパーまつかぜ", "TEL 03-0123-4567", "2024年5月1日 10:20", "木綿豆腐  ¥78", "たまご  ¥258"])
    )

    assert isinstance(reading, Reading)
    assert reading.amount is None
    assert reading.date == dt.date(2024, 5, 1)


def test_text_that_is_no_receipt_is_unreadable_with_its_reason() -> None:
    reading = understand(plain_lines(["EMERGENCY EXIT", "Push the bar", "Alarm will sound"]))

    assert isinstance(reading, Unreadable)
    assert "neither a total nor a date" in reading.reason


def test_a_picture_without_text_is_unreadable() -> None:
    assert read_receipt([]) == Unreadable("no text could be found in the picture")


def test_text_that_was_read_without_confidence_is_not_believed() -> None:
    corners = ((0.0, 0.0), (80.0, 0.0), (80.0, 20.0), (0.0, 20.0))
    faint = [TextBox(text, 0.52, corners) for text in ("合計", "¥1,280", "2024/05/01", "店")]

    reading = read_receipt(faint)

    assert isinstance(reading, Unreadable)
    assert "faint" in reading.reason


def test_a_long_list_of_goods_is_described_by_the_first_three_and_a_count() -> None:
    goods = [f"品物{letter}  ¥{100 + index}" for index, letter in enumerate("ABCDE")]
    reading = understand(plain_lines(["雑貨店 ひなた", "2024/05/01", *goods, "合計  ¥510"]))

    assert isinstance(reading, Reading)
    assert reading.description == "品物A, 品物B, 品物C 他2点"
