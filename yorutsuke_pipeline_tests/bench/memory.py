"""memory: each stage at growing numbers of records, each run in a process of its own, without delays.

Its column is the memory; the rates say whether the time, too, grows with the records and not faster.
"""

from __future__ import annotations

from yorutsuke_pipeline_tests.bench import archive, manifest, raw_output, results
from yorutsuke_pipeline_tests.bench.benchmark import Benchmark, in_records
from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings

_IMAGE_BYTES = 2_000


def _settings(size: int) -> StubSettings:
    return StubSettings(table_delay=0, images=size, image_bytes=_IMAGE_BYTES)


# Stages that make a call for each image; a hundred thousand of them are for a night, not for a benchmark.
MEMORY_OF_IMAGES = Benchmark(
    name="memory-of-images",
    title="memory by number of images",
    unit="records",
    sizes=(1_000, 10_000),
    quick_sizes=(100, 200),
    sides={"manifest": in_records(manifest.product_side), "archive": in_records(archive.product_side)},
    settings=_settings,
    options={"image_bytes": _IMAGE_BYTES},
)

MEMORY = Benchmark(
    name="memory",
    title="memory by number of records",
    unit="records",
    sizes=(1_000, 10_000, 100_000),
    quick_sizes=(100, 200),
    sides={"raw output": in_records(raw_output.product_side), "results": in_records(results.product_side)},
    settings=_settings,
)
