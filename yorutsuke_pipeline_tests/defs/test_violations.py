"""The assets, jobs and schedule of violations: what a person sees of orders, and what the run of one leaves alone."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import dagster as dg
import pytest

from yorutsuke_pipeline.defs.jobs import INTENT_TAG
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline_tests.defs.days import definitions, materialize, metadata, resources
from yorutsuke_pipeline_tests.defs.violations import INGESTED_HALF, ORDER_DAY, SUBMITTED_HALF, Register
from yorutsuke_pipeline_tests.engine.nights import night_of
from yorutsuke_pipeline_tests.workloads.violations.rows import ALL


@pytest.fixture
def register() -> Register:
    return Register(night_of(0))


def ran(register: Register, *names: str, intent: str | None = None) -> dg.ExecuteInProcessResult:
    """Materialize assets for the day of the orders; with an intent, as the sensor's run for it does."""
    tags = {} if intent is None else {INTENT_TAG: intent}
    return materialize(register.night, *names, register=register, day=ORDER_DAY, tags=tags)


def test_an_order_is_put_in_line_submitted_and_published(register: Register) -> None:
    order = register.order().state.intent_id

    submitted = ran(register, *SUBMITTED_HALF, intent=order)
    register.end_jobs()
    ingested = ran(register, *INGESTED_HALF, intent=order)

    assert metadata(submitted, "violations/pending_violations")["dagster/row_count"] == len(ALL)
    assert order in str(metadata(submitted, "violations/pending_violations")["put_in_line"])
    assert metadata(submitted, "violations/manifest")["intent"] == order
    assert metadata(ingested, "violations/violation_content")["dagster/row_count"] == len(ALL)
    published = metadata(ingested, "violations/violations_table")
    assert (published["successCount"], published["published_updated"]) == (len(ALL), len(ALL))
    assert register.table.snapshots == [order]
    assert all(evaluation.passed for evaluation in ingested.get_asset_check_evaluations())
    assert len(ingested.get_asset_check_evaluations()) == 5


def test_of_what_a_violation_says_metadata_has_nothing_but_the_title_that_is_published(register: Register) -> None:
    order = register.order().state.intent_id
    submitted = ran(register, *SUBMITTED_HALF, intent=order)
    register.end_jobs()
    ingested = ran(register, *INGESTED_HALF, intent=order)

    shown = "".join(
        str(metadata(result, name))
        for result, half in ((submitted, SUBMITTED_HALF), (ingested, INGESTED_HALF))
        for name in half
    )

    assert [told.row.narrative for told in ALL.values() if told.row.narrative and told.row.narrative in shown] == []
    assert [told.description for told in ALL.values() if told.description in shown] == []
    assert any(told.title in shown for told in ALL.values())


def test_a_run_of_one_order_leaves_the_other_of_its_day_alone(register: Register) -> None:
    first = register.order(maxViolations=1).state.intent_id
    second = register.order(maxViolations=2).state.intent_id

    ran(register, *SUBMITTED_HALF, intent=first)

    statuses = {name: intent.status for name, intent in register.night.ledger.intents.items()}
    assert statuses[second] is IntentStatus.OPEN
    assert statuses[first] is not IntentStatus.OPEN


def test_a_run_of_the_whole_day_carries_out_every_order_and_its_manifest_names_each(register: Register) -> None:
    first = register.order(maxViolations=1).state.intent_id
    second = register.order(maxViolations=3).state.intent_id

    result = ran(register, *SUBMITTED_HALF)

    shown = metadata(result, "violations/manifest")
    assert set(str(shown["intent"]).split(", ")) == {first, second}
    assert shown["dagster/row_count"] == len(ALL)


def test_a_day_without_orders_is_green_and_says_so(register: Register) -> None:
    result = ran(register, *SUBMITTED_HALF, *INGESTED_HALF)

    assert result.success
    assert metadata(result, "violations/manifest")["note"] == "nothing was waiting"


def test_the_ui_speaks_of_violations_and_not_of_receipts() -> None:
    loaded = definitions()
    graph = loaded.resolve_asset_graph()
    assets = {key: graph.get(key) for key in graph.get_all_asset_keys() if key.path[0] == "violations"}

    said = [node.description or "" for node in assets.values()]
    said += [
        loaded.resolve_job_def(f"violations_{job}").description or "" for job in ("submit_batch", "ingest_results")
    ]
    said += [check.description or "" for check in graph.asset_check_nodes if check.key.asset_key in assets]

    assert {node.group_name for node in assets.values()} == {"violations"}
    assert all(said)
    assert [words for words in said if "image" in words or "receipt" in words or "transaction" in words] == []


def test_the_nightly_of_violations_launches_the_day_that_ended_with_its_own_job(register: Register) -> None:
    repository = definitions().get_repository_def()
    schedule = repository.get_schedule_def("violations_nightly")
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 1, 9, 17, tzinfo=timezone.utc),
        repository_def=repository,
        resources=resources(register.night, register),
    )

    (request,) = schedule.evaluate_tick(context).run_requests or ()

    assert schedule.job_name == "violations_submit_batch"
    assert request.partition_key == "2026-01-09"


def test_stopping_the_jobs_of_violations_leaves_those_of_receipts_running() -> None:
    register = Register(night_of(3))
    order = register.order().state.intent_id
    ran(register, *SUBMITTED_HALF, intent=order)
    materialize(register.night, "pending_images", "manifest", "bedrock_job")

    stopped = definitions().resolve_job_def("violations_stop_jobs")
    result = stopped.execute_in_process(partition_key=ORDER_DAY, resources={"violations": register.stages()})

    assert result.success
    states = register.night.service.states.values()
    assert {state.job_name.partition("-")[0]: state.status for state in states} == {
        "violations": "Stopping",
        "receipts": "Submitted",
    }


def test_an_order_whose_job_waits_is_told_and_no_day_without_orders_is_late(register: Register) -> None:
    register.night.clock.advance(timedelta(days=3))
    assert list(register.stages().lateness.alerts()) == []

    order = register.order()
    ran(register, *SUBMITTED_HALF, intent=order.state.intent_id)
    register.night.clock.advance(timedelta(days=3))

    assert f"late {order.state.intent_id}" in [alert.key for alert in register.stages().lateness.alerts()]
