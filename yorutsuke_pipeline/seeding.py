"""Who may put the sample receipts in, and a process of its own that does it.

What belongs here: the lock and the process; only the standard library, since every process of the
product passes through here. What is put in is `sample_receipts.py`.

    <home>/samples/seeding.lock   held while samples are put in
    <home>/samples/seeding.log    what the process in the background said
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A process needs about a second until it holds the lock; one that fails is tried again after this long.
_SECONDS_BETWEEN_STARTS = 60.0


def samples_folder(home: Path) -> Path:
    """Return where the samples' truth, plan, lock and log are."""
    return home / "samples"


@contextmanager
def seeding_lock(home: Path, *, wait: bool) -> Iterator[bool]:
    """Be the only one who puts samples into this home; yields False if another does and `wait` is not set."""
    samples_folder(home).mkdir(parents=True, exist_ok=True)
    descriptor = os.open(samples_folder(home) / "seeding.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def seed_in_background(home: Path, *, env: str, python: str = sys.executable) -> bool:
    """Start `yorutsuke aws start` for this home in a process that outlives this one.

    Returns whether it was started: not if samples are being put in, or were begun to be a moment ago.
    That command makes its clients with the samples switched off, so it does not come back here.
    """
    log = samples_folder(home) / "seeding.log"
    with seeding_lock(home, wait=False) as mine:
        if not mine or _is_young(log):
            return False
        with log.open("wb") as out:
            # By way of a shell that ends at once, so that no caller has a child to wait for.
            subprocess.run(  # noqa: S603 — this very interpreter, and our own words
                ["/bin/sh", "-c", '"$@" &', "sh", python, "-m", "yorutsuke_pipeline.cli", "aws", "start"],
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, "YORUTSUKE_HOME": str(home.resolve()), "YORUTSUKE_ENV": env},
                start_new_session=True,  # Ctrl-C in the terminal of `dagster dev` is not meant for it
            )
    return True


def _is_young(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < _SECONDS_BETWEEN_STARTS
    except FileNotFoundError:
        return False
