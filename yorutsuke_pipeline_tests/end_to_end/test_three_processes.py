"""A whole night on the deployment of deploy/: a real PostgreSQL, three processes, and the death of each."""

from __future__ import annotations

import json
from threading import Event
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.local_aws.fault_proxy.call import Moment
from yorutsuke_pipeline.local_aws.fault_proxy.proxy import FaultProxy
from yorutsuke_pipeline_tests.end_to_end.dagster_dev import until
from yorutsuke_pipeline_tests.end_to_end.photos import draw_receipts
from yorutsuke_pipeline_tests.end_to_end.postgres import is_installed, running_postgres
from yorutsuke_pipeline_tests.end_to_end.three_processes import ThreeProcesses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yorutsuke_pipeline.local_aws.fault_proxy.call import Call

pytestmark = [
    pytest.mark.deployment,
    pytest.mark.timeout(420),
    pytest.mark.skipif(not is_installed(), reason="PostgreSQL's server is not on the PATH"),
]

_DAY = "2026-01-09"
_SMALL_BATCH = 3


class _Stall:
    """Holds the first call of a name at a moment, until it is let go."""

    def __init__(self, operation: str, moment: Moment) -> None:
        self.reached = Event()
        self._wanted = (operation, moment)
        self._goes_on = Event()

    def watch(self, call: Call, moment: Moment) -> bool:
        if (call.operation.name, moment) != self._wanted or self.reached.is_set():
            return False
        self.reached.set()
        return self._goes_on.wait()

    def let_go(self) -> None:
        self._goes_on.set()


def _ended(runs: list[dict[str, str]]) -> bool:
    return all(run["status"] in {"SUCCESS", "FAILURE"} for run in runs)


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[ThreeProcesses]:
    faults = json.dumps({"quotas": {"min_records": _SMALL_BATCH}})
    settings = {"YORUTSUKE_FEWEST_RECORDS": str(_SMALL_BATCH), "YORUTSUKE_BEDROCK_FAULTS": faults}
    with running_postgres() as postgres:
        three = ThreeProcesses(tmp_path, settings, postgres)
        try:
            yield three
        finally:
            three.kill()
            three.environment.pop("AWS_ENDPOINT_URL", None)
            three.command("aws", "stop")


def test_a_night_ends_right_though_each_process_is_killed_in_turn(deployment: ThreeProcesses) -> None:
    endpoint = deployment.command("aws", "start")["endpoint"]
    deployment.make_logs_bucket(endpoint)
    photos = [str(path) for path in draw_receipts(deployment.folder / "photos", _DAY, 1200, 3400, 560)]
    deployment.command("receipts", "add", *photos, "--user", "user-aoi", "--date", _DAY)
    paying = _Stall("CreateModelInvocationJob", Moment.AFTER)
    archiving = _Stall("CopyObject", Moment.BEFORE)

    def watch(call: Call, moment: Moment) -> bool:
        return paying.watch(call, moment) or archiving.watch(call, moment)

    with FaultProxy(endpoint, watch=watch) as proxy:
        deployment.environment["AWS_ENDPOINT_URL"] = proxy.url
        deployment.start()
        # As a person on the machine does it: from the command line, through the code server.
        deployment.command("backfill", "--from", _DAY, "--to", _DAY)

        until(paying.reached.is_set, "the job is paid for", seconds=60)
        assert deployment.kill_runs() == 1
        paying.let_go()
        for name in ("daemon", "webserver"):
            deployment.kill_one(name)
            deployment.start_one(name)
        until(archiving.reached.is_set, "the second half archives", seconds=120)
        deployment.kill_one("code")
        archiving.let_go()
        deployment.start_one("code")
        deployment.wait_until_up()
        until(lambda: deployment.status("archived_images", _DAY) == "MATERIALIZED", "the day is done", seconds=120)

        until(lambda: _ended(deployment.runs(_DAY)), "every run has ended", seconds=60)
        runs = deployment.runs(_DAY)
        created = [call for call in proxy.calls if call.operation.name == "CreateModelInvocationJob"]
        del deployment.environment["AWS_ENDPOINT_URL"]

    assert len(created) == 1
    (intent,) = deployment.command("jobs")["intents"]
    assert [job["status"] for job in intent["jobs"]] == ["Completed"]
    totals = [int(float(row["amount"])) for row in deployment.command("transactions")["transactions"]]
    assert sorted(totals) == [560, 1200, 3400]
    assert deployment.command("reconcile", "--from", _DAY, "--to", _DAY)["contradictions"] == []
    assert [(run["jobName"], run["status"]) for run in reversed(runs)] == [
        ("submit_batch", "FAILURE"),
        ("submit_batch", "SUCCESS"),
        ("ingest_results", "FAILURE"),
        ("ingest_results", "SUCCESS"),
    ]
    assert deployment.logs(endpoint)
