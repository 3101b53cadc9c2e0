"""The command line of the fuzzer."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from pathlib import Path

from yorutsuke_pipeline_tests.fuzz.campaign import Limits, fuzz_target
from yorutsuke_pipeline_tests.fuzz.targets import PLANTED, TARGETS, target_of


def main(arguments: list[str] | None = None) -> int:
    """Fuzz the targets one after the other, or repeat one input; return 1 if a contract was broken."""
    options = _options(arguments)
    if options.repeat is not None:
        # In this process and without libFuzzer, so that a debugger can be used, on any system.
        for name in options.target:
            target_of(name).check(options.repeat.read_bytes())
            print(f"{name}: the contract holds")  # noqa: T201 — a command line speaks
        return 0
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed; it exists for Linux only: pip install -e '.[test]'", file=sys.stderr)  # noqa: T201 — as above
        return 2
    crashes = options.crashes or Path(tempfile.gettempdir(), "yorutsuke-fuzz")
    limits = Limits(options.seconds, options.runs, options.seed)
    is_broken = False
    for name in options.target:
        finding = fuzz_target(name, limits, crashes)
        print(finding.summary, flush=True)  # noqa: T201 — as above
        is_broken |= finding.exit_code != 0
    return int(is_broken)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m yorutsuke_pipeline_tests.fuzz",
        description="Fuzz everything that reads bytes from outside, each target in a process of its own.",
    )
    parser.add_argument("target", nargs="*", help=f"of {', '.join(TARGETS)}; without, all of them")
    parser.add_argument("--seconds", type=int, default=0, help="for each target")
    parser.add_argument("--runs", type=int, default=0, help="inputs for each target; 20,000 if neither is given")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers; 0 takes another each time")
    parser.add_argument("--crashes", type=Path, help="folder for inputs that break a contract")
    parser.add_argument("--repeat", type=Path, help="give this file to the targets, once")
    options = parser.parse_args(arguments)
    unknown = set(options.target) - {*TARGETS, PLANTED}
    if unknown:
        parser.error(f"no target is called {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    options.target = options.target or list(TARGETS)
    if not options.seconds and not options.runs:
        options.runs = 20_000
    return options


if __name__ == "__main__":
    sys.exit(main())
