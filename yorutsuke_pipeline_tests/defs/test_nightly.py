"""The nightly schedule: which day it launches."""

from __future__ import annotations

from datetime import datetime, timezone

import dagster as dg
import pytest

from yorutsuke_pipeline.defs.schedules.nightly import ended_day
from yorutsuke_pipeline_tests.defs.days import definitions


@pytest.mark.parametrize(
    ("scheduled_at", "day"),
    [
        (datetime(2026, 1, 9, 17, 0, tzinfo=timezone.utc), "2026-01-09"),
        (datetime(2026, 1, 9, 16, 59, tzinfo=timezone.utc), "2026-01-09"),
        (datetime(2024, 2, 29, 17, 0, tzinfo=timezone.utc), "2024-02-29"),
        (datetime(2026, 1, 1, 14, 59, tzinfo=timezone.utc), "2025-12-31"),
    ],
)
def test_the_day_that_ended_in_tokyo_is_launched_wherever_the_clock_stands(scheduled_at: datetime, day: str) -> None:
    assert ended_day(scheduled_at) == day


def test_at_two_in_tokyo_the_schedule_requests_the_day_that_ended() -> None:
    repository = definitions().get_repository_def()
    schedule = repository.get_schedule_def("nightly")
    at_two = datetime(2026, 1, 9, 17, 0, tzinfo=timezone.utc)
    context = dg.build_schedule_context(scheduled_execution_time=at_two, repository_def=repository)

    data = schedule.evaluate_tick(context)

    assert data.run_requests is not None
    (request,) = data.run_requests
    assert (request.partition_key, request.run_key) == ("2026-01-09", "nightly-2026-01-09")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Asia/Tokyo")
