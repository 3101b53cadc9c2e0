from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

_PROBE = Path(__file__).with_name("versions_probe.py")


def test_old_versions_are_held_on_disk_alone_once_and_forgotten_when_they_are_old_enough(tmp_path: Path) -> None:
    # MiniStack is set up by its import, once in a process: this has one of its own.
    told = subprocess.run([sys.executable, _PROBE, tmp_path], capture_output=True, text=True, check=True).stdout

    assert json.loads(told) == {
        "forgotten while young": 0,
        "bytes in memory": 0,
        "old version": "first",
        "bytes on disk": len("first") + len("second") + len("gone"),
        # The first version, the deleted one and its delete marker.
        "forgotten when old": 3,
        "files of the deleted": 0,
        "folders of old versions": 0,
        "versions left": 1,
        "object": "second",
    }
