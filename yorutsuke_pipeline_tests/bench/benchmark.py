"""What a benchmark is: sides that do the same work, one of them the product, on a service that behaves as it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.bench.measured import Measured
    from yorutsuke_pipeline_tests.bench.scene import Facts, Scene
    from yorutsuke_pipeline_tests.bench.service import Service
    from yorutsuke_pipeline_tests.bench.stub.process import RunningStub

PRODUCT = "product"

# Prepares, untimed, and returns what is timed.
Side = Callable[["Scene"], "Callable[[], Facts]"]


@dataclass(frozen=True)
class Goal:
    """What is asked of the product against one side: so many times its rate. Against itself: so many units a second."""

    side: str
    must: float
    aim: float


@dataclass(frozen=True)
class Benchmark:
    """One row of the table, or several that differ in size.

    Attributes:
        unit: What is counted: rows, MB, images.
        sizes: In records; each is measured by itself.
        quick_sizes: In place of `sizes`, when a minute must do.
        sides: By name, the product first.
        most_growth: How many times the peak memory, and the time a record, a larger size may take; None if any.
        once_from: The size from which one round must do: it takes minutes, in which noise is evened out.
        largest: The size at which a side that is slow, and linear, is run at most; rates are what is compared.
        settings: Of the stub, by size; of another service, what of them it can heed.
        service: Where a run is measured, given the stub: that itself, or one that is started for the run.
        options: What the sides are told.
        facts: What is worth saying of a run besides its rate, made of its time and the service's counts.
    """

    name: str
    title: str
    unit: str
    sizes: tuple[int, ...]
    quick_sizes: tuple[int, ...]
    sides: Mapping[str, Side]
    goals: tuple[Goal, ...] = ()
    most_growth: float | None = None
    once_from: int | None = None
    largest: Mapping[str, int] = field(default_factory=dict)
    settings: Callable[[int], StubSettings] = field(default=lambda _size: StubSettings())
    service: Callable[[RunningStub], AbstractContextManager[Service]] = nullcontext
    options: Mapping[str, Any] = field(default_factory=dict)
    facts: Callable[[Measured], dict[str, Any]] | None = None

    def begin(self, side: str, scene: Scene) -> Callable[[], Facts]:
        """Set the service, prepare a side, and return what is to be timed."""
        scene.service.begin(self.settings(scene.size))
        return self.sides[side](scene)

    def only(self, sides: list[str] | None) -> Benchmark:
        """Return the same with fewer sides; None for all."""
        return self if sides is None else replace(self, sides={side: self.sides[side] for side in sides})

    def rounds_at(self, size: int, rounds: int) -> int:
        """Return how often each side is run at a size."""
        return rounds if self.once_from is None or size < self.once_from else 1

    def size_for(self, side: str, size: int) -> int:
        """Return how many records a side is given."""
        return min(size, self.largest.get(side, size))


def in_records(side: Side) -> Side:
    """Return the same side, with its rate in records whatever the stage's own unit."""

    def begin(scene: Scene) -> Callable[[], Facts]:
        work = side(scene)
        return lambda: {**work(), "units": scene.size}

    return begin
