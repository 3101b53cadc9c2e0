"""throttled: rows offered faster than the table admits them. What counts is what gets through, and what is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline_tests.bench.baselines.lambda_design import LambdaDesign
from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT, Benchmark
from yorutsuke_pipeline_tests.bench.results import ANSWERS, places, product_side, rows_lost
from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline_tests.bench.measured import Measured
    from yorutsuke_pipeline_tests.bench.scene import Facts, Scene

# What a new on-demand table takes.
_WRITES_PER_SECOND = 4_000.0
_AT_ONCE = 8
LAMBDA = f"the Lambda design, {_AT_ONCE} at once"


def _lambda_side(scene: Scene) -> Callable[[], Facts]:
    """Let as many Lambdas run at once as it takes to pass the table's limit; one alone does not reach it."""
    scene.service.make(ANSWERS, "answers", scene.size)
    design = LambdaDesign(*places(scene))
    batches = list(design.batches(ANSWERS))
    accepted = sum(map(len, batches))

    def work() -> Facts:
        design.write_all(batches, at_once=_AT_ONCE)
        return {"units": accepted, "accepted": accepted}

    return work


def _facts(measured: Measured) -> dict[str, Any]:
    written, accepted = measured.counts["rows_written"], measured.facts["accepted"]
    return {
        "rows lost": rows_lost(measured),
        "goodput": f"{written / measured.seconds / _WRITES_PER_SECOND:.1%}",
        "attempts a row": f"{measured.counts['rows_offered'] / accepted:.3f}",
    }


THROTTLED = Benchmark(
    name="throttled",
    title="a table that admits 4,000 rows a second",
    unit="rows",
    sizes=(20_000, 100_000),
    quick_sizes=(4_000,),
    sides={PRODUCT: product_side, LAMBDA: _lambda_side},
    settings=lambda _size: StubSettings(writes_per_second=_WRITES_PER_SECOND),
    facts=_facts,
)
