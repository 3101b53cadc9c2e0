"""manifest: the images of a day become the parts of a batch job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.policy import Images
from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.baselines.boto3_manifest import Boto3Manifest
from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT, Benchmark, Goal
from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings
from yorutsuke_pipeline_tests.receipts import receipts_stages

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.manifest import ManifestWriter
    from yorutsuke_pipeline_tests.bench.scene import Facts, Scene

_LOCATED = "product, by s3Location"
_THREADED, _NAIVE = "eight boto3 threads + json", "boto3, one by one"
_PART = "batch-input/baseline/part-0001.jsonl"


def product_side(scene: Scene) -> Callable[[], Facts]:
    """Claim, fetch, check, encode and upload, as the baselines do."""
    return _written_by(receipts_stages(scene.product).manifest_writer, scene)


def _located_side(scene: Scene) -> Callable[[], Facts]:
    """Claim, fetch, check and copy; the lines say where the copies lie."""
    writer = receipts_stages(scene.product).manifest_writer
    return _written_by(replace(writer, policy=replace(writer.policy, images=Images.S3_LOCATION)), scene)


def _written_by(writer: ManifestWriter, scene: Scene) -> Callable[[], Facts]:
    # The list of prices is a module of data: imported here, because imports are not what is measured.
    writer.spending.prices.price(scene.product.settings.model_id)

    def work() -> Facts:
        report = writer.write(contents.DAY)
        assert report.intent is not None
        return {"units": report.intent.record_count, "bytes": report.intent.input_bytes}

    return work


def _threaded_side(scene: Scene) -> Callable[[], Facts]:
    manifest = _baseline(scene)
    return lambda: {"units": manifest.threaded(_images(scene), _PART)}


def _naive_side(scene: Scene) -> Callable[[], Facts]:
    manifest = _baseline(scene)
    return lambda: {"units": manifest.naive(_images(scene), _PART)}


def _baseline(scene: Scene) -> Boto3Manifest:
    settings = scene.product.settings
    return Boto3Manifest(settings.required_bucket(), settings.table("pending-images"))


def _images(scene: Scene) -> list[tuple[str, str, str]]:
    records = map(contents.record, range(scene.size))
    return [
        (record["recordId"], record["identity"], contents.source_key(number)) for number, record in enumerate(records)
    ]


MANIFEST = Benchmark(
    name="manifest",
    title="images of 200 KB to the parts of a job, 20 ms a call to S3",
    unit="images",
    sizes=(2_000,),
    quick_sizes=(200,),
    sides={PRODUCT: product_side, _LOCATED: _located_side, _THREADED: _threaded_side, _NAIVE: _naive_side},
    goals=(Goal(_THREADED, must=3, aim=4), Goal(_NAIVE, must=12, aim=12)),
    largest={_NAIVE: 400},
    settings=lambda size: StubSettings(bucket_delay=0.02, images=size),
)
