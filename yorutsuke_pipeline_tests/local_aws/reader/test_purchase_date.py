from __future__ import annotations

import pytest

from yorutsuke_pipeline.local_aws.reader.purchase_date import find_date
from yorutsuke_pipeline.local_aws.reader.text_lines import plain_lines


def day_of(*lines: str, currency: str = "JPY") -> str | None:
    day = find_date(plain_lines(lines), currency)
    return day.isoformat() if day else None


@pytest.mark.parametrize(
    "text",
    [
        "2026年1月9日(金) 10:15",
        "2026年 1月 9日",
        "2026/01/09",
        "2026-1-9",
        "2026.01.09 10:15",
        "令和8年1月9日",
        "令和  8  年1月9日",
        "R8.1.9 12:53",
        "R08/01/09",
        "26/01/09 10:15",
        "26年1月9日",
        "\uff12\uff10\uff12\uff16\uff0f\uff10\uff11\uff0f\uff10\uff19",  # full width
        "20260109",
    ],
)
def test_japanese_writings_of_one_day_mean_that_day(text: str) -> None:
    assert day_of(text) == "2026-01-09"


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("9 Jan 2026", "GBP"),
        ("09-Jan-26 03:17 PM", "MYR"),
        ("Jan 9, 2026", "USD"),
        ("09/01/2026", "MYR"),
        ("9.1.2026", "EUR"),
        ("01/09/2026", "USD"),
        ("01/09/26", "USD"),
        ("09-01-202612:07:10", "MYR"),
        ("Friday, 9 January, 2026 5:26 PM", "MYR"),
    ],
)
def test_western_writings_of_one_day_mean_that_day(text: str, currency: str) -> None:
    assert day_of(text, currency=currency) == "2026-01-09"


def test_the_first_year_of_an_era_has_a_name() -> None:
    assert day_of("令和元年5月1日") == "2019-05-01"


def test_a_date_that_can_only_be_read_one_way_tells_the_order_of_the_others() -> None:
    assert day_of("Date 03/04/2019 10:00", "Exit 28/04/2019", currency="USD") == "2019-04-03"


def test_an_impossible_month_is_taken_for_the_day() -> None:
    assert day_of("05/28/2018", currency="GBP") == "2018-05-28"


@pytest.mark.parametrize("line", ["有効期限 2027/12/31", "VALID UNTIL 2027-12-31", "次回点検 2027年12月31日"])
def test_the_date_of_something_else_is_not_the_purchases(line: str) -> None:
    assert day_of(line, "2026/01/09 10:15") == "2026-01-09"


def test_an_address_is_no_date() -> None:
    assert day_of("東京都千代田区朝凪5-12-15") is None


@pytest.mark.parametrize("text", ["1月9日", "2026/02/30", "10:15", "03-0123-4567", "2026"])
def test_what_is_no_whole_date_is_not_completed(text: str) -> None:
    assert day_of(text) is None
