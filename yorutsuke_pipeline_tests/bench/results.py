"""results: kept answers become rows of the transactions table. The stage with the most calls of all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.attribute_values import as_item
from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.results import Ending
from yorutsuke_pipeline.engine.streams import chunked
from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.baselines import dlt_pipeline, wrangler
from yorutsuke_pipeline_tests.bench.baselines.lambda_design import LambdaDesign, rows_of
from yorutsuke_pipeline_tests.bench.baselines.sockets import exchange, post
from yorutsuke_pipeline_tests.bench.baselines.textbook import TextbookWriter
from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT, Benchmark, Goal
from yorutsuke_pipeline_tests.bench.scene import INTENT_ID, Facts, Scene
from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings
from yorutsuke_pipeline_tests.receipts import receipts_stages

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline_tests.bench.measured import Measured

    _Design = LambdaDesign | TextbookWriter | wrangler.WranglerWriter | dlt_pipeline.DltPipeline

ANSWERS = layout.answers_key(INTENT_ID)
LAMBDA, TEXTBOOK, WRANGLER, DLT, RAW = "the Lambda design", "boto3's batch_writer", "awswrangler", "dlt", "raw sockets"
# A row of these answers; as many of them as connections is what the raw side keeps in flight.
_ROWS_A_CALL = 25
_CONNECTIONS = 16


def product_side(scene: Scene) -> Callable[[], Facts]:
    scene.service.make(ANSWERS, "answers", scene.size)
    scene.put_intent(IntentStatus.COLLECTED)
    recorder = receipts_stages(scene.product).result_recorder

    def work() -> Facts:
        report = recorder.record(contents.DAY)
        accepted, rejected = report.endings[Ending.ACCEPTED], report.endings[Ending.REJECTED]
        return {"units": accepted + rejected, "accepted": accepted, "rejected": rejected}

    return work


def _lambda_side(scene: Scene) -> Callable[[], Facts]:
    return _baseline(scene, LambdaDesign(*places(scene)))


def _textbook_side(scene: Scene) -> Callable[[], Facts]:
    return _baseline(scene, TextbookWriter(*places(scene)))


def _wrangler_side(scene: Scene) -> Callable[[], Facts]:
    return _baseline(scene, wrangler.WranglerWriter(*places(scene)))


def _dlt_side(scene: Scene) -> Callable[[], Facts]:
    return _baseline(scene, dlt_pipeline.DltPipeline(*places(scene)))


def _baseline(scene: Scene, design: _Design) -> Callable[[], Facts]:
    scene.service.make(ANSWERS, "answers", scene.size)
    return lambda: {"units": scene.size, "accepted": design.run(ANSWERS)}


def _raw_side(scene: Scene) -> Callable[[], Facts]:
    _, table = places(scene)
    lines = iter(contents.kept_answers(scene.size))
    requests, accepted = [], 0
    for rows in chunked(rows_of(lines), _ROWS_A_CALL):
        accepted += len(rows)
        puts = [{"PutRequest": {"Item": as_item(row)}} for row in rows]
        requests.append(post("BatchWriteItem", json.dumps({"RequestItems": {table: puts}}).encode()))

    def work() -> Facts:
        exchange(scene.service.port, requests, _CONNECTIONS)
        return {"units": scene.size, "accepted": accepted}

    return work


def rows_lost(measured: Measured) -> int:
    """Return how many rows a side believes to have written that the table does not have."""
    return int(measured.facts["accepted"]) - int(measured.counts["rows_written"])


def places(scene: Scene) -> tuple[str, str]:
    settings = scene.product.settings
    return settings.required_bucket(), settings.table("transactions")


_SIDES = {
    PRODUCT: product_side,
    LAMBDA: _lambda_side,
    TEXTBOOK: _textbook_side,
    **({WRANGLER: _wrangler_side} if wrangler.is_installed() else {}),
    **({DLT: _dlt_side} if dlt_pipeline.is_installed() else {}),
    RAW: _raw_side,
}

RESULTS = Benchmark(
    name="results",
    title="answers to rows of the table (8 ms a call)",
    unit="rows",
    sizes=(10_000, 100_000),
    quick_sizes=(2_000,),
    sides=_SIDES,
    goals=(Goal(LAMBDA, must=8, aim=20), *(Goal(side, must=7, aim=20) for side in (TEXTBOOK, WRANGLER, DLT))),
    facts=lambda measured: {"rows lost": rows_lost(measured)},
    largest=dict.fromkeys((LAMBDA, TEXTBOOK, WRANGLER, DLT), 10_000),
)

CEILING = Benchmark(
    name="ceiling",
    title="what the stub itself can do (no delay)",
    unit="rows",
    sizes=(100_000,),
    quick_sizes=(10_000,),
    sides={RAW: _raw_side},
    settings=lambda _size: StubSettings(table_delay=0),
)
