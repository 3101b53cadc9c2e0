"""Nights as processes: forked from one server that has imported everything.

What belongs here: making the processes. The fork server is the standard library's: it has one thread and no
clients, so a fork of it is safe, and it ends with this process, however this process ends.
"""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

    from yorutsuke_pipeline_tests.proof.order import Order

_ZYGOTE = "yorutsuke_pipeline_tests.proof.zygote"


class Children:
    """Starts nights; what still lives at the end is killed."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([_ZYGOTE])
        self._all: list[ForkServerProcess] = []

    def start(self, order: Order) -> ForkServerProcess:
        """Start a night; its `pid` can be killed, its `join` awaited."""
        order.folder.mkdir(parents=True, exist_ok=True)
        child = self._context.Process(target=_night, args=(order,), daemon=True)
        child.start()
        self._all = [*(other for other in self._all if other.is_alive()), child]
        return child

    def run(self, order: Order, *, timeout_seconds: float) -> int:
        """Run a night to its end; return its exit code, negative for a signal.

        Raises:
            TimeoutError: It has not ended by then; it was killed.
        """
        child = self.start(order)
        return await_end(child, timeout_seconds=timeout_seconds)

    def kill_all(self) -> None:
        """Kill whatever still runs."""
        for child in self._all:
            child.kill()
            child.join()


def await_end(child: ForkServerProcess, *, timeout_seconds: float) -> int:
    """Return a night's exit code once it has ended; raises TimeoutError after killing one that does not end."""
    child.join(timeout_seconds)
    if child.exitcode is None:
        child.kill()
        child.join()
        raise TimeoutError(f"a night had not ended after {timeout_seconds:.0f} s")
    return child.exitcode


def _night(order: Order) -> None:
    from yorutsuke_pipeline_tests.proof.night import run_night  # noqa: PLC0415 — Dagster: only in the fork

    run_night(order)
