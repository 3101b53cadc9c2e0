"""`make dev`: the HTTP API runs beside Dagster, and Ctrl-C leaves neither behind."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline_tests.end_to_end.dagster_dev import until

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHECKOUT = Path(__file__).resolve().parents[1]
# Each says that it is there, and then waits as long as it is let.
_SERVER = """#!/bin/sh
echo $$ > "$(dirname "$0")/{name}.pid"
exec sleep 60
"""
_COMMAND = """#!/bin/sh
case "$1" in api) exec "$(dirname "$0")/serve-api" ;; esac
"""


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """Commands of the names that the Makefile runs, in the place of the real ones."""
    scripts = {
        "dagster": _SERVER.format(name="dagster"),
        "serve-api": _SERVER.format(name="api"),
        "yorutsuke": _COMMAND,
    }
    for name, script in scripts.items():
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def _hear_every_signal() -> None:
    """Let a process hear what a person's would: whoever starts tests may have it ignored or held back."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def make_dev(commands: Path) -> Iterator[subprocess.Popen[bytes]]:
    (commands / "installed").touch()
    command = ["make", "dev", f"BIN={commands}", f"STAMP={commands / 'installed'}"]
    with subprocess.Popen(
        command,
        cwd=_CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_hear_every_signal,  # noqa: PLW1509 — no thread holds a lock here
    ) as process:
        yield process
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _process(commands: Path, name: str) -> int | None:
    with suppress(OSError, ValueError):
        return int((commands / f"{name}.pid").read_text())
    return None


def _is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_ctrl_c_ends_the_api_together_with_dagster(commands: Path, make_dev: subprocess.Popen[bytes]) -> None:
    dagster = until(lambda: _process(commands, "dagster"), "Dagster is started", seconds=30)
    api = until(lambda: _process(commands, "api"), "the API is started", seconds=30)

    os.killpg(make_dev.pid, signal.SIGINT)
    make_dev.wait(timeout=30)

    assert not _is_alive(dagster)
    assert not _is_alive(api)


def test_the_api_ends_when_dagster_does(commands: Path, make_dev: subprocess.Popen[bytes]) -> None:
    dagster = until(lambda: _process(commands, "dagster"), "Dagster is started", seconds=30)
    api = until(lambda: _process(commands, "api"), "the API is started", seconds=30)

    os.kill(dagster, signal.SIGTERM)
    make_dev.wait(timeout=30)

    assert not _is_alive(api)
