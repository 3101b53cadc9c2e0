"""A day is Tokyo's, whatever the machine's clock thinks."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.days import FIRST_DAY, LAST_DAY, day_bounds, day_of, parse_day, parse_utc, utc_text


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-09T14:59:59.999Z", date(2026, 1, 9)),
        ("2026-01-09T15:00:00Z", date(2026, 1, 10)),
        ("2024-02-28T15:00:00Z", date(2024, 2, 29)),
        ("2024-02-29T15:00:00Z", date(2024, 3, 1)),
        ("2026-03-29T02:30:00+01:00", date(2026, 3, 29)),
    ],
    ids=["last instant", "midnight in Tokyo", "into leap day", "out of leap day", "DST change in Europe"],
)
def test_a_moment_lies_in_the_day_that_tokyo_has(moment: str, day: date) -> None:
    assert day_of(parse_utc(moment)) == day


@given(st.dates(date(1952, 1, 1), date(2999, 12, 30)))
def test_a_days_edges_belong_to_it_and_to_the_next(day: date) -> None:
    start, end = day_bounds(day)

    assert end - start == timedelta(hours=24)
    assert day_of(start) == day
    assert day_of(end - timedelta(microseconds=1)) == day
    assert day_of(end) == day + timedelta(days=1)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        day_of(datetime(2026, 1, 9))  # noqa: DTZ001 — what is refused
    with pytest.raises(ValueError, match="no time zone"):
        parse_utc("2026-01-09T00:00:00")


@pytest.mark.parametrize(
    "text", ["", "2026-1-9", "20260109", "2026-W02-5", "2026-02-30", "令和8年1月9日", "2026-01-09 "]
)
def test_a_day_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match="write YYYY-MM-DD"):
        parse_day(text)


@pytest.mark.parametrize("text", ["0001-01-01", "0001-12-31", "9999-01-01", "9999-12-31"])
def test_a_day_at_the_edge_of_the_calendar_which_may_have_no_edges_of_its_own_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"'{text}' is outside"):
        parse_day(text)


@given(st.dates(FIRST_DAY, LAST_DAY))
def test_a_day_survives_writing_and_reading(day: date) -> None:
    assert parse_day(day.isoformat()) == day


@given(st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(timezone.utc)))  # noqa: DTZ001 — bounds
def test_a_time_survives_writing_and_reading_to_the_millisecond(moment: datetime) -> None:
    text = utc_text(moment)

    assert text.endswith("Z")
    assert abs(parse_utc(text) - moment) < timedelta(milliseconds=1)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(timezone.utc)),  # noqa: DTZ001 — bounds
    st.timezones(no_cache=True),
)
def test_a_moment_lies_in_one_day_whatever_zone_and_summer_time_it_is_told_in(moment: datetime, zone: tzinfo) -> None:
    assert day_of(moment.astimezone(zone)) == day_of(moment)
    assert utc_text(moment.astimezone(zone)) == utc_text(moment)


@given(st.text("0123456789-WT:Z+ ０１", max_size=12) | st.dates().map(lambda day: f"{day:%Y-%m-%d}"))
def test_any_text_is_a_day_that_is_written_so_or_no_day(text: str) -> None:
    try:
        assert parse_day(text).isoformat() == text
    except ValueError as error:
        assert repr(text) in str(error)  # noqa: PT017 — both ways are right


@given(st.text(max_size=40) | st.just("0001-01-01T00:00:00+14:00"))
def test_any_text_is_a_time_or_a_value_error(text: str) -> None:
    try:
        assert parse_utc(text).tzinfo is timezone.utc
    except ValueError as error:
        assert str(error)  # noqa: PT017 — both ways are right
