"""A trial: one day, one interruption, the nights that mend it, and which invariants broke.

What belongs here: the order of a trial. Running a night is `scene`, judging is `invariants`, and which trials
there are is `sweep`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yorutsuke_pipeline_tests.proof import invariants
from yorutsuke_pipeline_tests.proof.evidence import read_evidence
from yorutsuke_pipeline_tests.proof.interruption import Interruption, Mode
from yorutsuke_pipeline_tests.proof.invariants import ALWAYS, SETTLED, Invariant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yorutsuke_pipeline_tests.proof.day import Day
    from yorutsuke_pipeline_tests.proof.evidence import Evidence
    from yorutsuke_pipeline_tests.proof.interruption import StagedCall
    from yorutsuke_pipeline_tests.proof.scene import Night, Scene

# Beyond those of an undisturbed day.
_MOST_FURTHER_NIGHTS = 3


@dataclass(frozen=True)
class Broken:
    """An invariant that did not hold: which, when, and what was seen."""

    invariant: Invariant
    when: str
    what: str


@dataclass
class Trial:
    """What came of one interruption.

    Attributes:
        calls: Of the first night, as far as it came.
        hit: The call that was interrupted; None if nothing was to be, or the night never came so far.
        nights: How many it took until nothing waited.
    """

    day: Day
    interruption: Interruption
    calls: tuple[StagedCall, ...] = ()
    hit: StagedCall | None = None
    nights: int = 0
    broken: list[Broken] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def command(self) -> str:
        """What repeats it."""
        options = self.interruption.as_options()
        return f"python -m yorutsuke_pipeline_tests.proof --flow {self.day.flow.name} {options}"


def run_trial(scene: Scene, day: Day, interruption: Interruption) -> Trial:
    """Put a day in line, disturb its first night, run it again until nothing waits, and check everything."""
    started = time.monotonic()
    trial = Trial(day, interruption)
    try:
        _run(scene, trial)
    except TimeoutError as error:
        trial.broken.append(Broken(Invariant.NOTHING_LOST, "while it ran", str(error)))
    trial.seconds = time.monotonic() - started
    return trial


def _run(scene: Scene, trial: Trial) -> None:
    day = trial.day
    scene.world.put(day)
    first = scene.night(day, trial.interruption)
    trial.calls, trial.hit, trial.nights = first.calls, first.hit, 1
    seen = _look(scene, trial, first)
    if not seen.is_settled:
        _judge(trial, seen, f"right after it ({_ending(first)})")
    if first.cut_off is not None:
        seen = _look(scene, trial, scene.night(day, retried=first.cut_off))
    while not seen.is_settled and trial.nights < day.flow.nights + _MOST_FURTHER_NIGHTS:
        night = scene.night(day)
        trial.nights += 1
        seen = _look(scene, trial, night)
        _note(trial, Invariant.NOTHING_LOST, f"night {trial.nights}", _crash(night))
    _judge(trial, seen, "when it had settled", is_settled=True)
    if trial.interruption.mode is Mode.NOTHING:
        _judge_undisturbed(trial, seen)
    if seen.is_settled:
        _run_again(scene, trial, seen)


def _look(scene: Scene, trial: Trial, night: Night) -> Evidence:
    """Read what is there after a night, having judged what the night itself has shown."""
    seen = read_evidence(scene.world, trial.day)
    _note(trial, Invariant.FAILURE_IS_SEEN, "in Dagster", invariants.failure_is_seen(trial.day, night, seen))
    told = [folder / name for folder in night.folders for name in ("output", "events")]
    leaks = invariants.nothing_leaks(trial.day, [*told, *scene.world.logs])
    _note(trial, Invariant.NOTHING_LEAKS, "in Dagster and in logs", leaks)
    return seen


def _run_again(scene: Scene, trial: Trial, before: Evidence) -> None:
    again = scene.night(trial.day)
    after = _look(scene, trial, again)
    broken = invariants.rerun_is_no_op(again, before, after)
    _note(trial, Invariant.RERUN_IS_NO_OP, "in one night more", broken)


def _judge(trial: Trial, seen: Evidence, when: str, *, is_settled: bool = False) -> None:
    for invariant, judge in SETTLED if is_settled else ALWAYS:
        _note(trial, invariant, when, judge(trial.day, seen))


def _judge_undisturbed(trial: Trial, seen: Evidence) -> None:
    """Hold an undisturbed day against how it was made to end; else the whole proof might look at nothing."""
    stored = {row["imageId"] for row in seen.transactions}
    for image in trial.day.images:
        ending = "transaction" if image.image_id in stored else "dead letter"
        if ending != image.receipt.ends_as:
            what = f"{image.image_id} ended as a {ending}, not as a {image.receipt.ends_as}"
            trial.broken.append(Broken(Invariant.NOTHING_LOST, "undisturbed", what))
    if trial.nights != trial.day.flow.nights:
        what = f"it took {trial.nights} nights, not {trial.day.flow.nights}"
        trial.broken.append(Broken(Invariant.NOTHING_LOST, "undisturbed", what))


def _note(trial: Trial, invariant: Invariant, when: str, broken: Iterable[str]) -> None:
    trial.broken.extend(Broken(invariant, when, what) for what in broken)


def _crash(night: Night) -> Iterator[str]:
    """Tell of an undisturbed night that ended otherwise than by Dagster's own way of failing."""
    if night.exit_code:
        last_words = (night.folders[0] / "output").read_text(errors="replace").splitlines()[-3:]
        yield f"its process ended with {night.exit_code}: {' | '.join(last_words)}"


def _ending(night: Night) -> str:
    return "killed" if night.was_killed else f"exit code {night.exit_code}"
