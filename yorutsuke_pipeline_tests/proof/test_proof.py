"""A sample of the proof, small enough for every run of the tests; `make proof` is the whole of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.proof, pytest.mark.timeout(900)]

_PROJECT = Path(__file__).parents[2]
_STAGES = {"manifest", "bedrock_job", "completion sensor", "raw_output", "transactions", "archived_images"}


def test_whatever_dies_and_whenever_a_day_is_paid_once_and_nothing_is_lost(tmp_path: Path) -> None:
    trials = _trials(tmp_path, "kill-after")

    killed = {(trial["flow"], trial["stage"]) for trial in trials if trial["mode"] == "kill-after"}
    assert {stage for flow, stage in killed if flow == "batch"} == _STAGES
    assert {flow for flow, _ in killed} == {"batch", "on-demand", "partial"}


def test_whatever_stalls_or_fails_on_the_wire_a_day_is_paid_once_and_nothing_is_lost(tmp_path: Path) -> None:
    trials = _trials(tmp_path, "stall-before", "fault")

    assert {trial["flow"] for trial in trials} == {"batch", "on-demand", "partial"}
    assert {trial["mode"] for trial in trials} == {"nothing", "stall-before", "fault"}


def _trials(folder: Path, *modes: str) -> list[dict[str, Any]]:
    """Run a sample in a process of its own (it forks, and what it starts ends with it); return what was tried."""
    found = folder / "found.json"
    chosen = [option for mode in modes for option in ("--mode", mode)]
    ended = subprocess.run(
        [sys.executable, "-m", "yorutsuke_pipeline_tests.proof", "--extent", "sample", *chosen, "--json", str(found)],
        cwd=_PROJECT,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr[-3000:]
    return list(json.loads(found.read_text())["trials"])
