"""pending: the images of one day, read from a table that holds those of all days.

Its facts are what counts: the rows and bytes that were read, which are the day's, whatever the table holds.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.pending_summary import summarise_pending
from yorutsuke_pipeline.workloads.receipts.line import BLUEPRINT, images
from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT, Benchmark
from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from yorutsuke_pipeline_tests.bench.benchmark import Side
    from yorutsuke_pipeline_tests.bench.measured import Measured
    from yorutsuke_pipeline_tests.bench.scene import Facts, Scene

_IMAGES = 1_000
_LARGE_DAY, _SCANNED = "product, a day ten times as large", "scan and filter"


def _product_side(day: date) -> Side:
    def begin(scene: Scene) -> Callable[[], Facts]:
        table, face = images(scene.product), BLUEPRINT.pending
        summarise = partial(summarise_pending, since=BLUEPRINT.waits_since, by="userId", columns=face.columns)
        return lambda: {"units": summarise(table.pending(day)).waiting_count}

    return begin


def _scanned_side(scene: Scene) -> Callable[[], Facts]:
    """Read the table as one does who has no index."""
    pages = scene.product.clients.dynamodb.get_paginator("scan").paginate(
        TableName=scene.product.settings.table("pending-images"),
        FilterExpression="pendingDate = :day",
        ExpressionAttributeValues={":day": {"S": contents.DAY.isoformat()}},
    )
    return lambda: {"units": sum(len(page["Items"]) for page in pages)}


def _facts(measured: Measured) -> dict[str, Any]:
    counts = measured.counts
    return {"calls": counts["calls"], "rows read": counts["rows_read"], "MB read": round(counts["bytes_read"] / 1e6, 2)}


PENDING = Benchmark(
    name="pending",
    title="a day's 1,000 images, by rows of the table",
    unit="images",
    sizes=(20_000, 1_000_000),
    quick_sizes=(20_000,),
    sides={
        PRODUCT: _product_side(contents.DAY),
        _LARGE_DAY: _product_side(contents.DAY - timedelta(days=1)),
        _SCANNED: _scanned_side,
    },
    largest={_SCANNED: 100_000},
    settings=lambda size: StubSettings(images=_IMAGES, image_rows=max(size, 11 * _IMAGES)),
    facts=_facts,
)
