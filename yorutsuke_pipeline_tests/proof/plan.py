"""Which interruptions a sweep tries: made from the calls of an undisturbed night.

What belongs here: choosing. Two choices save trials that could only repeat what another has shown:

- killed *after* a read, the world is as it was before that read: so only calls that change or cost
  something are interrupted after their effect;
- the first half of a day that will end partially is like that of any other day, and is swept there.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.words import Word
from yorutsuke_pipeline.local_aws.fault_proxy.call import Moment
from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault, FaultKind
from yorutsuke_pipeline_tests.proof.interruption import Interruption, Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from yorutsuke_pipeline_tests.proof.day import Flow
    from yorutsuke_pipeline_tests.proof.interruption import StagedCall

_BATCHES = ("BatchWriteItem", "BatchGetItem")
# Faults after which nobody can know whether the call took effect: tried at every write.
_IN_DOUBT = frozenset({FaultKind.LOST_ANSWER, FaultKind.RESET})
_SAMPLED_FLOW = "batch"
_PAYING_STAGE = "bedrock_job"
_SECONDS = 0.2  # of slow and timeout


class Extent(Word):
    """How much is tried."""

    EVERY = "every"  # every call there is
    WRITES = "writes"  # every call that changes or costs anything: every different state of the world
    SHORT = "short"  # each operation of each stage once
    SAMPLE = "sample"  # kills on one flow: every writing operation and every stage; and one trial of all else


def plan(flow: Flow, calls: Sequence[StagedCall], mode: Mode, extent: Extent) -> Iterator[Interruption]:
    """Yield the interruptions of one mode to the night that made `calls`."""
    if mode is Mode.NOTHING:
        return
    swept = _swept(flow, calls)
    if extent is Extent.SAMPLE:
        yield from _sample(flow, calls, mode)
        return
    if mode is Mode.FAULT:
        # By call and not by kind, so that a stride meets other kinds at other calls.
        yield from sorted(_faults(calls, swept, extent), key=lambda interruption: interruption.at or 0)
        return
    if mode.moment is Moment.AFTER or extent is not Extent.EVERY:
        swept = [call for call in swept if call.is_write]
    if extent is Extent.SHORT:
        swept = _first_of(swept, lambda call: (call.stage, call.operation.name))
    yield from (Interruption(mode, call.number) for call in swept)


def _sample(flow: Flow, calls: Sequence[StagedCall], mode: Mode) -> list[Interruption]:
    if mode is Mode.KILL_AFTER and flow.name == _SAMPLED_FLOW:
        return [Interruption(mode, call.number) for call in _spread([call for call in calls if call.is_write])]
    short = list(plan(flow, calls, mode, Extent.SHORT))
    # Another place for each mode, so that not all of them meet the first call.
    place = list(Mode).index(mode) * len(short) // len(Mode)
    return short[place : place + 1]


def _swept(flow: Flow, calls: Sequence[StagedCall]) -> list[StagedCall]:
    if not flow.ends_badly:
        return list(calls)
    submitted = next(call.number for call in calls if call.operation.name == "CreateModelInvocationJob")
    return [call for call in calls if call.number > submitted]


def _faults(calls: Sequence[StagedCall], swept: list[StagedCall], extent: Extent) -> Iterator[Interruption]:
    """Yield each kind of fault at the first call of each operation, and those that leave doubt at every write."""
    firsts = _first_of(swept, lambda call: call.operation.name)
    for kind in FaultKind:
        if kind is FaultKind.ERROR:  # the same as those that have a name
            continue
        hit = firsts
        if kind in _IN_DOUBT and extent is not Extent.SHORT:
            hit = [call for call in swept if call.is_write or call in firsts]
        if extent is Extent.SHORT and kind not in {FaultKind.LOST_ANSWER, FaultKind.UNPROCESSED, FaultKind.TRUNCATED}:
            continue
        for call in hit:
            if _can_meet(call, kind):
                yield Interruption(Mode.FAULT, call.number, _fault(calls, call, kind))


def _can_meet(call: StagedCall, kind: FaultKind) -> bool:
    if kind is FaultKind.UNPROCESSED:
        return call.operation.name in _BATCHES
    return kind is not FaultKind.CORRUPTED or call.operation.name == "GetObject"


def _fault(calls: Sequence[StagedCall], hit: StagedCall, kind: FaultKind) -> Fault:
    """Return the fault that hits just that call: the n-th of its operation."""
    same = Counter(str(call.operation) for call in calls if call.number <= hit.number)
    operation = str(hit.operation)
    if kind in {FaultKind.SLOW, FaultKind.TIMEOUT}:
        return Fault(operation=operation, kind=kind, call=same[operation], seconds=_SECONDS)
    return Fault(operation=operation, kind=kind, call=same[operation])


def _spread(calls: Sequence[StagedCall]) -> list[StagedCall]:
    """Return few calls that meet every operation and every stage, and each operation of the stage that pays."""
    firsts = _first_of(calls, lambda call: (call.stage, call.operation.name))
    chosen = [call for call in firsts if call.stage == _PAYING_STAGE]
    places = Counter(call.operation.name for call in firsts)
    for name in sorted(places, key=lambda name: places[name]):  # what few stages do chooses first
        same, met = [call for call in firsts if call.operation.name == name], {call.stage for call in chosen}
        if not set(same) & set(chosen):
            chosen.append(next((call for call in same if call.stage not in met), same[0]))
    met = {call.stage for call in chosen}
    chosen += _first_of([call for call in firsts if call.stage not in met], lambda call: call.stage)
    return sorted(chosen, key=lambda call: call.number)


def _first_of(calls: Sequence[StagedCall], key: Callable[[StagedCall], object]) -> list[StagedCall]:
    """Return the first call of each key, in order."""
    firsts: dict[object, StagedCall] = {}
    for call in calls:
        firsts.setdefault(key(call), call)
    return list(firsts.values())
