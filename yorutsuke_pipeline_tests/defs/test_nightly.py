"""The nightly schedule: which day it launches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from yorutsuke_pipeline.defs.schedules.nightly import ended_day
from yorutsuke_pipeline_tests.defs.days import definitions, resources, stages_of
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption
from yorutsuke_pipeline_tests.engine.nights import night_of
from yorutsuke_pipeline_tests.engine.test_switch import PAUSE

if TYPE_CHECKING:
    from dagster._core.definitions.schedule_definition import ScheduleExecutionData

    from yorutsuke_pipeline.stages import Stages
    from yorutsuke_pipeline_tests.engine.nights import Night

AT_TWO = datetime(2026, 1, 9, 17, 0, tzinfo=timezone.utc)


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
    assert ended_day(scheduled_at) == date.fromisoformat(day)


def requested(night: Night, at: datetime, stages: Stages | None = None) -> list[tuple[str | None, str | None]]:
    """Return partition and run key of what the schedule requests."""
    data = evaluated(night, at, stages)
    return [(request.partition_key, request.run_key) for request in data.run_requests or ()]


def evaluated(night: Night, at: datetime, stages: Stages | None = None) -> ScheduleExecutionData:
    repository = definitions().get_repository_def()
    schedule = repository.get_schedule_def("nightly")
    context = dg.build_schedule_context(
        scheduled_execution_time=at,
        repository_def=repository,
        resources={**resources(night), "receipts": stages or stages_of(night)},
    )
    return schedule.evaluate_tick(context)


def test_at_two_in_tokyo_the_schedule_requests_the_day_that_ended() -> None:
    schedule = definitions().get_repository_def().get_schedule_def("nightly")

    assert requested(night_of(0), AT_TWO) == [("2026-01-09", "nightly-2026-01-09")]
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Asia/Tokyo")


def test_a_day_in_which_something_waits_again_is_requested_the_next_night() -> None:
    night = night_of(3)
    night.answers["img-2"] = "no receipt at all"
    night.run()

    assert requested(night, AT_TWO + timedelta(days=1)) == [
        ("2026-01-10", "nightly-2026-01-10"),
        ("2026-01-09", "nightly-2026-01-10-again-2026-01-09"),
    ]
    assert requested(night, AT_TWO + timedelta(days=8)) == [("2026-01-17", "nightly-2026-01-17")]


def test_a_day_whose_job_still_runs_is_not_requested_again() -> None:
    night = night_of(3)
    night.submit()

    assert requested(night, AT_TWO + timedelta(days=1)) == [("2026-01-10", "nightly-2026-01-10")]


def test_the_day_that_ended_is_requested_also_while_the_tables_cannot_be_read() -> None:
    calls = Calls(1, Interruption.FAIL_BEFORE)
    night = night_of(3)

    broken = replace(night, pending=calls.watch(night.pending))
    found = requested(night, AT_TWO, stages_of(broken))

    assert calls.was_reached
    assert found == [("2026-01-09", "nightly-2026-01-09")]


def test_while_submission_is_paused_days_are_prepared_under_a_tag_that_says_why() -> None:
    night = night_of(3)
    night.switch.pause(PAUSE)

    (request,) = evaluated(night, AT_TWO).run_requests or ()

    assert (request.partition_key, request.run_key) == ("2026-01-09", "nightly-2026-01-09")
    assert "the prices look odd" in request.tags["yorutsuke/paused"]
    assert requested(night, AT_TWO + timedelta(days=1)) == [("2026-01-09", "nightly-2026-01-10-again-2026-01-09")]


def test_while_submission_is_paused_a_night_with_nothing_waiting_is_skipped_with_the_reason() -> None:
    night = night_of(0)
    night.switch.pause(PAUSE)

    assert "the prices look odd" in str(evaluated(night, AT_TWO).skip_message)


def test_a_switch_that_cannot_be_read_lets_the_run_find_out() -> None:
    night, calls = night_of(3), Calls(1, Interruption.FAIL_BEFORE)
    broken = replace(night, switch=calls.watch(night.switch))

    assert requested(night, AT_TWO, stages_of(broken)) == [("2026-01-09", "nightly-2026-01-09")]
    assert calls.was_reached
