"""The benchmarks at the embedded AWS, at a tiny size, each at a fresh one: it keeps rows, so they can be compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from yorutsuke_pipeline.local_aws.endpoint import is_alive
from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT
from yorutsuke_pipeline_tests.bench.catalogue import BENCHMARKS
from yorutsuke_pipeline_tests.bench.embedded_aws import EmbeddedAws, fresh_embedded_aws
from yorutsuke_pipeline_tests.bench.measured import Measured, environment_at, measure
from yorutsuke_pipeline_tests.bench.results import TEXTBOOK
from yorutsuke_pipeline_tests.bench.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

_RESULTS = "results-embedded"
# The hundredth receipt is a reject.
_SIZE = 100
_IMAGES = 10


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedAws]:
    with fresh_embedded_aws() as running:
        for name, value in environment_at(running).items():
            monkeypatch.setenv(name, value)
        yield running


def run(aws: EmbeddedAws, name: str, side: str, size: int) -> Measured:
    benchmark = BENCHMARKS[name]
    return measure(benchmark.begin(side, Scene(aws, size, dict(benchmark.options))), aws)


def test_the_product_writes_each_accepted_row_into_real_tables(aws: EmbeddedAws) -> None:
    measured = run(aws, _RESULTS, PRODUCT, _SIZE)

    assert measured.facts == {"units": _SIZE, "accepted": 99, "rejected": 1}
    assert measured.counts["rows_written"] == 99


def test_each_other_side_writes_the_same_rows_as_the_textbook(aws: EmbeddedAws) -> None:
    rows = {}
    for side in BENCHMARKS[_RESULTS].sides:
        if side != PRODUCT:
            run(aws, _RESULTS, side, _SIZE)
            rows[side] = taken(aws)

    assert len(rows[TEXTBOOK]) == 99
    assert {side for side, written in rows.items() if written != rows[TEXTBOOK]} == set()


@pytest.mark.parametrize("side", BENCHMARKS["manifest-embedded"].sides)
def test_the_manifest_has_a_line_for_each_image_in_a_real_bucket(aws: EmbeddedAws, side: str) -> None:
    assert run(aws, "manifest-embedded", side, _IMAGES).facts["units"] == _IMAGES


def test_the_archive_takes_every_image_of_a_real_bucket(aws: EmbeddedAws) -> None:
    assert run(aws, "archive-embedded", PRODUCT, _IMAGES).facts == {"units": _IMAGES, "failures": 0}


def test_neither_process_nor_file_outlives_the_run() -> None:
    with fresh_embedded_aws() as running:
        endpoint = running.endpoint
        assert is_alive(endpoint)

    assert not is_alive(endpoint)
    assert not Path(endpoint.home).exists()


def taken(aws: EmbeddedAws) -> list[dict[str, Any]]:
    """Return all transactions, in their order, and leave none."""
    resource: Any = boto3.resource("dynamodb", endpoint_url=aws.url, region_name=aws.endpoint.region)
    table = resource.Table(aws.transactions)
    rows: list[dict[str, Any]] = table.scan()["Items"]
    with table.batch_writer() as batch:
        for row in rows:
            batch.delete_item(Key={name: row[name] for name in ("userId", "transactionId")})
    return sorted(rows, key=lambda row: str(row["transactionId"]))
