"""The partition: a calendar day in Asia/Tokyo, and its edges in UTC.

Japan has had no daylight saving time since 1951, so a day is always 24 hours here, whatever the
clocks of the machine do.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
# What can be named: without the first year and the last, so that a day's edges in UTC, and the days that are counted
# from it, are in the calendar too.
FIRST_DAY, LAST_DAY = date(2, 1, 1), date(9998, 12, 31)


def day_of(moment: datetime) -> date:
    """Return the Tokyo day in which an aware `moment` lies.

    Raises:
        ValueError: `moment` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone: say which, for instance +00:00")
    return moment.astimezone(TOKYO).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first instant of `day` in Tokyo and that of the next day, both in UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=TOKYO).astimezone(timezone.utc)
    return start, start + timedelta(days=1)


def parse_day(text: str) -> date:
    """Read a day written as YYYY-MM-DD.

    Raises:
        ValueError: It is no such day, or not from FIRST_DAY to LAST_DAY; the message quotes it.
    """
    problem = f"{text!r} is no day: write YYYY-MM-DD, for instance 2026-01-09"
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(problem) from error
    if day.isoformat() != text:
        # From Python 3.11 on, 20260109 and 2026-W02-5 would be taken as well.
        raise ValueError(problem)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{text!r} is outside of what can be named: {FIRST_DAY} to {LAST_DAY}")
    return day


def tokyo_minute(moment: datetime) -> str:
    """Write an aware `moment` as a person is told it: in Tokyo, to the minute, `2026-01-10 02:00`."""
    return f"{moment.astimezone(TOKYO):%Y-%m-%d %H:%M}"


def utc_text(moment: datetime) -> str:
    """Write an aware `moment` as ISO 8601 in UTC with milliseconds: `2026-01-09T03:00:00.000Z`."""
    text = moment.astimezone(timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def parse_utc(text: str) -> datetime:
    """Read an ISO 8601 time that names its zone (`Z` or an offset).

    Raises:
        ValueError: It is no time, or names no zone.
    """
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone: end it in Z or an offset")
    try:
        return moment.astimezone(timezone.utc)
    except OverflowError as error:
        raise ValueError(f"{text!r} is outside of the calendar") from error
