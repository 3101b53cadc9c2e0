"""All trials, one after the other: first an undisturbed day of each flow, then every interruption of its plan.

What belongs here: the order, fresh worlds, and telling how far it is. What a trial is, is `trial`.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yorutsuke_pipeline_tests.proof.children import Children
from yorutsuke_pipeline_tests.proof.day import Day
from yorutsuke_pipeline_tests.proof.interruption import NOTHING
from yorutsuke_pipeline_tests.proof.plan import Extent, plan
from yorutsuke_pipeline_tests.proof.scene import open_scene
from yorutsuke_pipeline_tests.proof.trial import run_trial

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from yorutsuke_pipeline_tests.proof.day import Flow
    from yorutsuke_pipeline_tests.proof.interruption import Interruption, Mode, StagedCall
    from yorutsuke_pipeline_tests.proof.scene import Scene
    from yorutsuke_pipeline_tests.proof.trial import Trial

# The emulator looks through all rows and objects it has, so a world gets slower with the days in it.
_DAYS_IN_A_WORLD = 60


@dataclass
class Sweep:
    """Runs trials in worlds of its own below `folder`."""

    folder: Path
    concurrency: int = 1
    trials: list[Trial] = field(default_factory=list)
    calls: dict[str, tuple[StagedCall, ...]] = field(default_factory=dict)
    _children: Children = field(default_factory=Children)
    _stack: ExitStack = field(default_factory=ExitStack)
    _scene: Scene | None = None
    _days: int = 0

    def run(self, flows: Sequence[Flow], modes: Sequence[Mode], extent: Extent, *, stride: int = 1) -> None:
        """Try every `stride`-th interruption of the plans.

        Whatever ends it early (Ctrl-C too), what it found until then is in `trials`, and nothing is left running.
        """
        with self._cleaned_up():
            for flow in flows:
                calls = self._count(flow)
                for mode in modes:
                    self._try_all(flow, list(plan(flow, calls, mode, extent))[::stride])

    def run_one(self, flow: Flow, interruption: Interruption) -> None:
        """Try a single one."""
        with self._cleaned_up():
            self._try(flow, interruption)

    @contextmanager
    def _cleaned_up(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._children.kill_all()
            self._end_scene()

    def _count(self, flow: Flow) -> tuple[StagedCall, ...]:
        trial = self._try(flow, NOTHING)
        self.calls[flow.name] = trial.calls
        return trial.calls

    def _try_all(self, flow: Flow, interruptions: Sequence[Interruption]) -> None:
        for place, interruption in enumerate(interruptions, start=1):
            _say(f"{flow.name} {place}/{len(interruptions)}", end=" ")
            self._try(flow, interruption)

    def _try(self, flow: Flow, interruption: Interruption) -> Trial:
        trial = run_trial(self._a_scene(), Day(flow, self._days), interruption)
        self._days += 1
        self.trials.append(trial)
        _tell(trial)
        if trial.broken:
            self._end_scene()  # what a broken trial leaves could break the next one
        return trial

    def _a_scene(self) -> Scene:
        if self._scene is not None and self._days % _DAYS_IN_A_WORLD == 0:
            self._end_scene()
        if self._scene is None:
            folder = self.folder / f"world-{self._days:05d}"
            self._scene = self._stack.enter_context(
                open_scene(folder, self._children, concurrency=self.concurrency),
            )
        return self._scene

    def _end_scene(self) -> None:
        self._stack.close()
        self._scene = None


def unreached(trials: Sequence[Trial]) -> Iterator[Trial]:
    """Yield the trials in which nothing was interrupted: they prove nothing."""
    yield from (trial for trial in trials if trial.interruption != NOTHING and trial.hit is None)


def _tell(trial: Trial) -> None:
    what = str(trial.hit) if trial.hit else f"{len(trial.calls)} calls"
    fault = f" {trial.interruption.fault.kind}" if trial.interruption.fault else ""
    held = "held" if not trial.broken else "BROKEN"
    _say(f"{trial.interruption.mode}{fault}: {what}: {held}, {trial.nights} nights, {trial.seconds:.1f} s")
    for broken in trial.broken:
        _say(f"    {broken.invariant}, {broken.when}: {broken.what}")


def _say(text: str, end: str = "\n") -> None:
    sys.stderr.write(text + end)
    sys.stderr.flush()
