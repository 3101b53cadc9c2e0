"""Running one side once, in a process of its own: its time, its memory, and what it says it did."""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline_tests.bench.scene import Facts
    from yorutsuke_pipeline_tests.bench.service import Service
    from yorutsuke_pipeline_tests.bench.stub.process import RunningStub

_MODULE = "yorutsuke_pipeline_tests.bench.child"


@dataclass(frozen=True)
class Measured:
    """One run of one side.

    Attributes:
        seconds: From the stage's first step to its last; imports, clients and preparations are not in it.
        cpu_seconds: Of the side's own process, likewise.
        idle_mb: Resident memory before.
        peak_mb: The most there was meanwhile; on other systems than Linux, in the process's life.
        facts: What the side found; `units` is what it did.
        counts: What the service counted.
    """

    seconds: float
    cpu_seconds: float
    idle_mb: float
    peak_mb: float
    facts: dict[str, Any]
    counts: dict[str, Any]

    @property
    def rate(self) -> float:
        """Units a second."""
        return float(self.facts["units"]) / self.seconds

    @property
    def over_idle_mb(self) -> float:
        return max(0.0, self.peak_mb - self.idle_mb)


def measure(work: Callable[[], Facts], service: Service) -> Measured:
    """Run what is to be timed."""
    gc.collect()
    _forget_peak()
    idle, _ = _memory_mb()
    begun, cpu_begun = time.perf_counter(), time.process_time()
    facts = work()
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu_begun
    _, peak = _memory_mb()
    return Measured(seconds, cpu_seconds, idle, peak, facts, service.counts())


def measure_in_child(benchmark: str, side: str, size: int, stub: RunningStub) -> Measured:
    """Run one side once in a fresh process, which nothing that ran before can slow down or swell."""
    told = json.dumps({"benchmark": benchmark, "side": side, "size": size, "port": stub.port})
    command = [sys.executable, "-m", _MODULE, told]
    # Not `run`, which on Ctrl-C kills it: it has heard that too, and may have an embedded AWS to end first.
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        said, complained = child.communicate()
    if child.returncode:
        raise RuntimeError(f"{benchmark}, {side}, {size}: {complained.decode()[-3000:]}")
    return Measured(**json.loads(said.splitlines()[-1]))


def as_json(measured: Measured) -> str:
    return json.dumps(asdict(measured))


def environment_at(service: Service) -> dict[str, str]:
    """Return the environment that points everything at the service, as a user of any AWS would set it."""
    return {
        "AWS_ENDPOINT_URL": service.url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "a secret of nobody",
        "AWS_EC2_METADATA_DISABLED": "true",
        # Else dlt tells its makers of each of its runs.
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }


def _forget_peak() -> None:
    """Begin the count of the highest memory anew: what preparing took is not the stage's."""
    forget = Path("/proc/self/clear_refs")
    if forget.exists():
        # https://www.kernel.org/doc/html/latest/filesystems/proc.html: 5 resets the peak.
        forget.write_text("5", encoding="ascii")


def _memory_mb() -> tuple[float, float]:
    """Return resident memory as it is, and at its highest."""
    status = Path("/proc/self/status")
    if not status.exists():
        # No Linux: the highest is all that is known, in kilobytes, or on macOS in bytes.
        highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        return highest, highest
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines["VmRSS"].split()[0]) / 1024, int(lines["VmHWM"].split()[0]) / 1024
