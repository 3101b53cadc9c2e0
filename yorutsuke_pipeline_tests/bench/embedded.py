"""results, manifest and archive once more, at the embedded AWS.

One Python process answers there, much slower than a side asks: the ratios say what a user without an account sees,
and little about the sides. So nothing is to be reached here, and the sizes are small.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline_tests.bench.archive import ARCHIVE
from yorutsuke_pipeline_tests.bench.embedded_aws import fresh_embedded_aws
from yorutsuke_pipeline_tests.bench.manifest import MANIFEST
from yorutsuke_pipeline_tests.bench.results import RAW, RESULTS

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.bench.benchmark import Benchmark


def _embedded(benchmark: Benchmark, size: int) -> Benchmark:
    return replace(
        benchmark,
        name=f"{benchmark.name}-embedded",
        title=f"{benchmark.name} at the embedded AWS",
        sizes=(size,),
        quick_sizes=(size // 10,),
        # The raw limit is the stub's: it reads answers as only that one sends them, each in one piece.
        sides={name: side for name, side in benchmark.sides.items() if name != RAW},
        goals=(),
        largest={},
        service=fresh_embedded_aws,
    )


RESULTS_EMBEDDED = _embedded(RESULTS, 2_000)
MANIFEST_EMBEDDED = _embedded(MANIFEST, 1_000)
ARCHIVE_EMBEDDED = _embedded(ARCHIVE, 500)
