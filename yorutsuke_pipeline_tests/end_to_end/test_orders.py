"""Orders over HTTP, and a night in several intents: the real `dagster dev`, two APIs, and the embedded AWS below."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.violations_merge import INTENT_PROPERTY
from yorutsuke_pipeline.local_aws.fault_proxy.call import Moment
from yorutsuke_pipeline.local_aws.fault_proxy.proxy import FaultProxy
from yorutsuke_pipeline.local_aws.samples.violations import violations
from yorutsuke_pipeline.workloads.violations.line import assemble, violations_table
from yorutsuke_pipeline_tests.cli.conftest import product_of
from yorutsuke_pipeline_tests.end_to_end.api_process import Caller, api_of
from yorutsuke_pipeline_tests.end_to_end.dagster_dev import DagsterDev, until
from yorutsuke_pipeline_tests.end_to_end.photos import draw_receipts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.local_aws.fault_proxy.call import Call

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(300)]

# Three records make a batch here, in the product and in the embedded service alike, and an intent takes no more.
_SMALL_BATCH = 3
_LARGE_DAY = "2026-01-09"
_ORDERED_DAY = "2026-01-10"
_LARGE = (1200, 3400, 560, 910, 2200, 650)
_ORDERED = (1230, 4560, 780)
_BATCH = "/admin/bedrock/batch"
_ROWS = 90


class _SideBySide:
    """Holds copies of the large day's photos back until two are asked for at the same moment.

    A run makes one call at a time here, so that two keys at once are of two runs. One key twice is a second try.
    """

    def __init__(self) -> None:
        self.was_seen = False
        self._held: list[str] = []
        self._changed = Condition()

    def watch(self, call: Call, moment: Moment) -> bool:
        is_copy = call.operation.name == "CopyObject" and f"processed/{_LARGE_DAY}/" in call.operation.subject
        if not is_copy or moment is not Moment.BEFORE:
            return False
        with self._changed:
            self._held.append(call.operation.subject)
            self.was_seen = self.was_seen or len(set(self._held)) > 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.was_seen, timeout=120)
            self._held.remove(call.operation.subject)
        return False


@pytest.fixture(scope="module")
def side_by_side() -> _SideBySide:
    return _SideBySide()


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory, side_by_side: _SideBySide) -> Iterator[DagsterDev]:
    dagster_dev = DagsterDev(
        tmp_path_factory.mktemp("orders"),
        {
            "YORUTSUKE_FEWEST_RECORDS": str(_SMALL_BATCH),
            "YORUTSUKE_INTENT_RECORDS": str(_SMALL_BATCH),
            "YORUTSUKE_BEDROCK_FAULTS": json.dumps({"quotas": {"min_records": _SMALL_BATCH}}),
            "YORUTSUKE_CONCURRENCY": "1",
            "YORUTSUKE_PREFLIGHT_FROM": "0",
        },
    )
    endpoint = dagster_dev.command("aws", "start")["endpoint"]
    try:
        with FaultProxy(endpoint, watch=side_by_side.watch) as proxy:
            dagster_dev.environment["AWS_ENDPOINT_URL"] = proxy.url
            _put_in(dagster_dev, _LARGE_DAY, *_LARGE)
            _put_in(dagster_dev, _ORDERED_DAY, *_ORDERED)
            dagster_dev.start()
            # It goes on while the orders are tested, which must not mind; and a test waits for it less long.
            dagster_dev.launch("submit_batch", _LARGE_DAY)
            yield dagster_dev
            dagster_dev.kill()
            del dagster_dev.environment["AWS_ENDPOINT_URL"]
    finally:
        dagster_dev.kill()
        dagster_dev.command("aws", "stop")


@pytest.fixture(scope="module")
def product(dev: DagsterDev) -> Composition:
    return product_of(dev.folder / "aws")


@pytest.fixture(scope="module")
def callers(dev: DagsterDev, product: Composition) -> Iterator[tuple[Caller, Caller]]:
    violations_table(product).load(violations(7, _ROWS))
    with api_of(dev) as one, api_of(dev) as other:
        yield one, other


@pytest.fixture(scope="module")
def lunch(dev: DagsterDev, callers: tuple[Caller, Caller]) -> list[dict[str, Any]]:
    """Order the photos of a day by their ids, twice; returns both answers."""
    listed = dev.command("receipts", "list", "--date", _ORDERED_DAY)["receipts"]
    body = {"intentId": "lunch-1", "pendingImageIds": [row["imageId"] for row in listed]}
    return [caller.post("/api/batch/jobs", body) for caller in callers]


def _put_in(dev: DagsterDev, day: str, *totals: int) -> None:
    photos = draw_receipts(dev.folder / day, day, *totals)
    dev.command("receipts", "add", *map(str, photos), "--user", "dev", "--date", day)


def _totals(dev: DagsterDev) -> list[int]:
    return sorted(int(float(row["amount"])) for row in dev.command("transactions")["transactions"])


# The other order goes on meanwhile, so that its test waits for it less long.
@pytest.mark.usefixtures("lunch")
def test_an_order_from_two_processes_at_once_is_one_batch_whose_texts_are_published(
    callers: tuple[Caller, Caller], product: Composition
) -> None:
    body = {"limits": {"maxViolations": 60}}
    estimate = callers[0].post(f"{_BATCH}/estimate", body)

    with ThreadPoolExecutor() as both:
        orders = list(both.map(lambda caller: caller.post(_BATCH, body), callers))
    job = callers[0].when_final(orders[0]["statusUrl"], seconds=120)
    left = callers[1].post(f"{_BATCH}/estimate", {})

    assert estimate["violationCount"] == 60
    assert orders[0]["jobId"] == orders[1]["jobId"]
    assert (job["status"], len(job["jobArns"])) == ("completed", 1)
    assert job["estimatedCost"] == pytest.approx(estimate["estimate"]["costUSD"], rel=0.1)
    assert job["cost"] == pytest.approx(estimate["estimate"]["costUSD"], rel=0.1)
    published = {row["violationId"]: row["title_bedrock"] for row in assemble(product).result_book.scan()}
    assert len(published) == job["stats"]["processed"] > 0
    table = violations_table(product)._table()
    rows = table.scan(selected_fields=("violation_id", "title_bedrock")).to_arrow().to_pylist()
    assert {row["violation_id"]: row["title_bedrock"] for row in rows if row["title_bedrock"]} == published
    named = [each.summary.additional_properties.get(INTENT_PROPERTY) for each in table.snapshots() if each.summary]
    assert [intent for intent in named if intent is not None] == [job["jobId"]]
    assert left["violationCount"] == _ROWS - len(published)


def test_receipts_that_an_order_names_become_transactions(
    dev: DagsterDev, callers: tuple[Caller, Caller], lunch: list[dict[str, Any]]
) -> None:
    order, again = lunch

    job = callers[0].when_final(order["statusUrl"], seconds=120)

    assert (order["imageCount"], order["cached"], again["cached"]) == (len(_ORDERED), False, True)
    assert (job["status"], job["stats"]) == ("completed", {"processed": 3, "errors": 0, "total": 3})
    assert set(_ORDERED) <= set(_totals(dev))


def test_the_intents_of_one_large_night_are_brought_home_by_runs_side_by_side(
    dev: DagsterDev, side_by_side: _SideBySide
) -> None:
    until(lambda: side_by_side.was_seen, "two runs archive at once", seconds=120)
    runs = until(lambda: _ended(dev), "every run has ended", seconds=60)
    intents = [intent for intent in dev.command("jobs")["intents"] if intent["date"] == _LARGE_DAY]
    assert [len(intent["jobs"]) for intent in intents] == [1, 1]
    assert sorted(run["jobName"] for run in runs) == ["ingest_results", "ingest_results", "submit_batch"]
    assert {run["status"] for run in runs} == {"SUCCESS"}
    assert sorted(total for total in _totals(dev) if total not in _ORDERED) == sorted(_LARGE)
    assert dev.command("reconcile", "--from", _LARGE_DAY, "--to", _LARGE_DAY)["contradictions"] == []


def _ended(dev: DagsterDev) -> list[dict[str, str]]:
    runs = dev.runs(_LARGE_DAY)
    is_over = len(runs) > 2 and all(run["status"] in {"SUCCESS", "FAILURE"} for run in runs)
    return runs if is_over else []
