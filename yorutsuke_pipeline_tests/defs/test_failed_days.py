"""The sensor of failed days: who is told of which failed run, and in which words."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest

from yorutsuke_pipeline.defs.jobs import INTENT_TAG
from yorutsuke_pipeline.defs.sensors.completion import MOST_FAILED_INGESTS
from yorutsuke_pipeline.defs.sensors.failed_days import build_failed_days_sensor
from yorutsuke_pipeline.engine.errors import TransientError
from yorutsuke_pipeline_tests.defs.days import DAY_KEY, materialize
from yorutsuke_pipeline_tests.engine.nights import FIRST, Night, night_of
from yorutsuke_pipeline_tests.fakes.alert_channel import FakeAlertChannel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.engine.alerts import Alert

PARTITION = {"dagster/partition": DAY_KEY}


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture
def channel() -> FakeAlertChannel:
    return FakeAlertChannel()


def tell(night: Night, channel: FakeAlertChannel, instance: dg.DagsterInstance, run: dg.DagsterRun) -> list[Alert]:
    """Let the sensor see that a run failed; return what was told."""
    failure = dg.DagsterEvent("PIPELINE_FAILURE", job_name=run.job_name, message="failed")
    context = dg.build_run_status_sensor_context(
        sensor_name="failed_days",
        dagster_event=failure,
        dagster_instance=instance,
        dagster_run=run,
        resources={"ledger": night.ledger, "alert_channel": channel},
    ).for_run_failure()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sensor: Any = build_failed_days_sensor(every_seconds=30)
        assert isinstance(sensor(context), dg.SkipReason)
    return channel.sent


def a_run(instance: dg.DagsterInstance, job: str, **tags: str) -> dg.DagsterRun:
    run = dg.DagsterRun(job_name=job, status=dg.DagsterRunStatus.FAILURE, tags={**PARTITION, **tags})
    return instance.add_run(run)


def submitted() -> Night:
    night = night_of(3)
    night.submit()
    return night


def test_the_message_has_the_failed_steps_own_words_the_day_and_the_command(
    channel: FakeAlertChannel, instance: dg.DagsterInstance
) -> None:
    night = submitted()
    night.end_jobs()
    (job_id,) = night.service.states
    night.service.end(job_id, "Failed", message="model is gone")
    failed = materialize(night, "raw_output", "transactions", "archived_images", instance=instance).dagster_run

    (alert,) = tell(night, channel, instance, failed)

    assert alert.subject == f"{DAY_KEY} failed"
    assert f"archived_images: {FIRST}-001-dev Failed: model is gone." in alert.text
    assert alert.text.count(f"yorutsuke retry-failed --from {DAY_KEY} --to {DAY_KEY}\n") == 1
    assert failed.run_id in alert.text


def test_of_a_foreign_error_only_its_kind_is_told(channel: FakeAlertChannel, instance: dg.DagsterInstance) -> None:
    @dg.op
    def reads_a_receipt() -> None:
        raise LookupError("1,500 yen at the corner shop")

    @dg.job
    def broken() -> None:
        reads_a_receipt()

    failed = broken.execute_in_process(instance=instance, raise_on_error=False, tags=PARTITION).dagster_run

    (alert,) = tell(night_of(0), channel, instance, failed)

    assert "reads_a_receipt: LookupError\n" in alert.text
    assert f"yorutsuke retry-failed --from {DAY_KEY} --to {DAY_KEY}\n" in alert.text
    assert "corner shop" not in alert.text


@pytest.mark.parametrize(("job", "words"), [("submit_batch", "submit_batch"), ("__ASSET_JOB", "A materialization")])
def test_a_run_of_a_job_or_from_the_ui_is_told_of_each_time(
    channel: FakeAlertChannel, instance: dg.DagsterInstance, job: str, words: str
) -> None:
    first, second = a_run(instance, job), a_run(instance, job)

    tell(night_of(0), channel, instance, first)
    tell(night_of(0), channel, instance, second)

    assert [alert.text.startswith(f"{words} of {DAY_KEY} failed.") for alert in channel.sent] == [True, True]


def test_a_run_that_dagster_starts_again_is_not_told_of(
    channel: FakeAlertChannel, instance: dg.DagsterInstance
) -> None:
    run = a_run(instance, "submit_batch", **{"dagster/will_retry": "true"})

    assert tell(submitted(), channel, instance, run) == []


def test_an_ingest_is_told_of_when_the_sensor_gives_up_launching_it_again(
    channel: FakeAlertChannel, instance: dg.DagsterInstance
) -> None:
    night, told = submitted(), []

    for _ in range(MOST_FAILED_INGESTS):
        run = a_run(instance, "ingest_results", **{INTENT_TAG: FIRST})
        told.append(len(tell(night, channel, instance, run)))

    assert told == [0] * (MOST_FAILED_INGESTS - 1) + [1]


def test_a_day_whose_job_ended_badly_is_told_of_at_once(
    channel: FakeAlertChannel, instance: dg.DagsterInstance
) -> None:
    night = night_of(3)
    night.run()

    assert len(tell(night, channel, instance, a_run(instance, "ingest_results", **{INTENT_TAG: FIRST}))) == 1


def test_a_run_of_no_single_day_names_none(channel: FakeAlertChannel, instance: dg.DagsterInstance) -> None:
    run = instance.add_run(dg.DagsterRun(job_name="__ASSET_JOB", status=dg.DagsterRunStatus.FAILURE))

    (alert,) = tell(night_of(0), channel, instance, run)

    assert "of several days failed" in alert.text
    assert "retry-failed" not in alert.text


def test_a_topic_that_is_not_reached_is_no_error_of_the_sensor(
    channel: FakeAlertChannel, instance: dg.DagsterInstance
) -> None:
    channel.error = TransientError("no answer")

    assert tell(night_of(0), channel, instance, a_run(instance, "submit_batch")) == []
