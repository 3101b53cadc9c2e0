"""Fuzzing several targets, each in a process of its own, and what to say of what was found."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from yorutsuke_pipeline_tests.fuzz.targets import target_of

# Seconds that one input may take, far more than any needs, since the machine may be busy; and megabytes of memory.
_SLOWEST = 60
_LARGEST = 2_048
_TAIL = 3_000
_WRITTEN = re.compile(r"Test unit written to (.+)")
_COUNT = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_RATE = re.compile(r"stat::average_exec_per_sec:\s*(\d+)")


@dataclass(frozen=True)
class Limits:
    """How long a target is fuzzed: whichever of the two is set, in seconds or inputs; 0 is no limit."""

    seconds: int = 0
    runs: int = 0
    seed: int = 1


@dataclass(frozen=True)
class Finding:
    """What came of fuzzing a target.

    Attributes:
        crash: The file with the input that broke the contract; None if none was found.
        said: The traceback; without one, the end of what libFuzzer wrote.
    """

    target: str
    exit_code: int
    run_count: int
    runs_per_second: int
    crash: Path | None
    said: str

    @property
    def summary(self) -> str:
        """One line on it and, on a crash, how to repeat it."""
        told = f"{self.target:10} {self.run_count:>12,} inputs {self.runs_per_second:>8,} a second"
        if self.exit_code == 0:
            return f"{told}  the contract held"
        if self.crash is None:
            return f"{told}  ended with {self.exit_code}, without an input\n{self.said}"
        content = self.crash.read_bytes()
        shown = repr(content[:500]) + (f" and {len(content) - 500} bytes more" if len(content) > 500 else "")
        again = f"python -m yorutsuke_pipeline_tests.fuzz {self.target} --repeat {self.crash}"
        return f"{told}  BROKEN\n{self.said}\ninput: {shown}\nrepeat: {again}"


def fuzz_target(name: str, limits: Limits, crashes: Path) -> Finding:
    """Fuzz one target in a process of its own; a crash leaves its input in the folder `crashes`."""
    target = target_of(name)
    crashes.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        for number, content in enumerate(target.seeds()):
            Path(folder, f"{number:04d}").write_bytes(content)
        arguments = [
            f"-seed={limits.seed}",
            f"-max_len={target.longest}",
            f"-timeout={_SLOWEST}",
            f"-report_slow_units={_SLOWEST}",
            f"-rss_limit_mb={_LARGEST}",
            f"-artifact_prefix={crashes.resolve()}/{name}-",
            "-print_final_stats=1",
            "-verbosity=0",
            *([f"-runs={limits.runs}"] if limits.runs else []),
            *([f"-max_total_time={limits.seconds}"] if limits.seconds else []),
            folder,
        ]
        start = f"from {__package__}.process import fuzz; fuzz({name!r}, {arguments!r})"
        done = subprocess.run([sys.executable, "-c", start], capture_output=True, check=False)
    raised, said = done.stdout.decode("utf-8", "replace").strip(), done.stderr.decode("utf-8", "replace")
    count, rate, written = _COUNT.search(said), _RATE.search(said), _WRITTEN.search(said)
    return Finding(
        target=name,
        exit_code=done.returncode,
        run_count=int(count[1]) if count else 0,
        runs_per_second=int(rate[1]) if rate else 0,
        crash=Path(written[1]) if written else None,
        said=(raised or said)[-_TAIL:],
    )
