"""What a sweep found, as tables in Markdown and as JSON.

What belongs here: words. Every broken invariant is named with the call, the moment, and the command that
repeats just that trial.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline_tests.proof.interruption import Mode
from yorutsuke_pipeline_tests.proof.invariants import Invariant
from yorutsuke_pipeline_tests.proof.sweep import unreached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from yorutsuke_pipeline_tests.proof.sweep import Sweep
    from yorutsuke_pipeline_tests.proof.trial import Trial

_TITLES = {
    Mode.KILL_BEFORE: "The pipeline is killed (SIGKILL) before a call takes effect",
    Mode.KILL_AFTER: "The pipeline is killed (SIGKILL) after a call took effect, before it has the answer",
    Mode.SERVER_BEFORE: "AWS is killed (SIGKILL) before a call takes effect",
    Mode.SERVER_AFTER: "AWS is killed (SIGKILL) after a call took effect, before its answer",
    Mode.STALL_BEFORE: "A run stalls before a call, another overtakes it, then it wakes",
    Mode.STALL_AFTER: "A run stalls before the answer of a call, another overtakes it, then it wakes",
}


def as_markdown(sweep: Sweep) -> str:
    """Return the tables, and below them every invariant that broke."""
    lines = [_summary(sweep), ""]
    for mode, title in _TITLES.items():
        trials = [trial for trial in sweep.trials if trial.interruption.mode is mode]
        if trials:
            counted = "kills" if mode in {Mode.KILL_BEFORE, Mode.KILL_AFTER} else "trials"
            lines += [f"### {title}", "", *_by_stage(sweep, trials, counted), ""]
    faults = [trial for trial in sweep.trials if trial.interruption.fault is not None]
    if faults:
        lines += ["### A fault on the wire", "", *_by_fault(faults), ""]
    lines += _broken(sweep.trials)
    return "\n".join(lines).rstrip() + "\n"


def as_document(sweep: Sweep) -> dict[str, Any]:
    """Return all of it as JSON values."""
    return {
        "invariants": [invariant.value for invariant in Invariant],
        "calls": {flow: [str(call) for call in calls] for flow, calls in sweep.calls.items()},
        "trials": [_trial(trial) for trial in sweep.trials],
    }


def is_proven(sweep: Sweep) -> bool:
    """Whether every trial interrupted something, and no invariant broke."""
    return not any(trial.broken for trial in sweep.trials) and not any(unreached(sweep.trials))


def _summary(sweep: Sweep) -> str:
    broken = sum(1 for trial in sweep.trials if trial.broken)
    seconds = sum(trial.seconds for trial in sweep.trials)
    calls = ", ".join(f"{flow}: {len(calls)} calls" for flow, calls in sweep.calls.items())
    held = "all seven invariants held in each" if not broken else f"invariants broke in {broken}"
    return f"{len(sweep.trials)} trials in {seconds / 60:.1f} minutes ({calls or 'one trial'}); {held}."


def _by_stage(sweep: Sweep, trials: Sequence[Trial], counted: str) -> Iterator[str]:
    yield f"| flow | stage | calls | {counted} | invariants held |"
    yield "|---|---|---:|---:|---:|"
    for (flow, stage), group in _grouped(trials, lambda trial: (trial.day.flow.name, _stage(trial))).items():
        calls = sum(1 for call in sweep.calls.get(flow, ()) if call.stage == stage)
        yield f"| {flow} | {stage} | {calls} | {len(group)} | {_held(group)} |"


def _by_fault(trials: Sequence[Trial]) -> Iterator[str]:
    yield "| operation | fault | trials | invariants held |"
    yield "|---|---|---:|---:|"
    for (operation, kind), group in sorted(_grouped(trials, _operation_and_kind).items()):
        yield f"| {operation} | {kind} | {len(group)} | {_held(group)} |"


def _broken(trials: Sequence[Trial]) -> Iterator[str]:
    for trial in trials:
        if trial.broken:
            yield f"### Broken: {trial.interruption.mode} at {trial.hit or 'no call'}"
            yield ""
            yield f"Repeat it: `{trial.command}`"
            yield ""
            yield from (f"- **{broken.invariant}**, {broken.when}: {broken.what}" for broken in trial.broken)
            yield ""
    for trial in unreached(trials):
        yield f"### Nothing was interrupted: `{trial.command}`"
        yield ""


def _trial(trial: Trial) -> dict[str, Any]:
    fault = trial.interruption.fault
    return {
        "flow": trial.day.flow.name,
        "day": trial.day.key,
        "mode": trial.interruption.mode.value,
        "at": trial.interruption.at,
        "stage": _stage(trial),
        "operation": str(trial.hit.operation) if trial.hit else None,
        "subject": trial.hit.operation.subject if trial.hit else None,
        "fault": fault.kind.value if fault else None,
        "nights": trial.nights,
        "seconds": round(trial.seconds, 2),
        "broken": [
            {"invariant": broken.invariant.value, "when": broken.when, "what": broken.what} for broken in trial.broken
        ],
        "command": trial.command,
    }


def _grouped(trials: Sequence[Trial], key: Callable[[Trial], tuple[str, str]]) -> dict[tuple[str, str], list[Trial]]:
    groups: dict[tuple[str, str], list[Trial]] = defaultdict(list)
    for trial in trials:
        groups[key(trial)].append(trial)
    return groups


def _operation_and_kind(trial: Trial) -> tuple[str, str]:
    fault = trial.interruption.fault
    return (str(trial.hit.operation) if trial.hit else "none", fault.kind.value if fault else "none")


def _held(trials: Sequence[Trial]) -> str:
    held = sum(1 for trial in trials if not trial.broken)
    return f"{held} of {len(trials)}" if held < len(trials) else "all"


def _stage(trial: Trial) -> str:
    return trial.hit.stage if trial.hit else "none"
