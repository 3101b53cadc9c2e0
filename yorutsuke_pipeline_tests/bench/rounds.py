"""Rounds: all sides of a benchmark in turn, again and again, and what is left of them when noise is taken out."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT, Benchmark
from yorutsuke_pipeline_tests.bench.growth import Growth, with_growth
from yorutsuke_pipeline_tests.bench.measured import Measured, measure_in_child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from yorutsuke_pipeline_tests.bench.stub.process import RunningStub


@dataclass(frozen=True)
class Row:
    """One side at one size: the medians of its rounds.

    Attributes:
        ratio: The product's median rate over this side's; 1 for the product itself.
        peak_mb: The most resident memory there was, that of idling included.
        growth: What a larger size takes against the smallest, where the benchmark asks.
        facts: What the last round found; what the service counted in it is among `counts`.
    """

    benchmark: str
    title: str
    side: str
    unit: str
    size: int
    rounds: int
    seconds: float
    rate: float
    cpu_seconds: float
    over_idle_mb: float
    peak_mb: float
    ratio: float
    must: float | None
    aim: float | None
    facts: dict[str, Any]
    counts: dict[str, Any]
    growth: Growth | None = None

    @property
    def extra(self) -> str:
        """What the side has to say besides its rate."""
        facts = [f"{name} {value}" for name, value in self.facts.items() if name != "units"]
        return ", ".join(facts if self.growth is None else [*facts, str(self.growth)])


def measured_at(
    benchmark: Benchmark,
    sizes: Iterable[int],
    rounds: int,
    stub: RunningStub,
    told: Callable[[str], None],
) -> list[Row]:
    """Measure every side at each size; return the rows, with their growth if it is of interest."""
    rows = [row for size in sizes for row in run_rounds(benchmark, size, rounds, stub, told)]
    return rows if benchmark.most_growth is None else list(with_growth(rows, benchmark.most_growth))


def run_rounds(
    benchmark: Benchmark,
    size: int,
    rounds: int,
    stub: RunningStub,
    told: Callable[[str], None],
) -> list[Row]:
    """Measure every side `rounds` times, A B C A B C, or once where that must do; return one row a side."""
    rounds = benchmark.rounds_at(size, rounds)
    measured: dict[str, list[Measured]] = {side: [] for side in benchmark.sides}
    for number in range(1, rounds + 1):
        for side, so_far in measured.items():
            told(f"{benchmark.name} {size:,}: {side}, round {number} of {rounds}")
            so_far.append(measure_in_child(benchmark.name, side, benchmark.size_for(side, size), stub))
    reference = _median(each.rate for each in measured.get(PRODUCT, ()))
    return [_row(benchmark, side, size, runs, reference) for side, runs in measured.items()]


def _row(benchmark: Benchmark, side: str, size: int, runs: list[Measured], reference: float) -> Row:
    rate = _median(run.rate for run in runs)
    goal = next((goal for goal in benchmark.goals if goal.side == side), None)
    return Row(
        benchmark=benchmark.name,
        title=benchmark.title,
        side=side,
        unit=benchmark.unit,
        size=benchmark.size_for(side, size),
        rounds=len(runs),
        seconds=_median(run.seconds for run in runs),
        rate=rate,
        cpu_seconds=_median(run.cpu_seconds for run in runs),
        over_idle_mb=_median(run.over_idle_mb for run in runs),
        peak_mb=_median(run.peak_mb for run in runs),
        ratio=reference / rate if rate else 0.0,
        must=goal.must if goal else None,
        aim=goal.aim if goal else None,
        facts={**runs[-1].facts, **(benchmark.facts(runs[-1]) if benchmark.facts else {})},
        counts=runs[-1].counts,
    )


def _median(values: Iterable[float]) -> float:
    listed = list(values)
    return median(listed) if listed else 0.0
