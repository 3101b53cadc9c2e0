"""The completion sensor: when it launches, under which key, and when it leaves a day alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from yorutsuke_pipeline.defs.jobs import INTENT_TAG
from yorutsuke_pipeline.defs.sensors.completion import MOST_FAILURES
from yorutsuke_pipeline.engine.lookout import Lookout
from yorutsuke_pipeline_tests.defs.days import DAY_KEY, completion_resources, tick
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, night_of, with_quotas
from yorutsuke_pipeline_tests.engine.test_switch import PAUSE
from yorutsuke_pipeline_tests.fakes.hint_queue import FakeHintQueue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagster._core.definitions.sensor_definition import SensorExecutionData  # exported nowhere else

    from yorutsuke_pipeline_tests.engine.nights import Night


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def _tick(night: Night, instance: dg.DagsterInstance) -> SensorExecutionData:
    return tick("batch_completion", completion_resources(night), instance=instance)


def _requests(result: SensorExecutionData) -> list[dg.RunRequest]:
    return list(result.run_requests or ())


def _a_run(instance: dg.DagsterInstance, job: str, status: dg.DagsterRunStatus, **tags: str) -> None:
    run = dg.DagsterRun(job_name=job, status=status, tags={"dagster/partition": DAY_KEY, **tags})
    instance.add_run(run)


def test_without_an_open_intent_there_is_nothing_to_do(instance: dg.DagsterInstance) -> None:
    result = _tick(night_of(0), instance)

    assert (_requests(result), result.skip_message) == ([], "no intent is open")


def test_a_job_that_still_runs_is_waited_for(instance: dg.DagsterInstance) -> None:
    night = night_of(3)
    night.submit()

    result = _tick(night, instance)

    assert _requests(result) == []


def test_an_ended_job_launches_the_second_half_of_its_day_once(instance: dg.DagsterInstance) -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()

    first, second = _tick(night, instance), _tick(night, instance)

    (request,) = _requests(first)
    assert (request.job_name, request.partition_key, request.run_key) == ("ingest_results", DAY_KEY, f"{FIRST}:0")
    assert [again.run_key for again in _requests(second)] == [request.run_key]


def test_a_changed_status_is_observed_on_the_job_of_its_day(instance: dg.DagsterInstance) -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()

    result = _tick(night, instance)

    (observation,) = result.asset_events or ()
    assert isinstance(observation, dg.AssetObservation)
    assert (observation.asset_key, observation.partition) == (dg.AssetKey("bedrock_job"), DAY_KEY)


def test_an_ingest_that_failed_is_launched_again_under_a_new_key_until_a_person_must_look(
    instance: dg.DagsterInstance,
) -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()

    keys = []
    for _ in range(MOST_FAILURES + 1):
        keys.append([request.run_key for request in _requests(_tick(night, instance))])
        _a_run(instance, "ingest_results", dg.DagsterRunStatus.FAILURE, **{INTENT_TAG: FIRST})

    assert keys == [[f"{FIRST}:0"], [f"{FIRST}:1"], [f"{FIRST}:2"], []]


def test_a_day_with_a_run_under_way_is_left_alone(instance: dg.DagsterInstance) -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()
    _a_run(instance, "ingest_results", dg.DagsterRunStatus.STARTED)

    assert _requests(_tick(night, instance)) == []


def test_a_run_that_dagster_starts_again_by_itself_is_not_launched_a_second_time(instance: dg.DagsterInstance) -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()
    _a_run(instance, "ingest_results", dg.DagsterRunStatus.FAILURE, **{"dagster/will_retry": "true"})

    assert _requests(_tick(night, instance)) == []

    (failed,) = instance.get_runs()
    instance.add_run_tags(failed.run_id, {"dagster/auto_retry_run_id": "the run that has failed since"})
    assert [request.job_name for request in _requests(_tick(night, instance))] == ["ingest_results"]


@pytest.mark.parametrize("job", ["submit_batch", "__ASSET_JOB"])
def test_jobs_that_found_no_slot_are_submitted_again_when_their_submission_ended_well(
    instance: dg.DagsterInstance, job: str
) -> None:
    night = night_of(8, policy=with_quotas(running_jobs=1))
    night.submit()
    night.end_jobs()
    _a_run(instance, job, dg.DagsterRunStatus.SUCCESS)
    _a_run(instance, "ingest_results", dg.DagsterRunStatus.FAILURE)

    (request,) = _requests(_tick(night, instance))

    assert (request.job_name, request.partition_key) == ("submit_batch", DAY_KEY)


def test_no_run_is_launched_for_jobs_that_would_find_no_slot(instance: dg.DagsterInstance) -> None:
    night = night_of(8, policy=with_quotas(running_jobs=1))
    night.submit()
    _a_run(instance, "submit_batch", dg.DagsterRunStatus.SUCCESS)

    result = _tick(night, instance)

    assert _requests(result) == []
    assert "1 jobs wait for a free slot" in str(result.skip_message)


def test_what_waits_to_be_asked_on_demand_needs_no_slot(instance: dg.DagsterInstance) -> None:
    night = night_of(2, policy=with_quotas(running_jobs=1))
    night.stages().manifest.write(DAY)
    _a_run(instance, "__ASSET_JOB", dg.DagsterRunStatus.SUCCESS)

    (request,) = _requests(_tick(night, instance))

    assert request.job_name == "submit_batch"


def test_a_free_slot_goes_to_the_oldest_of_the_days_that_wait(instance: dg.DagsterInstance) -> None:
    night = night_of(3, policy=with_quotas(running_jobs=1))
    later = date(2026, 1, 10)
    for number in range(3):
        night.arrive(f"late-{number}", pendingDate=later.isoformat())
    for day in (later, DAY):
        night.stages().manifest.write(day)
        _a_run(instance, "submit_batch", dg.DagsterRunStatus.SUCCESS, **{"dagster/partition": day.isoformat()})

    requests = _requests(_tick(night, instance))

    assert [request.partition_key for request in requests] == [DAY_KEY]


def test_a_day_that_will_never_find_a_slot_is_launched_to_say_so_and_holds_up_no_other(
    instance: dg.DagsterInstance,
) -> None:
    night = night_of(8, policy=with_quotas(running_jobs=1))
    night.submit()
    night.policy = with_quotas(running_jobs=0)
    _a_run(instance, "submit_batch", dg.DagsterRunStatus.SUCCESS)

    (request,) = _requests(_tick(night, instance))

    assert request.job_name == "submit_batch"


class _Sensor:
    """The sensor with an events queue and its cursor: a tick every 30 seconds, a poll every 5 minutes."""

    def __init__(self, night: Night, instance: dg.DagsterInstance) -> None:
        self.queue = FakeHintQueue()
        self.cursor: str | None = None
        self._night, self._instance = night, instance
        self._lookout = Lookout(night.stages().watch, self.queue, timedelta(minutes=5))

    def tick(self) -> list[str | None]:
        """Evaluate it; return the run keys that it asks for."""
        given = {**completion_resources(self._night), "lookout": self._lookout}
        ticked = tick("batch_completion", given, instance=self._instance, cursor=self.cursor)
        self.cursor = ticked.cursor
        self._night.clock.advance(timedelta(seconds=30))
        return [request.run_key for request in ticked.run_requests or ()]


def test_with_events_an_ended_job_is_picked_up_at_the_next_tick(instance: dg.DagsterInstance) -> None:
    night = night_of(3)
    night.submit()
    sensor = _Sensor(night, instance)
    sensor.tick()
    night.end_jobs()

    sensor.queue.tell(night.service.states)

    assert sensor.tick() == [f"{FIRST}:0"]


def test_when_the_event_is_lost_it_is_picked_up_at_the_next_poll(instance: dg.DagsterInstance) -> None:
    night = night_of(3)
    night.submit()
    sensor = _Sensor(night, instance)
    sensor.tick()
    night.end_jobs()

    ticks = [sensor.tick() for _ in range(10)]

    assert ticks == [[]] * 9 + [[f"{FIRST}:0"]]


@pytest.mark.parametrize("cursor", ["yesterday", "{}", "2026-01-09"])
def test_a_cursor_that_is_not_ours_means_to_poll(instance: dg.DagsterInstance, cursor: str) -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()
    sensor = _Sensor(night, instance)
    sensor.cursor = cursor

    assert sensor.tick() == [f"{FIRST}:0"]


def test_while_submission_is_paused_nothing_is_submitted_again_and_the_tick_says_why(
    instance: dg.DagsterInstance,
) -> None:
    night = night_of(3)
    night.switch.pause(PAUSE)
    night.submit()
    _a_run(instance, "submit_batch", dg.DagsterRunStatus.SUCCESS)

    paused = _tick(night, instance)
    night.switch.resume()
    resumed = _tick(night, instance)

    assert _requests(paused) == []
    assert "the prices look odd" in str(paused.skip_message)
    assert [(request.job_name, request.partition_key) for request in _requests(resumed)] == [("submit_batch", DAY_KEY)]


def test_while_submission_is_paused_answers_are_still_brought_home(instance: dg.DagsterInstance) -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()
    night.switch.pause(PAUSE)

    assert [request.job_name for request in _requests(_tick(night, instance))] == ["ingest_results"]


def test_a_pause_that_cannot_be_read_holds_up_submissions_and_no_answers(instance: dg.DagsterInstance) -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()
    night.arrive("late", pendingDate="2026-01-10")
    night.stages().manifest.write(date(2026, 1, 10))
    calls = Calls(1, Interruption.FAIL_BEFORE)
    night.switch = calls.watch(night.switch)

    assert [request.job_name for request in _requests(_tick(night, instance))] == ["ingest_results"]
    assert calls.was_reached
