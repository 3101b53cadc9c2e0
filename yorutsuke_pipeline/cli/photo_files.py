"""Which files a person means by the paths that were given."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.workloads.receipts.image import MOST_BYTES, check_image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files: each path itself, a folder's files at any depth by name, without hidden ones.

    Links to folders inside a folder are not followed, so there is no going in circles.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, inner, names in os.walk(path):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))


def read_photo(path: Path) -> bytes:
    """Return a file's content.

    Raises:
        RecordRejectedError: It cannot be read, is no file, or is larger than any photo may be.
    """
    try:
        # A pipe or a device would be read for ever.
        if path.exists() and not path.is_file():
            raise RecordRejectedError("not_a_file", "it is neither a file nor a folder")
        size = path.stat().st_size
        if size > MOST_BYTES:
            check_image(b"", size)
        return path.read_bytes()
    except OSError as error:
        raise RecordRejectedError("unreadable", f"it cannot be read: {error.strerror or error}") from error
