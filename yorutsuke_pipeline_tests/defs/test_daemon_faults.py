"""Dagster's daemon is down for a day, dies in the middle of a tick, or runs twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from yorutsuke_pipeline.engine.hints import NO_HINTS
from yorutsuke_pipeline.engine.lookout import Lookout
from yorutsuke_pipeline_tests.defs.days import DAY_KEY, completion_resources, definitions, resources, tick
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import FIRST, night_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.engine.watching import Watch
    from yorutsuke_pipeline_tests.engine.nights import Night

AT_TWO = datetime(2026, 1, 9, 17, 0, tzinfo=timezone.utc)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def requested_keys(night: Night, instance: dg.DagsterInstance, watch: Watch | None = None) -> list[str | None]:
    """Return the run keys that a tick of the sensor asks for."""
    given = completion_resources(night)
    given |= {"lookout": Lookout(watch, NO_HINTS, timedelta(0))} if watch is not None else {}
    result = tick("batch_completion", given, instance=instance)
    return [request.run_key for request in result.run_requests or ()]


def ended(count: int = 3) -> Night:
    night = night_of(count)
    night.submit()
    night.end_jobs()
    return night


@pytest.mark.parametrize("call", ["get", "save_job"])
def test_a_sensor_that_is_killed_at_a_call_is_made_up_for_by_its_next_tick(
    instance: dg.DagsterInstance, call: str
) -> None:
    night, undisturbed, counting = ended(), ended(), Calls()
    requested_keys(undisturbed, instance, undisturbed.stages(counting.watch).watch)
    killed = Calls(counting.number_of(call), Interruption.KILL)

    with pytest.raises(Killed):
        requested_keys(night, instance, night.stages(killed.watch).watch)

    assert requested_keys(night, instance) == [f"{FIRST}:0"]


def test_two_sensors_at_once_ask_for_one_run(instance: dg.DagsterInstance) -> None:
    night = ended()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: requested_keys(night, instance), range(2))

    # Dagster launches a run key once.
    assert set(first) | set(second) == {f"{FIRST}:0"}
    night.run()
    check_settled(night)


def test_a_job_that_ended_while_the_daemon_was_down_for_a_day_is_brought_home(instance: dg.DagsterInstance) -> None:
    night = ended()
    night.clock.advance(timedelta(days=1))

    assert requested_keys(night, instance) == [f"{FIRST}:0"]


def test_a_night_that_the_daemon_slept_through_is_requested_in_the_next() -> None:
    night = night_of(3)
    repository = definitions().get_repository_def()
    context = dg.build_schedule_context(
        scheduled_execution_time=AT_TWO + timedelta(days=1),
        repository_def=repository,
        resources=resources(night),
    )

    data = repository.get_schedule_def("nightly").evaluate_tick(context)

    assert [request.partition_key for request in data.run_requests or ()] == ["2026-01-10", DAY_KEY]
