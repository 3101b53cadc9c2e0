"""A queue of runs that remembers what was launched."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.defs.launching import LaunchedRun

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.retrying import Half


@dataclass
class FakeRunQueue:
    """Implements `RunQueue`: runs end as `outcome` and `failure` say once they are waited for.

    Attributes:
        failed: Days that are red.
        left_failed: Intents whose last run failed, in whatever day.
    """

    failed: Sequence[date] = ()
    left_failed: Collection[str] = ()
    busy: frozenset[date] = frozenset()
    is_alive: bool = True
    outcome: str = "SUCCESS"
    failure: str | None = None
    launched: list[tuple[Half, date]] = field(default_factory=list)

    def failed_days(
        self, first: date, last: date, *, first_partition: date, open_intents: Iterable[Intent]
    ) -> list[date]:
        of_intents = {intent.day for intent in open_intents if intent.intent_id in self.left_failed}
        return [day for day in sorted({*self.failed, *of_intents}) if max(first, first_partition) <= day <= last]

    def busy_days(self, days: Iterable[date]) -> set[date]:
        return set(days) & self.busy

    def launch(self, half: Half, days: Sequence[date]) -> list[LaunchedRun]:
        self.launched += [(half, day) for day in days]
        return [LaunchedRun(f"run-{day}", day, half, "QUEUED") for day in days]

    def daemon_is_alive(self) -> bool:
        return self.is_alive

    def wait(self, runs: Sequence[LaunchedRun], progress: Callable[[int, int], None]) -> list[LaunchedRun]:
        progress(len(runs), len(runs))
        return [replace(run, status=self.outcome, failure=self.failure) for run in runs]
