"""Where nights are run: the embedded AWS, the proxy before it, and the processes; and how a night is disturbed.

What belongs here: running one night and doing to it what an interruption says. How many nights a trial has
and what must hold after them is `trial`.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.fault_proxy.proxy import Call, FaultProxy, Moment
from yorutsuke_pipeline_tests.proof.children import Children, await_end
from yorutsuke_pipeline_tests.proof.interruption import NOTHING, Interruption, Mode, StagedCall
from yorutsuke_pipeline_tests.proof.order import Order, Run, read_runs
from yorutsuke_pipeline_tests.proof.world import World, open_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yorutsuke_pipeline_tests.proof.day import Day

_SECONDS_FOR_A_NIGHT = 150.0


@dataclass(frozen=True)
class Night:
    """What was seen of a night from outside.

    Attributes:
        exit_code: Of its process; negative for a signal.
        calls: What it called, as it arrived at the proxy.
        runs: How its runs ended, and those of the night that overtook it.
        hit: The call at which the interruption happened.
        cut_off: The intent whose ingest it was in when it was killed; Dagster starts such a run again.
        folders: Where these nights left their output.
    """

    exit_code: int
    calls: tuple[StagedCall, ...]
    runs: tuple[Run, ...]
    hit: StagedCall | None
    folders: tuple[Path, ...]
    cut_off: str | None = None

    @property
    def was_killed(self) -> bool:
        """Whether its process was."""
        return self.exit_code == -signal.SIGKILL


@dataclass
class Scene:
    """One world with its proxy; nights are run one after the other."""

    world: World
    proxy: FaultProxy
    children: Children
    folder: Path
    concurrency: int = 1
    _nights: int = 0

    def night(self, day: Day, interruption: Interruption = NOTHING, *, retried: str | None = None) -> Night:
        """Run a night, and do to it what is said; or only the retry of an intent's ingest that was cut off.

        Raises:
            TimeoutError: It does not end.
        """
        self.proxy.reset()
        self.proxy.set_faults([interruption.fault] if interruption.fault else [])
        order = self._order(day, self.proxy.url, retried)
        incident = _Incident(self, day, interruption, order)
        self.proxy.watch = incident
        child = self.children.start(order)
        incident.go(child.pid)
        if interruption.mode in {Mode.SERVER_BEFORE, Mode.SERVER_AFTER}:
            while child.exitcode is None and not incident.happened.wait(0.02):
                pass
            if incident.happened.is_set():
                self.world.restart()
        exit_code = await_end(child, timeout_seconds=_SECONDS_FOR_A_NIGHT)
        self.proxy.watch = None
        orders = (order, *incident.others)
        return Night(
            exit_code=exit_code,
            calls=tuple(incident.calls),
            runs=tuple(run for each in orders for run in read_runs(each.runs)),
            hit=incident.hit,
            folders=tuple(each.folder for each in orders),
            cut_off=order.under_way.read_text() or None if order.under_way.exists() else None,
        )

    def overtake(self, day: Day) -> Order:
        """Run a second night, straight to the embedded AWS; return what it was started with."""
        order = self._order(day, self.world.url)
        self.children.run(order, timeout_seconds=_SECONDS_FOR_A_NIGHT)
        return order

    def _order(self, day: Day, endpoint: str, retried: str | None = None) -> Order:
        self._nights += 1
        folder = self.folder / f"night-{self._nights}"
        folder.mkdir(parents=True)
        return Order(day.key, endpoint, self.world.url, folder, self.concurrency, retried)


@contextmanager
def open_scene(folder: Path, children: Children, *, concurrency: int = 1) -> Iterator[Scene]:
    """Yield a fresh world with a proxy before it; all of it is ended afterwards."""
    with open_world(folder / "aws") as world, FaultProxy(world.url) as proxy:
        yield Scene(world, proxy, children, folder, concurrency)


@dataclass
class _Incident:
    """Watches the calls of one night, notes the stage of each, and acts at the one it is meant for."""

    scene: Scene
    day: Day
    interruption: Interruption
    order: Order
    calls: list[StagedCall] = field(default_factory=list)
    others: list[Order] = field(default_factory=list)
    hit: StagedCall | None = None
    happened: threading.Event = field(default_factory=threading.Event)
    _pid: int | None = None
    _has_pid: threading.Event = field(default_factory=threading.Event)

    def go(self, pid: int | None) -> None:
        """Say which process it is about; until then its calls wait."""
        self._pid = pid
        self._has_pid.set()

    def __call__(self, call: Call, moment: Moment) -> bool:
        """Note a call; at the one that is meant, act, and return whether to drop its connection."""
        self._has_pid.wait()
        if moment is Moment.BEFORE:
            self.calls.append(StagedCall(call.number, call.operation, self._stage()))
        if call.number != self.interruption.at or moment is not self.interruption.mode.moment:
            return False
        self.hit = next(staged for staged in self.calls if staged.number == call.number)
        return self._act()

    def _act(self) -> bool:
        mode = self.interruption.mode
        if mode in {Mode.KILL_BEFORE, Mode.KILL_AFTER} and self._pid is not None:
            os.kill(self._pid, signal.SIGKILL)
        elif mode in {Mode.SERVER_BEFORE, Mode.SERVER_AFTER}:
            self.scene.world.kill()
        elif mode in {Mode.STALL_BEFORE, Mode.STALL_AFTER}:
            self.others.append(self.scene.overtake(self.day))
            return False
        else:
            return False
        self.happened.set()
        return True

    def _stage(self) -> str:
        with suppress(FileNotFoundError):
            return self.order.stage.read_text().strip() or "start"
        return "start"
