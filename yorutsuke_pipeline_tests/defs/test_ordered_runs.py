"""Orders in the completion sensor: launched once, with who asked, again after a failure, and held up by nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from yorutsuke_pipeline.defs.jobs import INTENT_TAG, REQUESTED_BY_TAG, WORKLOAD_TAG
from yorutsuke_pipeline.defs.sensors.completion import MOST_FAILURES
from yorutsuke_pipeline_tests.defs.days import completion_resources, tick
from yorutsuke_pipeline_tests.defs.violations import ORDER_DAY, Register
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, SECOND, night_of, with_quotas
from yorutsuke_pipeline_tests.engine.test_switch import PAUSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagster._core.definitions.sensor_definition import SensorExecutionData  # exported nowhere else

_FAILURE, _STARTED, _SUCCESS = (dg.DagsterRunStatus[name] for name in ("FAILURE", "STARTED", "SUCCESS"))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


class Office:
    """A register with one order, and the sensor over it."""

    def __init__(self, instance: dg.DagsterInstance, *, slots: int = 1_000) -> None:
        self.night = night_of(0, policy=with_quotas(running_jobs=slots))
        self.register = Register(self.night)
        self.order = self.register.order().state.intent_id
        self._instance = instance

    def ticked(self) -> SensorExecutionData:
        """Evaluate the sensor."""
        return tick("batch_completion", completion_resources(self.night), instance=self._instance)

    def requests(self) -> list[dg.RunRequest]:
        """Evaluate the sensor; return the runs that it asks for."""
        return list(self.ticked().run_requests or ())

    def a_run(self, status: dg.DagsterRunStatus, job: str = "violations_submit_batch", **tags: str) -> str:
        """Let there be a run of the order's day, of violations unless its tags say otherwise; return its id."""
        given = {"dagster/partition": ORDER_DAY, WORKLOAD_TAG: "violations", **tags}
        return self._instance.add_run(dg.DagsterRun(job_name=job, status=status, tags=given)).run_id

    def prepare(self) -> None:
        """Put what the order selects in line, and write its manifest."""
        stages = self.register.stages()
        stages.feeder.feed(date.fromisoformat(ORDER_DAY), only=self.order)
        stages.day_manifests.write(date.fromisoformat(ORDER_DAY), only=self.order)


@pytest.fixture
def office(instance: dg.DagsterInstance) -> Office:
    return Office(instance)


def test_an_open_order_is_launched_under_one_key_and_says_who_asked(office: Office) -> None:
    (request,), (again,) = office.requests(), office.requests()

    assert (request.job_name, request.partition_key) == ("violations_submit_batch", ORDER_DAY)
    assert (request.tags[INTENT_TAG], request.tags[REQUESTED_BY_TAG]) == (office.order, "aoi")
    assert again.run_key == request.run_key == f"{office.order}:order:0"


def test_an_order_whose_run_failed_is_launched_again_until_a_person_must_look(office: Office) -> None:
    keys = []
    for _ in range(MOST_FAILURES + 1):
        keys.append([request.run_key for request in office.requests()])
        office.a_run(_FAILURE, **{INTENT_TAG: office.order})

    assert keys == [[f"{office.order}:order:{number}"] for number in range(MOST_FAILURES)] + [[]]


def test_an_order_is_not_launched_while_submission_is_paused_and_the_tick_says_why(office: Office) -> None:
    office.night.switch.pause(PAUSE)

    ticked = office.ticked()

    assert not ticked.run_requests
    assert "the prices look odd" in str(ticked.skip_message)


@pytest.mark.parametrize("own", [True, False], ids=["its own run", "a run of its whole day"])
def test_an_order_is_left_alone_while_a_run_works_on_it(office: Office, *, own: bool) -> None:
    office.a_run(_STARTED, **({INTENT_TAG: office.order} if own else {}))

    assert office.requests() == []


def test_an_order_is_left_alone_while_a_person_materializes_its_day_in_the_ui(
    instance: dg.DagsterInstance, office: Office
) -> None:
    chosen = frozenset({dg.AssetKey(["violations", "manifest"])})
    tags = {"dagster/partition": ORDER_DAY}
    instance.add_run(dg.DagsterRun(job_name="__ASSET_JOB", status=_STARTED, tags=tags, asset_selection=chosen))

    assert office.requests() == []


def test_an_order_waits_neither_for_another_order_of_its_day_nor_for_another_workload(office: Office) -> None:
    office.a_run(_STARTED, **{INTENT_TAG: "another-order"})
    office.a_run(_STARTED, "submit_batch", **{WORKLOAD_TAG: "receipts"})

    assert [request.tags[INTENT_TAG] for request in office.requests()] == [office.order]


def test_an_order_without_a_slot_is_submitted_after_a_run_of_its_own_whatever_became_of_anothers(
    office: Office,
) -> None:
    office.prepare()
    office.a_run(_SUCCESS, **{INTENT_TAG: office.order})
    office.a_run(_FAILURE, **{INTENT_TAG: "another-order"})

    (request,) = office.requests()

    assert request.tags[INTENT_TAG] == office.order
    assert str(request.run_key).startswith(f"{office.order}:after:")


@pytest.mark.parametrize("own", [True, False], ids=["its own run", "a run of its whole day"])
def test_a_prepared_order_whose_last_run_failed_is_launched_again_under_a_key_not_used_yet(
    office: Office, *, own: bool
) -> None:
    (begun,) = office.requests()
    office.prepare()
    office.a_run(_SUCCESS, **{INTENT_TAG: office.order})
    failed = office.a_run(_FAILURE, **({INTENT_TAG: office.order} if own else {}))

    (request,) = office.requests()

    assert request.tags[INTENT_TAG] == office.order
    assert request.run_key == f"{office.order}:after:{failed}" != begun.run_key


def test_a_prepared_order_is_launched_again_until_a_person_must_look(office: Office) -> None:
    office.prepare()
    office.a_run(_FAILURE)

    keys = set()
    for _ in range(MOST_FAILURES):
        keys |= {request.run_key for request in office.requests()}
        office.a_run(_FAILURE, **{INTENT_TAG: office.order})

    assert len(keys) == MOST_FAILURES
    assert office.requests() == []


def test_the_intents_of_one_day_are_brought_home_by_a_run_each(instance: dg.DagsterInstance) -> None:
    night = night_of(6)
    night.policy = replace(night.policy, intent_records=3)
    for sealed in ((), (FIRST,)):
        night.stages().manifest.write(DAY, leaving=sealed)
    night.stages().submitter.submit(DAY)
    night.end_jobs()

    ticked = tick("batch_completion", completion_resources(night), instance=instance)

    found = [(request.job_name, request.tags[INTENT_TAG]) for request in ticked.run_requests or ()]
    assert found == [("ingest_results", FIRST), ("ingest_results", SECOND)]


def test_of_two_intents_of_a_day_only_the_one_that_a_run_works_on_waits(instance: dg.DagsterInstance) -> None:
    night = night_of(6)
    night.policy = replace(night.policy, intent_records=3)
    for sealed in ((), (FIRST,)):
        night.stages().manifest.write(DAY, leaving=sealed)
    night.stages().submitter.submit(DAY)
    night.end_jobs()
    tags = {"dagster/partition": DAY.isoformat(), WORKLOAD_TAG: "receipts", INTENT_TAG: FIRST}
    instance.add_run(dg.DagsterRun(job_name="ingest_results", status=_STARTED, tags=tags))

    ticked = tick("batch_completion", completion_resources(night), instance=instance)

    assert [request.tags[INTENT_TAG] for request in ticked.run_requests or ()] == [SECOND]
