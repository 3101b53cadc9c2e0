"""The job stop_jobs: a day's open jobs are stopped from the UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.defs.stop_jobs import STOP_JOBS
from yorutsuke_pipeline_tests.defs.days import DAY_KEY, definitions, stages_of
from yorutsuke_pipeline_tests.engine.nights import DAY, night_of

if TYPE_CHECKING:
    import dagster as dg

    from yorutsuke_pipeline_tests.engine.nights import Night


def stopped(night: Night) -> dg.ExecuteInProcessResult:
    job = definitions().resolve_job_def(STOP_JOBS)
    given = {"receipts": stages_of(night)}
    return job.execute_in_process(partition_key=DAY_KEY, resources=given, raise_on_error=False)


def test_every_open_job_of_the_day_is_stopped() -> None:
    night = night_of(8)
    night.submit()

    result = stopped(night)

    assert result.success
    assert {state.status for state in night.service.states.values()} == {"Stopping"}


def test_what_could_not_be_stopped_makes_the_run_fail_with_the_reason() -> None:
    night = night_of(3)
    night.stages().manifest.write(DAY)

    result = stopped(night)

    failure = result.failure_data_for_node("stop_open_jobs")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert "it is not submitted" in str(failure.user_failure_data.description)


def test_a_day_that_is_asked_on_demand_is_no_failure_and_the_run_says_what_stops_it() -> None:
    night = night_of(2)
    night.stages().manifest.write(DAY)

    result = stopped(night)

    assert result.success
    (output,) = [event.step_output_data for event in result.all_events if event.is_successful_output]
    assert "yorutsuke pause" in str(output.metadata["jobs"].value)


def test_a_day_without_open_jobs_is_green() -> None:
    assert stopped(night_of(0)).success
