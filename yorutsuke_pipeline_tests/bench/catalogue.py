"""All benchmarks, in the order of their weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline_tests.bench.archive import ARCHIVE
from yorutsuke_pipeline_tests.bench.embedded import ARCHIVE_EMBEDDED, MANIFEST_EMBEDDED, RESULTS_EMBEDDED
from yorutsuke_pipeline_tests.bench.manifest import MANIFEST
from yorutsuke_pipeline_tests.bench.manifest_lines import MANIFEST_LINES
from yorutsuke_pipeline_tests.bench.memory import MEMORY, MEMORY_OF_IMAGES
from yorutsuke_pipeline_tests.bench.night import NIGHT
from yorutsuke_pipeline_tests.bench.pending import PENDING
from yorutsuke_pipeline_tests.bench.raw_output import RAW_OUTPUT, RAW_OUTPUT_PACED, RAW_OUTPUT_SMALL
from yorutsuke_pipeline_tests.bench.results import CEILING, RESULTS
from yorutsuke_pipeline_tests.bench.run_overhead import RUN_OVERHEAD
from yorutsuke_pipeline_tests.bench.sensor import SENSOR, SENSOR_OF_ENDINGS, SENSOR_OF_INTENTS
from yorutsuke_pipeline_tests.bench.throttled import THROTTLED
from yorutsuke_pipeline_tests.bench.violations import VIOLATIONS

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.bench.benchmark import Benchmark

_ALL = (
    RESULTS,
    THROTTLED,
    RAW_OUTPUT,
    RAW_OUTPUT_PACED,
    RAW_OUTPUT_SMALL,
    MANIFEST,
    MANIFEST_LINES,
    ARCHIVE,
    PENDING,
    SENSOR,
    SENSOR_OF_INTENTS,
    SENSOR_OF_ENDINGS,
    RUN_OVERHEAD,
    VIOLATIONS,
    MEMORY,
    MEMORY_OF_IMAGES,
    RESULTS_EMBEDDED,
    MANIFEST_EMBEDDED,
    ARCHIVE_EMBEDDED,
    CEILING,
)
# Takes longer than all others together, and is run by its name alone.
BENCHMARKS: dict[str, Benchmark] = {each.name: each for each in (*_ALL, NIGHT)}
BY_DEFAULT = [each.name for each in _ALL]


def benchmark_of(name: str) -> Benchmark:
    return BENCHMARKS[name]
