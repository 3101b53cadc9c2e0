"""The command line of the proof: `python -m yorutsuke_pipeline_tests.proof`; exit code 1 if an invariant broke."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from yorutsuke_pipeline.local_aws.fault_proxy.fault import parse_fault
from yorutsuke_pipeline_tests.proof.day import FLOWS
from yorutsuke_pipeline_tests.proof.interruption import Interruption, Mode
from yorutsuke_pipeline_tests.proof.plan import Extent
from yorutsuke_pipeline_tests.proof.report import as_document, as_markdown, is_proven
from yorutsuke_pipeline_tests.proof.sweep import Sweep

_SWEPT = [mode.value for mode in Mode if mode is not Mode.NOTHING]


def main() -> int:
    """Run what was asked for, print the report, and tell whether everything held."""
    wanted = _parser().parse_args()
    # As Ctrl-C does, so that a time limit of CI leaves nothing running either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="proof-"))
    sweep = Sweep(folder, concurrency=wanted.concurrency)
    flows = [FLOWS[name] for name in wanted.flow or FLOWS]
    modes = [Mode(name) for name in wanted.mode or _SWEPT]
    try:
        if wanted.at is not None:
            fault = parse_fault(wanted.fault) if wanted.fault else None
            sweep.run_one(flows[0], Interruption(modes[0], wanted.at, fault))
        else:
            sweep.run(flows, modes, Extent(wanted.extent), stride=wanted.stride)
    finally:
        sys.stdout.write(as_markdown(sweep))
        if wanted.json:
            wanted.json.write_text(json.dumps(as_document(sweep), indent=1))
        if wanted.keep:
            sys.stderr.write(f"what the nights left is in {folder}\n")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_proven(sweep) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m yorutsuke_pipeline_tests.proof", description=__doc__)
    parser.add_argument("--flow", action="append", choices=FLOWS, help="kinds of days (all)")
    parser.add_argument("--mode", action="append", choices=[*_SWEPT, "nothing"], help="what goes wrong (everything)")
    parser.add_argument("--extent", choices=[extent.value for extent in Extent], default=Extent.EVERY.value)
    parser.add_argument("--stride", type=int, default=1, help="try only every n-th interruption")
    parser.add_argument("--at", type=int, help="just one: the number of the call, with one --flow and one --mode")
    parser.add_argument("--fault", help="with --mode fault and --at: as in `yorutsuke aws proxy --fault`")
    parser.add_argument("--concurrency", type=int, default=1, help="calls in flight; above 1 their order varies")
    parser.add_argument("--json", type=Path, help="a file for the results")
    parser.add_argument("--keep", action="store_true", help="keep what the nights printed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
