"""The sensor of failed days: who is told of which failed runs, in which words, and that nothing told is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from yorutsuke_pipeline.defs.jobs import INTENT_TAG
from yorutsuke_pipeline.defs.sensors.completion import MOST_FAILURES
from yorutsuke_pipeline.defs.stop_jobs import STOP_JOBS
from yorutsuke_pipeline.engine.errors import TransientError
from yorutsuke_pipeline_tests.cli.night_product import product_of
from yorutsuke_pipeline_tests.defs.days import DAY_KEY, definitions, materialize, stages_of, tick
from yorutsuke_pipeline_tests.defs.violations import Register
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of
from yorutsuke_pipeline_tests.fakes.alert_channel import FakeAlertChannel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.engine.alerts import Alert

PARTITION = {"dagster/partition": DAY_KEY}


@dataclass
class Sensor:
    """The sensor over an instance and a night's fakes, with its cursor; the first tick is behind it."""

    instance: dg.DagsterInstance
    night: Night = field(default_factory=lambda: night_of(0))
    channel: FakeAlertChannel = field(default_factory=FakeAlertChannel)
    cursor: str | None = None

    def __post_init__(self) -> None:
        if self.cursor is None:
            self.tick()

    def tick(self) -> list[Alert]:
        """Evaluate it; return what was told."""
        told_before = len(self.channel.sent)
        given = {"product": product_of(self.night), "alert_channel": self.channel}
        self.cursor = tick("failed_days", given, instance=self.instance, cursor=self.cursor).cursor
        return self.channel.sent[told_before:]

    def fail(self, job: str, **tags: str) -> dg.DagsterRun:
        """Let a run of the day fail before any of its steps."""
        return failed_run(self.instance, job, {**PARTITION, **tags})


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture
def sensor(instance: dg.DagsterInstance) -> Sensor:
    return Sensor(instance)


def failed_run(instance: dg.DagsterInstance, job: str, tags: dict[str, str]) -> dg.DagsterRun:
    run = instance.add_run(dg.DagsterRun(job_name=job, status=dg.DagsterRunStatus.STARTED, tags=tags))
    instance.report_run_failed(run)
    return run


def submitted() -> Night:
    night = night_of(3)
    night.submit()
    return night


def test_the_message_has_the_failed_steps_own_words_the_day_and_the_command(sensor: Sensor) -> None:
    night = submitted()
    night.end_jobs()
    (job_id,) = night.service.states
    night.service.end(job_id, "Failed", message="model is gone")
    failed = materialize(night, "raw_output", "transactions", "archived_images", instance=sensor.instance)

    (alert,) = sensor.tick()

    assert alert.subject == f"{DAY_KEY} failed"
    assert f"archived_images: {FIRST}-001-dev Failed: model is gone." in alert.text
    assert alert.text.count(f"yorutsuke retry-failed --from {DAY_KEY} --to {DAY_KEY}\n") == 1
    assert failed.run_id in alert.text


def test_of_a_foreign_error_only_its_kind_is_told(sensor: Sensor) -> None:
    @dg.op
    def reads_a_receipt() -> None:
        raise LookupError("1,500 yen at the corner shop")

    @dg.job
    def broken() -> None:
        reads_a_receipt()

    broken.execute_in_process(instance=sensor.instance, raise_on_error=False, tags=PARTITION)

    (alert,) = sensor.tick()

    assert "reads_a_receipt: LookupError\n" in alert.text
    assert f"yorutsuke retry-failed --from {DAY_KEY} --to {DAY_KEY}\n" in alert.text
    assert "corner shop" not in alert.text


def test_reasons_that_would_burst_a_message_are_cut(sensor: Sensor) -> None:
    @dg.op
    def talks() -> None:
        raise dg.Failure("x" * 10_000)

    @dg.job
    def long_winded() -> None:
        talks()

    long_winded.execute_in_process(instance=sensor.instance, raise_on_error=False, tags=PARTITION)

    (alert,) = sensor.tick()

    assert len(alert.text) < 1_300
    assert "yorutsuke retry-failed" in alert.text


@pytest.mark.parametrize(("job", "words"), [("submit_batch", "submit_batch"), ("__ASSET_JOB", "A materialization")])
def test_a_run_of_a_job_or_from_the_ui_is_told_of_each_time_and_once(sensor: Sensor, job: str, words: str) -> None:
    sensor.fail(job)
    first = sensor.tick()
    sensor.fail(job)
    second, third = sensor.tick(), sensor.tick()

    assert [alert.text.startswith(f"{words} of {DAY_KEY} failed.") for alert in (*first, *second)] == [True, True]
    assert third == []


def test_sixty_days_that_fail_ring_once(sensor: Sensor) -> None:
    for _ in range(60):
        sensor.fail("submit_batch")

    (message,) = sensor.tick()

    assert message.subject == f"{DAY_KEY} failed, and 59 more"
    assert message.text.endswith("And 10 more: the failed runs in Dagster")
    assert sensor.tick() == []


def test_more_failures_than_a_tick_looks_at_are_told_with_the_next(sensor: Sensor) -> None:
    for _ in range(201):
        sensor.fail("submit_batch")

    subjects = [alert.subject for alert in (*sensor.tick(), *sensor.tick(), *sensor.tick())]

    assert subjects == [f"{DAY_KEY} failed, and 199 more", f"{DAY_KEY} failed"]


def test_what_could_not_be_told_is_told_when_the_topic_is_back(sensor: Sensor) -> None:
    first = sensor.fail("submit_batch")
    sensor.channel.error = TransientError("no answer")
    assert sensor.tick() == []

    sensor.channel.error = None
    second = sensor.fail("submit_batch")
    (message,) = sensor.tick()

    assert first.run_id in message.text
    assert second.run_id in message.text
    assert sensor.tick() == []


def test_what_failed_before_the_sensor_first_looked_is_no_news(instance: dg.DagsterInstance) -> None:
    failed_run(instance, "submit_batch", PARTITION)

    sensor = Sensor(instance)

    assert sensor.channel.sent == []
    assert sensor.tick() == []


@pytest.mark.parametrize("cursor", ["not a number", '{"record_id": 17}'])
def test_a_cursor_that_is_not_ours_starts_with_what_fails_next(instance: dg.DagsterInstance, cursor: str) -> None:
    failed_run(instance, "submit_batch", PARTITION)
    sensor = Sensor(instance, cursor=cursor)

    before = sensor.tick()
    sensor.fail("submit_batch")

    assert (len(before), len(sensor.tick())) == (0, 1)


def test_a_run_that_was_deleted_meanwhile_hides_no_other(sensor: Sensor) -> None:
    gone, left = sensor.fail("submit_batch"), sensor.fail("submit_batch")
    sensor.instance.delete_run(gone.run_id)

    (alert,) = sensor.tick()

    assert left.run_id in alert.text


def test_a_run_that_dagster_starts_again_is_not_told_of(sensor: Sensor) -> None:
    sensor.fail("submit_batch", **{"dagster/will_retry": "true"})

    assert sensor.tick() == []


def test_an_ingest_is_told_of_when_the_sensor_gives_up_launching_it_again(instance: dg.DagsterInstance) -> None:
    sensor, told = Sensor(instance, submitted()), []

    for _ in range(MOST_FAILURES):
        sensor.fail("ingest_results", **{INTENT_TAG: FIRST})
        told.append(len(sensor.tick()))

    assert told == [0] * (MOST_FAILURES - 1) + [1]


def test_a_day_whose_job_ended_badly_is_told_of_at_once(instance: dg.DagsterInstance) -> None:
    night = night_of(3)
    night.run()
    sensor = Sensor(instance, night)

    sensor.fail("ingest_results", **{INTENT_TAG: FIRST})

    assert len(sensor.tick()) == 1


def test_a_run_of_no_single_day_names_none(sensor: Sensor) -> None:
    failed_run(sensor.instance, "__ASSET_JOB", {})

    (alert,) = sensor.tick()

    assert "of several days failed" in alert.text
    assert "retry-failed" not in alert.text


def test_jobs_that_were_not_stopped_are_told_with_the_command_that_stops_them(sensor: Sensor) -> None:
    night = night_of(3)
    night.stages().manifest.write(DAY)
    definitions().resolve_job_def(STOP_JOBS).execute_in_process(
        partition_key=DAY_KEY,
        resources={"receipts": stages_of(night)},
        instance=sensor.instance,
        raise_on_error=False,
    )

    (alert,) = sensor.tick()

    assert alert.subject == f"jobs of {DAY_KEY} were not stopped"
    assert "it is not submitted; `yorutsuke pause` keeps it from being" in alert.text
    assert f"then: yorutsuke jobs stop {DAY_KEY}\n" in alert.text
    assert "retry-failed" not in alert.text


def test_an_order_that_is_launched_again_is_told_of_when_nobody_tries_any_more(instance: dg.DagsterInstance) -> None:
    night = night_of(0)
    order = Register(night).order().state.intent_id
    sensor = Sensor(instance, night)

    told = []
    for _ in range(MOST_FAILURES):
        sensor.fail("violations_submit_batch", **{INTENT_TAG: order})
        told.append(len(sensor.tick()))

    assert told == [0, 0, 1]


def test_a_days_own_submission_that_failed_is_told_of_at_once_though_its_intent_is_open(
    instance: dg.DagsterInstance,
) -> None:
    night = night_of(3)
    night.stages().manifest.write(DAY)
    sensor = Sensor(instance, night)

    sensor.fail("submit_batch", **{INTENT_TAG: FIRST})

    assert len(sensor.tick()) == 1
