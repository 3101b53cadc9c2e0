"""The one partition of everything: days in Asia/Tokyo."""

from datetime import date

import dagster as dg

from yorutsuke_pipeline.engine.days import TOKYO


def build_days(first_day: date) -> dg.DailyPartitionsDefinition:
    """Return the days from `first_day` up to and including today, whose receipts can be processed at any time."""
    return dg.DailyPartitionsDefinition(start_date=first_day.isoformat(), timezone=str(TOKYO), end_offset=1)
