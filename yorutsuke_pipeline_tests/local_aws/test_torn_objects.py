from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.torn_objects import repair_torn_objects

if TYPE_CHECKING:
    from pathlib import Path


def an_object(folder: Path, *, content: bytes, described: bytes, is_newer: bool) -> Path:
    """An object's file beside a sidecar that describes `described`."""
    data = folder / "000000000000" / "bucket" / "key"
    data.parent.mkdir(parents=True)
    data.write_bytes(content)
    etag = hashlib.md5(described, usedforsecurity=False).hexdigest()
    meta = {"etag": f'"{etag}"', "size": len(described), "content_type": "image/jpeg", "key": "key"}
    sidecar = data.with_name("key.meta.json")
    sidecar.write_text(json.dumps(meta))
    os.utime(sidecar, ns=(0, data.stat().st_mtime_ns + (-1 if is_newer else 1)))
    return sidecar


def test_new_bytes_under_an_old_description_get_a_description_that_fits(tmp_path: Path) -> None:
    sidecar = an_object(tmp_path, content=b"new bytes", described=b"old", is_newer=True)

    assert repair_torn_objects(tmp_path) == 1

    meta = json.loads(sidecar.read_text())
    assert meta["etag"] == f'"{hashlib.md5(b"new bytes", usedforsecurity=False).hexdigest()}"'
    assert meta["size"] == len(b"new bytes")
    assert meta["content_type"] == "image/jpeg"


def test_an_object_whose_write_was_finished_is_left_alone(tmp_path: Path) -> None:
    sidecar = an_object(tmp_path, content=b"bytes", described=b"bytes", is_newer=False)
    before = sidecar.read_bytes()

    assert repair_torn_objects(tmp_path) == 0
    assert sidecar.read_bytes() == before


def test_a_copied_home_whose_files_have_other_times_is_left_alone(tmp_path: Path) -> None:
    an_object(tmp_path, content=b"bytes", described=b"bytes", is_newer=True)

    assert repair_torn_objects(tmp_path) == 0


def test_a_home_without_objects_needs_no_repair(tmp_path: Path) -> None:
    assert repair_torn_objects(tmp_path / "none") == 0
