"""A sample of the proof, small enough for every run of the tests; `make proof` is the whole of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_PROJECT = Path(__file__).parents[2]
_MODES = ("kill-after", "stall-before", "fault")


@pytest.mark.timeout(900)
def test_whatever_dies_and_whenever_a_day_is_paid_once_and_nothing_is_lost(tmp_path: Path) -> None:
    found = tmp_path / "found.json"
    modes = [option for mode in _MODES for option in ("--mode", mode)]

    # A process of its own: it forks, and what it starts ends with it.
    ended = subprocess.run(
        [sys.executable, "-m", "yorutsuke_pipeline_tests.proof", "--extent", "sample", *modes, "--json", str(found)],
        cwd=_PROJECT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr[-3000:]
    trials = json.loads(found.read_text())["trials"]
    killed = {(trial["flow"], trial["stage"]) for trial in trials if trial["mode"] == "kill-after"}
    stages = {"manifest", "bedrock_job", "completion sensor", "raw_output", "transactions", "archived_images"}
    assert {stage for flow, stage in killed if flow == "batch"} == stages
    assert {trial["flow"] for trial in trials} == {"batch", "on-demand", "partial"}
    assert {trial["mode"] for trial in trials} == {"nothing", *_MODES}
