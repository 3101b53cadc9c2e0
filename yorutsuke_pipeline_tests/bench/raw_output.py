"""raw-output: a job's output, with its echoed images, becomes kept answers; and the same of small lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.raw_output import Outcome
from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.baselines import textbook_output
from yorutsuke_pipeline_tests.bench.baselines.sockets import drain
from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT, Benchmark, Goal
from yorutsuke_pipeline_tests.bench.scene import INTENT_ID, Facts, Scene
from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings
from yorutsuke_pipeline_tests.receipts import receipts_stages

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTBOOK, RAW = "iter_lines, json, pydantic", "a raw socket"
_FOLDER = layout.output_folder(contents.JOB_ID)
_OUTPUT = f"{_FOLDER}part-0001.jsonl.out"
# A line has 4/3 of it, in base64, and some 800 bytes more.
_IMAGE_BYTES = 202_000
_MB = 1e6
# As much as one connection to S3 gives.
_S3_RATE = 85e6


def product_side(scene: Scene) -> Callable[[], Facts]:
    size = _make_output(scene)
    scene.service.make(f"{_FOLDER}{layout.SERVICE_MANIFEST}", "summary", scene.size)
    scene.service.make(layout.records_key(INTENT_ID), "records", scene.size)
    scene.put_job(scene.put_intent(IntentStatus.SUBMITTED))
    collector = receipts_stages(scene.product).raw_output_collector

    def work() -> Facts:
        report = collector.collect(contents.DAY)
        return {"units": size / _MB, "answered": report.counts[Outcome.ANSWERED]}

    return work


def _textbook_side(scene: Scene) -> Callable[[], Facts]:
    _make_output(scene)
    bucket = scene.product.settings.required_bucket()

    def work() -> Facts:
        lines, size = textbook_output.collect(bucket, _OUTPUT, layout.answers_key(INTENT_ID))
        return {"units": size / _MB, "answered": lines}

    return work


def _raw_side(scene: Scene) -> Callable[[], Facts]:
    _make_output(scene)
    bucket = scene.product.settings.required_bucket()
    return lambda: {"units": drain(scene.service.port, f"/{bucket}/{_OUTPUT}") / _MB}


def _make_output(scene: Scene) -> int:
    return scene.service.make(_OUTPUT, "output", scene.size, scene.options.get("image_bytes", 0))


_SIDES = {PRODUCT: product_side, TEXTBOOK: _textbook_side, RAW: _raw_side}

RAW_OUTPUT = Benchmark(
    name="raw-output",
    title="output with echoed images to kept answers",
    unit="MB",
    sizes=(5_555,),
    quick_sizes=(555,),
    sides=_SIDES,
    goals=(Goal(TEXTBOOK, must=15, aim=25),),
    largest={TEXTBOOK: 300},
    options={"image_bytes": _IMAGE_BYTES},
)

RAW_OUTPUT_PACED = Benchmark(
    name="raw-output-paced",
    title="the same, at 85 MB/s a connection, 20 ms to the first byte",
    unit="MB",
    sizes=(5_555,),
    quick_sizes=(555,),
    sides={PRODUCT: product_side, RAW: _raw_side},
    largest={RAW: 1_000},
    settings=lambda _size: StubSettings(bucket_delay=0.02, bytes_per_second=_S3_RATE),
    options={"image_bytes": _IMAGE_BYTES},
)

RAW_OUTPUT_SMALL = Benchmark(
    name="raw-output-small",
    title="output without images (images by s3Location)",
    unit="MB",
    sizes=(100_000,),
    quick_sizes=(10_000,),
    sides={PRODUCT: product_side, TEXTBOOK: _textbook_side},
)
