"""The command line of the benchmarks."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from yorutsuke_pipeline_tests.bench.catalogue import BENCHMARKS, BY_DEFAULT
from yorutsuke_pipeline_tests.bench.machine import machine
from yorutsuke_pipeline_tests.bench.report import as_json, as_table, with_measurement
from yorutsuke_pipeline_tests.bench.rounds import Row, measured_at
from yorutsuke_pipeline_tests.bench.stub.process import running_stub

_WIDTH = 150


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print, write and draw what was measured."""
    options = _options(arguments)
    progress, rows = Console(stderr=True), list[Row]()
    with running_stub() as stub:
        for name in options.benchmark:
            benchmark = BENCHMARKS[name].only(options.side)
            sizes = options.size or (benchmark.quick_sizes if options.quick else benchmark.sizes)
            rows += measured_at(benchmark, sizes, options.rounds, stub, lambda line: progress.print(f"  {line}"))
    about = machine()
    out = Console()
    # A file or a pipe has no width of its own, and a table cut to 80 columns says nothing.
    (out if out.is_terminal else Console(width=_WIDTH)).print(as_table(rows, about))
    if options.json is not None:
        options.json.write_text(as_json(rows, about), encoding="utf-8")
    if options.document is not None:
        text = options.document.read_text(encoding="utf-8")
        options.document.write_text(with_measurement(text, rows, about), encoding="utf-8")
    if options.chart is not None:
        from yorutsuke_pipeline_tests.bench.chart import draw_chart  # noqa: PLC0415 — Pillow is an extra's

        draw_chart(rows, about, options.chart)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m yorutsuke_pipeline_tests.bench",
        description="Measure the stages against what else one could write, on a stub of AWS or the embedded one.",
    )
    parser.add_argument("benchmark", nargs="*", help=f"of {', '.join(BENCHMARKS)}; without, all but night")
    parser.add_argument("--rounds", type=int, help="how often each side is run; 3, or 1 when quick")
    parser.add_argument("--size", type=int, action="append", help="records, in place of the benchmark's own sizes")
    parser.add_argument("--side", action="append", help="only these sides, the product being called `product`")
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: to see that all of it works")
    parser.add_argument("--json", type=Path, help="write all that was measured to this file")
    parser.add_argument("--document", type=Path, help="put the table into this document, where its last one is")
    parser.add_argument("--chart", type=Path, help="draw the ratios into this PNG file")
    options = parser.parse_args(arguments)
    unknown = set(options.benchmark) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    options.benchmark = options.benchmark or BY_DEFAULT
    options.rounds = options.rounds or (1 if options.quick else 3)
    return options


if __name__ == "__main__":
    sys.exit(main())
