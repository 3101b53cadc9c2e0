"""What commands work on: the product, and the queue of runs beside it. A test gives its own.

What belongs here: the words for both. How a command gets at them is `parameters.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from yorutsuke_pipeline.composition import Composition
    from yorutsuke_pipeline.defs.launching import LaunchedRun
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports_orders import OrderDesk
    from yorutsuke_pipeline.engine.retrying import Half
    from yorutsuke_pipeline.stages import Stages


class RunQueue(Protocol):
    """Days as runs in a queue; Dagster's is `defs.launching.Launchpad`, which says more of each."""

    def failed_days(
        self, first: date, last: date, *, first_partition: date, open_intents: Iterable[Intent]
    ) -> list[date]:
        """Return the days of a range that failed, or that have an open intent that did."""
        ...

    def busy_days(self, days: Iterable[date]) -> set[date]:
        """Return those of `days` for which a run is queued or under way."""
        ...

    def launch(self, half: Half, days: Sequence[date]) -> list[LaunchedRun]:
        """Put a run of `half` for each day into the queue."""
        ...

    def daemon_is_alive(self) -> bool:
        """Tell whether somebody takes runs from the queue."""
        ...

    def wait(self, runs: Sequence[LaunchedRun], progress: Callable[[int, int], None]) -> list[LaunchedRun]:
        """Return the runs once all of them have ended; `progress` gets how many have, and of how many."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """What a test puts into click's context in place of what the environment configures.

    Attributes:
        run_queue: None is Dagster's.
        stages: None are those of the workload that the command line names.
        desks: Where the HTTP API orders, by the workload's name; None are the product's.
    """

    product: Composition
    run_queue: RunQueue | None = None
    stages: Stages | None = None
    desks: Mapping[str, OrderDesk] | None = None
