"""Each benchmark at a tiny size: what its sides find, and that they leave nothing behind. Never how long they take."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.__main__ import main
from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT
from yorutsuke_pipeline_tests.bench.catalogue import BENCHMARKS
from yorutsuke_pipeline_tests.bench.measured import Measured, environment_at, measure
from yorutsuke_pipeline_tests.bench.night import dollars
from yorutsuke_pipeline_tests.bench.scene import Scene
from yorutsuke_pipeline_tests.bench.stub.process import RunningStub, running_stub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from yorutsuke_pipeline_tests.bench.benchmark import Benchmark
    from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings

# The hundredth receipt is a reject; lines of 270 KB, and calls with a delay of their own, are not needed as often.
_SIZES = {"results": 100, "throttled": 100}
_SIZE = 20
# Those that ask the stub nothing have tests of their own: one starts a whole Dagster, one reads files, and some
# start an embedded AWS (test_embedded_aws).
_ELSEWHERE = {"run-overhead", "violations", *(each for each in BENCHMARKS if each.endswith("-embedded"))}
_AT_STUB = {name: benchmark for name, benchmark in BENCHMARKS.items() if name not in _ELSEWHERE}
_SIDES = [(name, side) for name, benchmark in _AT_STUB.items() for side in benchmark.sides]
_DOCUMENT = "<!-- measured: begin -->\n<!-- measured: end -->\n"
_RECEIPTS = {"accepted": 99, "rejected": 1}


@pytest.fixture(scope="module")
def stub() -> Iterator[RunningStub]:
    with running_stub() as running:
        yield running


@pytest.fixture
def at_stub(stub: RunningStub, monkeypatch: pytest.MonkeyPatch) -> RunningStub:
    for name, value in environment_at(stub).items():
        monkeypatch.setenv(name, value)
    return stub


@cache
def run(stub: RunningStub, name: str, side: str) -> Measured:
    benchmark = BENCHMARKS[name]
    scene = Scene(stub, _SIZES.get(name, _SIZE), dict(benchmark.options))
    return measure(replace(benchmark, settings=undelayed(benchmark)).begin(side, scene), stub)


def undelayed(benchmark: Benchmark) -> Callable[[int], StubSettings]:
    return lambda size: replace(benchmark.settings(size), table_delay=0, bucket_delay=0)


@pytest.mark.parametrize(("name", "side"), _SIDES)
def test_every_side_of_every_benchmark_does_its_work(at_stub: RunningStub, name: str, side: str) -> None:
    measured = run(at_stub, name, side)

    assert measured.facts["units"] > 0
    assert measured.seconds > 0
    assert sum(measured.counts["calls"].values()) > 0


@pytest.mark.parametrize("name", ["results", "throttled"])
def test_the_product_writes_each_accepted_row_and_loses_none(at_stub: RunningStub, name: str) -> None:
    measured = run(at_stub, name, PRODUCT)

    assert {key: measured.facts[key] for key in _RECEIPTS} == _RECEIPTS
    assert measured.counts["rows_written"] == _RECEIPTS["accepted"]


@pytest.mark.parametrize("side", [side for side in BENCHMARKS["results"].sides if side != PRODUCT])
def test_each_other_side_writes_the_same_rows_as_the_product(at_stub: RunningStub, side: str) -> None:
    assert run(at_stub, "results", side).counts["rows_written"] == _RECEIPTS["accepted"]


@pytest.mark.parametrize("name", ["raw-output", "raw-output-paced", "raw-output-small"])
def test_the_product_keeps_an_answer_of_each_line(at_stub: RunningStub, name: str) -> None:
    assert run(at_stub, name, PRODUCT).facts["answered"] == _SIZE


def test_the_manifest_has_a_line_for_each_image(at_stub: RunningStub) -> None:
    measured = run(at_stub, "manifest", PRODUCT)

    assert measured.facts["units"] == _SIZE
    assert measured.facts["bytes"] > _SIZE * contents.IMAGE_BYTES


def test_the_archive_takes_every_image(at_stub: RunningStub) -> None:
    assert run(at_stub, "archive", PRODUCT).facts == {"units": _SIZE, "failures": 0}


def test_the_archive_makes_two_calls_for_each_image_and_one_for_many(at_stub: RunningStub) -> None:
    calls = run(at_stub, "archive", PRODUCT).counts["calls"]

    assert (calls["copy"], calls["updateitem"], calls["delete"]) == (_SIZE, _SIZE, 1)
    assert "head" not in calls


def test_a_days_images_are_queried_and_the_others_are_not_read(at_stub: RunningStub) -> None:
    measured = run(at_stub, "pending", PRODUCT)

    assert measured.facts["units"] == measured.counts["rows_read"] == 1_000
    assert measured.counts["calls"] == {"query": 1}


def test_a_tick_of_the_sensor_lists_the_jobs_once(at_stub: RunningStub) -> None:
    measured = run(at_stub, "sensor", PRODUCT)

    assert measured.facts == {"units": _SIZE, "runs requested": 0}
    assert measured.counts["calls"]["list"] == 1
    assert "get" not in measured.counts["calls"]


def test_a_tick_that_sees_jobs_end_requests_a_run_for_each_of_their_days(at_stub: RunningStub) -> None:
    assert run(at_stub, "sensor-of-endings", PRODUCT).facts == {"units": _SIZE, "runs requested": _SIZE}


def test_every_side_selects_the_same_violations(at_stub: RunningStub) -> None:
    sides = BENCHMARKS["violations"].sides

    facts = [BENCHMARKS["violations"].begin(side, Scene(at_stub, 50_000))() for side in sides]

    assert {(each["units"], each["lowest fine"]) for each in facts} == {(500, facts[0]["lowest fine"])}
    assert facts[0]["MB read"] < min(each["MB read"] for each in facts[1:])


def test_the_command_line_measures_in_turn_and_writes_what_it_found(tmp_path: Path) -> None:
    told, chart, document = tmp_path / "bench.json", tmp_path / "bench.png", tmp_path / "bench.md"
    document.write_text(_DOCUMENT)

    places = ["--json", str(told), "--chart", str(chart), "--document", str(document)]
    done = main(["ceiling", "--size", "100", "--rounds", "1", *places])

    (row,) = json.loads(told.read_text())["rows"]
    assert done == 0
    assert (row["benchmark"], row["size"], row["rounds"]) == ("ceiling", 100, 1)
    assert document.read_text().count("| ceiling |") == 1
    assert chart.exists()


def test_the_command_line_refuses_a_benchmark_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nothing"])

    assert "no benchmark is called nothing" in capsys.readouterr().err


def test_a_night_is_priced_by_its_calls_and_its_rows() -> None:
    assert dollars({"updateitem": 1_000_000, "get": 1_000_000, "delete": 5}, 0) == Decimal("1.65")
    assert dollars({}, 1_000_000) == Decimal("2.5")

    with pytest.raises(KeyError, match="a new operation"):
        dollars({"a new operation": 1}, 0)


def test_a_size_that_takes_minutes_is_run_once() -> None:
    memory = BENCHMARKS["memory"]

    assert [memory.rounds_at(size, 3) for size in memory.sizes] == [3, 3, 1, 1]
