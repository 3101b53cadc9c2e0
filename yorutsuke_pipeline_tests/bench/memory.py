"""memory: each stage at growing numbers of records, each run in a process of its own, without delays.

What counts is the growth: the most memory of a process, and the time a record, against those at the smallest size.
"""

from __future__ import annotations

from yorutsuke_pipeline_tests.bench import archive, manifest, raw_output, results
from yorutsuke_pipeline_tests.bench.benchmark import Benchmark, in_records
from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings

_IMAGE_BYTES = 2_000


def _settings(size: int) -> StubSettings:
    return StubSettings(table_delay=0, images=size, image_bytes=_IMAGE_BYTES)


# Within so much, memory is flat and time is linear.
_MOST_GROWTH = 1.2

# Stages that make a call for each image: a million of them take a quarter of an hour, and are for `--size`, by hand.
MEMORY_OF_IMAGES = Benchmark(
    name="memory-of-images",
    title="memory by number of images",
    unit="records",
    sizes=(1_000, 10_000),
    quick_sizes=(100, 200),
    sides={"manifest": manifest.product_side, "archive": archive.product_side},
    most_growth=_MOST_GROWTH,
    settings=_settings,
    options={"image_bytes": _IMAGE_BYTES},
)

MEMORY = Benchmark(
    name="memory",
    title="memory by number of records",
    unit="records",
    sizes=(1_000, 10_000, 100_000, 1_000_000),
    quick_sizes=(100, 200),
    sides={"raw output": in_records(raw_output.product_side), "results": results.product_side},
    most_growth=_MOST_GROWTH,
    once_from=100_000,
    settings=_settings,
)
