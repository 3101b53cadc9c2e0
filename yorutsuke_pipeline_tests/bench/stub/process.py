"""The stub from outside: started as a process of its own, set, and asked what it has counted."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline_tests.bench.stub.server import BEGIN, COUNTS, MAKE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings


@dataclass(frozen=True)
class RunningStub:
    """A stub that serves on loopback."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def begin(self, settings: StubSettings) -> None:
        """Begin a run: no rows, no counts, these settings."""
        self._ask(BEGIN, asdict(settings))

    def make(self, key: str, kind: str, count: int, image_bytes: int = 0) -> int:
        """Make an object of records; return its size in bytes."""
        asked = {"key": key, "kind": kind, "count": count, "image_bytes": image_bytes}
        return int(self._ask(MAKE, asked)["size"])

    def counts(self) -> dict[str, Any]:
        """Return what was counted since the run began."""
        return self._ask(COUNTS, {})

    def _ask(self, path: str, document: dict[str, Any]) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("POST", path, json.dumps(document))
            told: dict[str, Any] = json.loads(connection.getresponse().read())
            return told
        finally:
            connection.close()


@contextmanager
def running_stub() -> Iterator[RunningStub]:
    """Run a stub for as long as the context lasts."""
    command = [sys.executable, "-m", "yorutsuke_pipeline_tests.bench.stub"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield RunningStub(int(process.stdout.readline()))
        finally:
            # It ends when its stdin does.
            process.stdin.close()
            process.wait(timeout=30)
