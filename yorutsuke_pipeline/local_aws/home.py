"""The folder in which one embedded AWS lives: where each file is, and who may be in it.

What belongs here: paths and the two locks. What is kept out: what the files hold.

    <home>/endpoint.json      where the server listens and who it is; written when it is ready
    <home>/start.lock         held by the one caller who is starting a server
    <home>/server.lock        held by the server for its whole life; holds its process id
    <home>/seeded             there once somebody has put the sample data in
    <home>/server.log         the server's log, rotated at 1 MB, two old ones kept
    <home>/console.log        what the latest server printed; a traceback of a failed start is here
    <home>/state/             everything that `reset` deletes besides: services/, journal/, s3/, bedrock/
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The layout under one folder. Two homes share nothing, so two servers can run side by side."""

    path: Path

    @property
    def endpoint_file(self) -> Path:
        """Where the server says where it listens."""
        return self.path / "endpoint.json"

    @property
    def start_lock(self) -> Path:
        """Taken by whoever starts a server."""
        return self.path / "start.lock"

    @property
    def server_lock(self) -> Path:
        """Taken by the server while it lives."""
        return self.path / "server.lock"

    @property
    def seeded_marker(self) -> Path:
        """There once the sample data is in."""
        return self.path / "seeded"

    @property
    def log_file(self) -> Path:
        """The server's log."""
        return self.path / "server.log"

    @property
    def console_file(self) -> Path:
        """What the server printed, tracebacks of a failed start included."""
        return self.path / "console.log"

    @property
    def state(self) -> Path:
        """Everything that makes the emulated account what it is."""
        return self.path / "state"

    @property
    def services(self) -> Path:
        """One JSON file for each emulated service."""
        return self.state / "services"

    @property
    def journal(self) -> Path:
        """The writes since those files were made."""
        return self.state / "journal"

    @property
    def objects(self) -> Path:
        """S3's objects, each a file."""
        return self.state / "s3"

    @property
    def bedrock(self) -> Path:
        """What the Bedrock service keeps."""
        return self.state / "bedrock"

    def serving_pid(self) -> int | None:
        """The process that serves this home, or None.

        The lock is the proof, not the number: a number in a file may by now belong to a stranger, but a
        lock is held only by the process that wrote the number beside it.
        """
        if not self.server_lock.exists():
            return None
        with _held(self.server_lock) as free:
            if free:
                return None
            text = self.server_lock.read_text(encoding="ascii").strip()
        return int(text) if text.isdigit() else None


def hold_server_lock(home: Home) -> bool:
    """Take the server's lock for the rest of this process; False if another process has it."""
    descriptor = os.open(home.server_lock, os.O_RDWR | os.O_CREAT, 0o600)
    # Whoever asks `serving_pid` holds the lock for some microseconds: one refusal proves nothing.
    for _ in range(50):
        if _try_lock(descriptor):
            break
        time.sleep(0.02)
    else:
        os.close(descriptor)
        return False
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode("ascii"))
    return True


@contextmanager
def starting(home: Home, *, timeout_seconds: float) -> Iterator[bool]:
    """Be the only one who starts a server on this home; yields False if the wait was in vain."""
    home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    deadline = time.monotonic() + timeout_seconds
    descriptor = os.open(home.start_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not (held := _try_lock(descriptor)) and time.monotonic() < deadline:
            time.sleep(0.02)
        yield held
    finally:
        os.close(descriptor)


@contextmanager
def _held(path: Path) -> Iterator[bool]:
    descriptor = os.open(path, os.O_RDWR)
    try:
        yield _try_lock(descriptor)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
