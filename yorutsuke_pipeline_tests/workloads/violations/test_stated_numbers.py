"""How numbers and dates are read: one meaning for each notation."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.workloads.violations.stated_dates import PartOfDate
from yorutsuke_pipeline.workloads.violations.stated_numbers import read_numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12500", "12500"),
        ("$12,500.00", "12500"),
        ("12.5 thousand", "12500"),
        ("$12.5k", "12500"),
        ("$1.2-million", "1200000"),
        ("$1.2M", "1200000"),
        ("2 hundred thousand", "200000"),
        (".5", "0.5"),
        ("3rd", "3"),
        ("1990s", "1990"),
        ("\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}", "12"),
        ("\N{ARABIC-INDIC DIGIT THREE}", "3"),
        ("three", "3"),
        ("Twenty-First", "21"),
        ("two hundred and fifty", "250"),
        ("one thousand two hundred", "1200"),
        ("one million three hundred thousand and five", "1300005"),
        ("a hundred", "100"),
        ("dozens", "12"),
        ("zero", "0"),
        ("half of", "0.5"),
        ("USD12", "12"),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, value: str) -> None:
    _, numbers = read_numbers(f"They said {text} there.")

    assert [Decimal(value) in number.readings for number in numbers] == [True]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("10-20 feet", [10, 20]),
        ("42 U.S.C. 9603", ["42usc", 9603]),
        ("1.2.3 of H2S", ["1.2.3", "h2s"]),
        ("one or two", [2]),
        ("three four", [3, 4]),
        ("twenty thirty", [20, 30]),
        ("1926.501(b)(1)", [Decimal("1926.501"), 1]),
        ("One of them was first there for a second.", []),
        ("attend to a tender of the often tense seventh-heaven", [7]),
        ("1,2345", [1, 2345]),
        ("It may 5 times march on.", [5]),
    ],
)
def test_numbers_that_stand_side_by_side_are_kept_apart(text: str, values: list[Decimal | str]) -> None:
    _, numbers = read_numbers(text)

    assert [set(number.readings) for number in numbers] == [{value} for value in values]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("March 5, 2024", [PartOfDate(2024, 3, 5)]),
        ("Mar. 5th, 2024", [PartOfDate(2024, 3, 5)]),
        ("MARCH 5 2024", [PartOfDate(2024, 3, 5)]),
        ("5 March 2024", [PartOfDate(2024, 3, 5)]),
        ("the 5th of March, 2024", [PartOfDate(2024, 3, 5)]),
        ("2024-03-05", [PartOfDate(2024, 3, 5)]),
        ("13/3/2024", [PartOfDate(2024, 3, 13)]),
        ("3/13/24", [PartOfDate(2024, 3, 13)]),
        ("May 2024", [PartOfDate(2024, 5, None)]),
        ("March of 2024", [PartOfDate(2024, 3, None)]),
        ("May 5", [PartOfDate(None, 5, 5)]),
        ("in May", [PartOfDate(None, 5, None)]),
    ],
)
def test_a_date_is_read_as_it_is_written(text: str, readings: list[PartOfDate]) -> None:
    dates, numbers = read_numbers(f"It was on or {text}; they came.")

    assert [list(date.readings) for date in dates] == [readings]
    assert numbers == []


@pytest.mark.parametrize("text", ["They may come.", "The March on it", "40/50/2024", "2024-13-01", "May 32"])
def test_what_is_no_date_is_none(text: str) -> None:
    dates, _ = read_numbers(text)

    assert dates == []


# Signs that a pattern takes for letters or digits of its own, and what numbers are made of.
_ODD_SIGNS = (
    "m\N{LATIN SMALL LETTER DOTLESS I}llion thou\N{LATIN SMALL LETTER LONG S}and 9\N{KELVIN SIGN} "
    "\N{ARABIC-INDIC DIGIT TWO}"
)
_PIECES = (
    "12 3,456 7.8 9k .5 1.2.3 2024 31 / - , . : ; ( $ % st th "
    "six hundred and thousand million dozen twenty May MAR. in of the second half"
)
ODD_TEXTS = st.lists(st.sampled_from([*_PIECES.split(), *_ODD_SIGNS.split(), " "])).map("".join)


@given(st.text() | ODD_TEXTS)
def test_any_text_is_read(text: str) -> None:
    dates, numbers = read_numbers(text)

    assert all(date.readings for date in dates)
    assert all(number.readings for number in numbers)


@given(st.integers(min_value=0, max_value=10**14))
def test_a_whole_number_means_itself_with_and_without_commas(value: int) -> None:
    for text in (f"{value}", f"{value:,}", f"${value:,}.00"):
        _, numbers = read_numbers(text)

        assert [set(number.readings) for number in numbers] == [{Decimal(value)}]
