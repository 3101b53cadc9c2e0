"""Objects that a killed server left half replaced.

What belongs here: the repair at start. What is kept out: how objects are stored, which is MiniStack's.

MiniStack replaces an object in two steps, its bytes and then a `.meta.json` beside them. A process killed
between the two leaves new bytes under the old ETag and size. Nobody was told that the upload succeeded, so
old or new is right, but not a mixture: a reader that checks the size or the ETag would fail for ever.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIDECAR = ".meta.json"


def repair_torn_objects(folder: Path) -> int:
    """Make each sidecar that does not fit its bytes fit them; returns how many there were."""
    return sum(_repair(data) for data in _data_files(folder) if _may_be_torn(data))


def _may_be_torn(data: Path) -> bool:
    try:
        sidecar_time = data.with_name(data.name + _SIDECAR).stat().st_mtime_ns
    except FileNotFoundError:
        return False  # a new object: MiniStack works out its ETag and size by itself
    return data.stat().st_mtime_ns > sidecar_time  # a finished write ends with the sidecar


def _repair(data: Path) -> bool:
    sidecar = data.with_name(data.name + _SIDECAR)
    meta = json.loads(sidecar.read_bytes())
    content = data.read_bytes()
    etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
    old_etag = str(meta.get("etag", ""))
    is_multipart = "-" in old_etag  # then it is no digest of the whole, and only the size can tell
    if meta.get("size") == len(content) and (is_multipart or old_etag == etag):
        return False  # a copied home, whose files are in another order
    draft = sidecar.with_name(sidecar.name + ".tmp")
    draft.write_text(json.dumps(meta | {"etag": etag, "size": len(content), "checksums": {}}), encoding="utf-8")
    draft.replace(sidecar)
    return True


def _data_files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            if not name.endswith((_SIDECAR, ".tmp")):
                yield Path(parent, name)
