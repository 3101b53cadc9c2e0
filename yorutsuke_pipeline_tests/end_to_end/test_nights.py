"""Whole nights on the real `dagster dev`: what a person does in the UI, done over its GraphQL."""

from __future__ import annotations

import json
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.local_aws.fault_proxy.call import Moment
from yorutsuke_pipeline.local_aws.fault_proxy.proxy import FaultProxy
from yorutsuke_pipeline_tests.end_to_end.dagster_dev import DagsterDev, until
from yorutsuke_pipeline_tests.end_to_end.photos import draw_receipts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yorutsuke_pipeline.local_aws.fault_proxy.call import Call

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(420)]

# Three receipts make a batch here, in the product and in the embedded service alike, so that a test need not read 100.
_SMALL_BATCH = 3
_QUICK = {"quotas": {"min_records": _SMALL_BATCH}}
_SLOW = {**_QUICK, "timing": {"in_progress": 15}}
_BATCH_DAY = "2026-01-09"
_SMALL_DAY = "2026-01-10"
_FAILING_DAY = "2026-01-11"
_LAST_ASSET = "archived_images"


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[DagsterDev]:
    faults = json.dumps(_QUICK)
    dagster_dev = DagsterDev(
        tmp_path,
        {"YORUTSUKE_FEWEST_RECORDS": str(_SMALL_BATCH), "YORUTSUKE_BEDROCK_FAULTS": faults},
    )
    try:
        yield dagster_dev
    finally:
        # Ctrl-C would do, and take its time.
        dagster_dev.kill()
        dagster_dev.command("aws", "stop")


def _put_in(dev: DagsterDev, day: str, *totals: int) -> None:
    photos = [str(path) for path in draw_receipts(dev.folder / day, day, *totals)]
    dev.command("receipts", "add", *photos, "--user", "user-aoi", "--date", day)


def _await_day(dev: DagsterDev, day: str, status: str) -> None:
    until(lambda: dev.status(_LAST_ASSET, day) == status, f"{day} is {status}", seconds=300)


def _totals(dev: DagsterDev) -> list[str]:
    return sorted(str(int(float(row["amount"]))) for row in dev.command("transactions")["transactions"])


def _jobs_of(dev: DagsterDev, *days: str) -> list[dict[str, Any]]:
    return [intent for intent in dev.command("jobs")["intents"] if intent["date"] in days]


def _ended(runs: list[dict[str, str]]) -> bool:
    return all(run["status"] in {"SUCCESS", "FAILURE"} for run in runs)


def test_three_days_of_which_one_fails_and_is_mended_become_transactions_and_running_one_again_changes_nothing(
    dev: DagsterDev,
) -> None:
    words = "The service could not read the input, says the test"
    ending = {"name_contains": _FAILING_DAY, "ending": "fail_midway", "fraction": 0.4, "message": words}
    dev.environment["YORUTSUKE_BEDROCK_FAULTS"] = json.dumps({**_QUICK, "jobs": [ending]})
    _put_in(dev, _BATCH_DAY, 1200, 3400, 560)
    _put_in(dev, _SMALL_DAY, 780)
    _put_in(dev, _FAILING_DAY, 910, 2200, 650)
    dev.start()

    dev.backfill("submit_batch", [_BATCH_DAY, _SMALL_DAY, _FAILING_DAY])
    _await_day(dev, _BATCH_DAY, "MATERIALIZED")
    _await_day(dev, _SMALL_DAY, "MATERIALIZED")
    _await_day(dev, _FAILING_DAY, "FAILED")

    failed = next(run for run in dev.runs(_FAILING_DAY) if run["status"] == "FAILURE")
    assert words in dev.failure(failed["runId"])
    assert dev.metadata(_LAST_ASSET, _BATCH_DAY)["successCount"] == 3
    jobs = _jobs_of(dev, _BATCH_DAY, _SMALL_DAY)
    assert {intent["jobs"][0]["mode"] for intent in jobs} == {"batch", "on_demand"}
    again = dev.launch("submit_batch", _BATCH_DAY)

    dev.command("aws", "faults", "set", "jobs=[]")
    runs_of_small_day = len(dev.runs(_SMALL_DAY))
    retried = dev.command("retry-failed", "--from", _BATCH_DAY, "--to", _FAILING_DAY)
    assert [run["date"] for run in retried["launched"]] == [_FAILING_DAY]
    _await_day(dev, _FAILING_DAY, "MATERIALIZED")

    assert _totals(dev) == sorted(["1200", "3400", "560", "780", "910", "2200", "650"])
    assert len(dev.runs(_SMALL_DAY)) == runs_of_small_day
    until(lambda: dev.runs(_BATCH_DAY)[0]["runId"] == again, "the second run is known", seconds=30)
    until(lambda: dev.runs(_BATCH_DAY)[0]["status"] == "SUCCESS", "the second run succeeds", seconds=60)
    assert _jobs_of(dev, _BATCH_DAY, _SMALL_DAY) == jobs
    assert dev.metadata("manifest", _BATCH_DAY)["note"] == "nothing was waiting"


def test_a_night_goes_on_after_everything_was_killed_while_its_job_ran_and_again_in_its_second_half(
    dev: DagsterDev,
) -> None:
    dev.environment["YORUTSUKE_BEDROCK_FAULTS"] = json.dumps(_SLOW)
    _put_in(dev, _BATCH_DAY, 1200, 3400, 560)
    dev.start()
    dev.launch("submit_batch", _BATCH_DAY)
    until(lambda: dev.status("bedrock_job", _BATCH_DAY) == "MATERIALIZED", "the job is submitted", seconds=60)

    dev.kill()
    dev.kill_embedded_aws()
    endpoint = dev.command("aws", "start")["endpoint"]
    reached, goes_on = Event(), Event()

    def stall(call: Call, moment: Moment) -> bool:
        if call.operation.name == "CopyObject" and moment is Moment.BEFORE and not goes_on.is_set():
            reached.set()
            return goes_on.wait()
        return False

    with FaultProxy(endpoint, watch=stall) as proxy:
        dev.environment["AWS_ENDPOINT_URL"] = proxy.url
        dev.start()
        until(reached.is_set, "the second half archives", seconds=120)
        dev.kill()
        goes_on.set()
        dev.start()
        _await_day(dev, _BATCH_DAY, "MATERIALIZED")

        until(lambda: _ended(dev.runs(_BATCH_DAY)), "every run has ended", seconds=60)
        ingests = [run["status"] for run in dev.runs(_BATCH_DAY) if run["jobName"] == "ingest_results"]
        assert ingests == ["SUCCESS", "FAILURE"]
        assert _totals(dev) == ["1200", "3400", "560"]
        (intent,) = dev.command("jobs")["intents"]
        assert len(intent["jobs"]) == 1
        del dev.environment["AWS_ENDPOINT_URL"]
