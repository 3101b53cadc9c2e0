"""What Dagster knows of the runs of many days, in as many queries as for one."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, cast

import dagster as dg
import pytest

from yorutsuke_pipeline.defs.jobs import INTENT_TAG, WORKLOAD_TAG
from yorutsuke_pipeline.defs.sensors.day_runs import PARTITION_TAG, DayRuns
from yorutsuke_pipeline.engine.intent import Intent
from yorutsuke_pipeline.engine.retrying import Half
from yorutsuke_pipeline.workloads.receipts.line import BLUEPRINT as RECEIPTS
from yorutsuke_pipeline.workloads.violations.line import BLUEPRINT as VIOLATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BLUEPRINTS = [RECEIPTS, VIOLATIONS]
_DAYS = [(date(2026, 1, 1) + timedelta(days=number)).isoformat() for number in range(60)]
_FIRST, _SECOND, _THIRD, *_ = _DAYS
_LATER = datetime(2100, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


class CountingInstance:
    """Counts the queries."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance = instance
        self.count = 0

    def get_runs(self, *args: Any, **named: Any) -> Any:  # noqa: ANN401 — as the instance's own
        self.count += 1
        return self._instance.get_runs(*args, **named)

    def get_run_records(self, *args: Any, **named: Any) -> Any:  # noqa: ANN401 — as above
        self.count += 1
        return self._instance.get_run_records(*args, **named)


def add(instance: dg.DagsterInstance, day: str, job: str, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    run = dg.DagsterRun(job_name=job, status=status, tags={PARTITION_TAG: day, **tags})
    instance.add_run(run)
    return run


def ask_everything(instance: object, days: list[str]) -> None:
    counted = cast("dg.DagsterInstance", instance)
    busy(counted, days)
    DayRuns(counted, BLUEPRINTS).failures(Half.INGEST, [f"receipts-{day}-001" for day in days])
    last_submissions(counted, days, ended_before=_LATER)


def intent(day: str, *, name: str | None = None, workload: str = "receipts") -> Intent:
    return Intent(
        name or f"intent of {day}", workload, date.fromisoformat(day), "a-model", "1", "trace", created_at=_LATER
    )


def busy(instance: dg.DagsterInstance, days: Sequence[str]) -> set[str]:
    """Return the days whose intents of receipts are busy."""
    return {name.removeprefix("intent of ") for name in DayRuns(instance, BLUEPRINTS).busy(list(map(intent, days)))}


def last_submissions(
    instance: dg.DagsterInstance, days: Sequence[str], *, ended_before: datetime
) -> dict[str, dg.DagsterRun]:
    found = DayRuns(instance, BLUEPRINTS).last_submissions(list(map(intent, days)), ended_before=ended_before)
    return {name.removeprefix("intent of "): run for name, run in found.items()}


def test_the_queries_do_not_grow_with_the_days(instance: dg.DagsterInstance) -> None:
    for day in _DAYS:
        add(instance, day, "submit_batch", dg.DagsterRunStatus.SUCCESS)
    one, many = CountingInstance(instance), CountingInstance(instance)

    ask_everything(one, [_FIRST])
    ask_everything(many, _DAYS)

    assert one.count == many.count > 0


def test_of_no_day_nothing_is_asked(instance: dg.DagsterInstance) -> None:
    nobody = CountingInstance(instance)

    ask_everything(nobody, [])

    assert nobody.count == 0


def test_a_day_is_busy_while_a_run_of_it_is_under_way(instance: dg.DagsterInstance) -> None:
    add(instance, _FIRST, "submit_batch", dg.DagsterRunStatus.STARTED)
    add(instance, _SECOND, "submit_batch", dg.DagsterRunStatus.SUCCESS)
    add(instance, _THIRD, "ingest_results", dg.DagsterRunStatus.STARTING)

    assert busy(instance, _DAYS) == {_FIRST, _THIRD}
    assert busy(instance, [_SECOND, _THIRD]) == {_THIRD}


def test_a_day_is_busy_until_a_run_that_vanished_was_started_again(instance: dg.DagsterInstance) -> None:
    vanished = add(instance, _FIRST, "submit_batch", dg.DagsterRunStatus.FAILURE, **{"dagster/will_retry": "true"})
    add(instance, _SECOND, "submit_batch", dg.DagsterRunStatus.FAILURE)

    assert busy(instance, _DAYS) == {_FIRST}

    instance.add_run_tags(vanished.run_id, {"dagster/auto_retry_run_id": "another"})
    assert busy(instance, _DAYS) == set()


def test_a_day_does_not_wait_for_a_run_of_a_backfill_that_dagster_will_not_start_again(
    instance: dg.DagsterInstance,
) -> None:
    tags = {"dagster/will_retry": "true", "dagster/backfill": "a-backfill"}
    add(instance, _FIRST, "submit_batch", dg.DagsterRunStatus.FAILURE, **tags)

    assert busy(instance, [_FIRST]) == set()


def test_ingests_that_failed_are_counted_for_each_intent_and_other_runs_are_not(instance: dg.DagsterInstance) -> None:
    for day, job, status in (
        (_FIRST, "ingest_results", dg.DagsterRunStatus.FAILURE),
        (_FIRST, "ingest_results", dg.DagsterRunStatus.CANCELED),
        (_FIRST, "submit_batch", dg.DagsterRunStatus.FAILURE),
        (_SECOND, "ingest_results", dg.DagsterRunStatus.FAILURE),
        (_THIRD, "ingest_results", dg.DagsterRunStatus.SUCCESS),
    ):
        add(instance, day, job, status, **{INTENT_TAG: f"intent of {day}"})

    names = [f"intent of {day}" for day in (_FIRST, _SECOND, _THIRD)]
    found = DayRuns(instance, BLUEPRINTS).failures(Half.INGEST, names)

    assert found == {f"intent of {_FIRST}": 2, f"intent of {_SECOND}": 1}


def test_the_last_submission_of_a_day_is_whatever_ran_last_and_was_no_ingest(instance: dg.DagsterInstance) -> None:
    add(instance, _FIRST, "submit_batch", dg.DagsterRunStatus.FAILURE)
    by_hand = add(instance, _FIRST, "__ASSET_JOB", dg.DagsterRunStatus.SUCCESS)
    add(instance, _FIRST, "ingest_results", dg.DagsterRunStatus.FAILURE)
    scheduled = add(instance, _SECOND, "submit_batch", dg.DagsterRunStatus.SUCCESS)
    add(instance, _THIRD, "ingest_results", dg.DagsterRunStatus.SUCCESS)

    found = last_submissions(instance, _DAYS, ended_before=_LATER)

    assert {day: run.run_id for day, run in found.items()} == {_FIRST: by_hand.run_id, _SECOND: scheduled.run_id}


def test_a_run_that_stopped_jobs_is_no_submission(instance: dg.DagsterInstance) -> None:
    submitted = add(instance, _FIRST, "submit_batch", dg.DagsterRunStatus.SUCCESS)
    add(instance, _FIRST, "stop_jobs", dg.DagsterRunStatus.FAILURE)

    assert last_submissions(instance, [_FIRST], ended_before=_LATER)[_FIRST].run_id == submitted.run_id


def test_a_submission_that_has_just_ended_is_not_told_of_yet(instance: dg.DagsterInstance) -> None:
    run = add(instance, _FIRST, "submit_batch", dg.DagsterRunStatus.STARTED)
    instance.report_run_failed(run)
    now = datetime.now(timezone.utc)

    assert last_submissions(instance, [_FIRST], ended_before=now - timedelta(minutes=5)) == {}
    assert list(last_submissions(instance, [_FIRST], ended_before=now + timedelta(minutes=5))) == [_FIRST]


def test_a_run_of_one_workload_leaves_the_same_day_of_the_other_free(instance: dg.DagsterInstance) -> None:
    add(instance, _FIRST, "submit_batch", dg.DagsterRunStatus.STARTED, **{WORKLOAD_TAG: "receipts"})
    texts = intent(_FIRST, name="texts", workload="violations")

    assert DayRuns(instance, BLUEPRINTS).busy([intent(_FIRST), texts]) == {f"intent of {_FIRST}"}


def test_what_a_person_materializes_in_the_ui_is_of_the_workload_whose_assets_they_are(
    instance: dg.DagsterInstance,
) -> None:
    texts = intent(_FIRST, name="texts", workload="violations")
    for day, key in ((_FIRST, ["violations", "manifest"]), (_SECOND, ["manifest"])):
        chosen = frozenset({dg.AssetKey(key)})
        tags = {PARTITION_TAG: day}
        instance.add_run(
            dg.DagsterRun("__ASSET_JOB", status=dg.DagsterRunStatus.STARTED, tags=tags, asset_selection=chosen)
        )

    found = DayRuns(instance, BLUEPRINTS).busy([intent(_FIRST), intent(_SECOND), texts])

    assert found == {"texts", f"intent of {_SECOND}"}


def test_the_last_submission_of_an_intent_is_its_own_or_one_of_its_whole_day(instance: dg.DagsterInstance) -> None:
    whole = add(instance, _FIRST, "submit_batch", dg.DagsterRunStatus.SUCCESS)
    own = add(instance, _FIRST, "submit_batch", dg.DagsterRunStatus.SUCCESS, **{INTENT_TAG: "one"})
    one, two, texts = intent(_FIRST, name="one"), intent(_FIRST, name="two"), intent(_FIRST, workload="violations")
    add(instance, _FIRST, "violations_submit_batch", dg.DagsterRunStatus.FAILURE, **{WORKLOAD_TAG: "violations"})

    found = DayRuns(instance, BLUEPRINTS).last_submissions([one, two], ended_before=_LATER)

    assert {name: run.run_id for name, run in found.items()} == {"one": own.run_id, "two": whole.run_id}
    (of_texts,) = DayRuns(instance, BLUEPRINTS).last_submissions([texts], ended_before=_LATER).values()
    assert of_texts.job_name == "violations_submit_batch"


@pytest.mark.parametrize("own", [True, False], ids=["its own run", "a run of its whole day"])
def test_an_intents_last_submission_is_found_behind_any_number_of_other_runs(
    instance: dg.DagsterInstance, *, own: bool
) -> None:
    submitted = add(
        instance, _FIRST, "submit_batch", dg.DagsterRunStatus.SUCCESS, **({INTENT_TAG: "one"} if own else {})
    )
    for _ in range(105):
        add(instance, _FIRST, "ingest_results", dg.DagsterRunStatus.SUCCESS, **{INTENT_TAG: "another"})
        add(instance, _FIRST, "submit_batch", dg.DagsterRunStatus.FAILURE, **{INTENT_TAG: "another"})
    one = intent(_FIRST, name="one")

    found = DayRuns(instance, BLUEPRINTS).last_submissions([one], ended_before=_LATER)

    assert {name: run.run_id for name, run in found.items()} == {"one": submitted.run_id}


def test_no_more_runs_are_read_than_it_takes_to_find_the_last(instance: dg.DagsterInstance) -> None:
    for _ in range(210):
        add(instance, _FIRST, "submit_batch", dg.DagsterRunStatus.SUCCESS)
    counted = CountingInstance(instance)

    last_submissions(cast("dg.DagsterInstance", counted), [_FIRST], ended_before=_LATER)

    assert counted.count == 1
