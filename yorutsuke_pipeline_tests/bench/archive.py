"""archive: the sources of accepted receipts are copied, verified, marked and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.baselines.one_by_one_archive import OneByOneArchive
from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT, Benchmark, Goal
from yorutsuke_pipeline_tests.bench.scene import INTENT_ID
from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings
from yorutsuke_pipeline_tests.receipts import receipts_stages

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline_tests.bench.scene import Facts, Scene

_ONE_BY_ONE = "one by one"


def product_side(scene: Scene) -> Callable[[], Facts]:
    scene.service.make(
        layout.outcomes_key(INTENT_ID), "outcomes", scene.size, scene.options.get("image_bytes", contents.IMAGE_BYTES)
    )
    scene.put_job(scene.put_intent(IntentStatus.RECORDED))
    stage = receipts_stages(scene.product).archiver

    def work() -> Facts:
        report = stage.archive(contents.DAY)
        return {"units": report.archived_count, "failures": report.failures.total()}

    return work


def _one_by_one_side(scene: Scene) -> Callable[[], Facts]:
    settings = scene.product.settings
    loop = OneByOneArchive(settings.required_bucket(), settings.table("pending-images"))
    images = [(contents.identity(number), contents.source_key(number)) for number in range(scene.size)]
    return lambda: {"units": loop.run(images)}


ARCHIVE = Benchmark(
    name="archive",
    title="sources archived, 20 ms a call to S3",
    unit="images",
    sizes=(1_000,),
    quick_sizes=(100,),
    sides={PRODUCT: product_side, _ONE_BY_ONE: _one_by_one_side},
    goals=(Goal(_ONE_BY_ONE, must=10, aim=30),),
    largest={_ONE_BY_ONE: 300},
    settings=lambda size: StubSettings(bucket_delay=0.02, images=size, claimed_by=INTENT_ID),
)
