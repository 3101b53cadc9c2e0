"""What is left of objects that were replaced or deleted: MiniStack's versions, kept small.

What belongs here: how long old versions are kept, and the names of MiniStack's that it takes, private as those in
`emulator` are. What is kept out: versions of clients' own making, which are answered by MiniStack.

The bucket is versioned, as on AWS, where a lifecycle rule ends old versions after some days. MiniStack keeps that rule
and never carries it out. It also holds the bytes of every version in memory, 400 MB for 1,000 archived photos, and
copies those of an object that is deleted, which took ten times as long as the delete. A developer's machine is not for
that.
"""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT = timedelta(hours=1)
_PAUSE_SECONDS = 300.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OldVersion:
    """A version of an object, or a delete marker, that is no longer the object."""

    bucket: str
    key: str
    id: str


def keep_bytes_once() -> None:
    """Let MiniStack keep a version's bytes on disk alone, and there in one file. Once, before the first request."""
    from ministack.services import s3  # noqa: PLC0415 - after `emulator.load`

    entry_of, keep_displaced = s3._version_entry_from_record, s3._persist_displaced_version  # noqa: SLF001 - see above

    def entry_without_bytes(record: object, version_id: str, _bytes: object) -> object:
        # It is read from its file then, as after a restart.
        return entry_of(record, version_id, None)

    def link_displaced(bucket: str, key: str, displaced: dict[str, Any] | None, versioning: str) -> None:
        if displaced is None or versioning != "Enabled" or not _linked(bucket, key, displaced):
            keep_displaced(bucket, key, displaced, versioning)

    s3._version_entry_from_record = entry_without_bytes  # noqa: SLF001 - as above
    s3._persist_displaced_version = link_displaced  # noqa: SLF001 - as above


def _linked(bucket: str, key: str, displaced: Mapping[str, Any]) -> bool:
    """Give an object's file the name of an old version too; MiniStack replaces files and never writes into one."""
    from ministack.services import s3  # noqa: PLC0415 - after `emulator.load`

    own = s3._object_disk_path(bucket, key)  # noqa: SLF001 - see the module's docstring
    kept = s3._version_disk_path(bucket, key, displaced.get("version_id") or "null")  # noqa: SLF001 - as above
    if own is None or kept is None or displaced.get("body") is not None:
        return False
    try:
        Path(kept).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.link(own, kept)
    except OSError:
        return False
    return True


async def keep_forgetting() -> None:
    """Forget, every few minutes, what has been old for an hour. Ends when it is cancelled."""
    while True:
        await asyncio.sleep(_PAUSE_SECONDS)
        try:
            await forget(datetime.now(timezone.utc) - _KEPT)
        except Exception:  # noqa: BLE001 - MiniStack's own code; what it holds is none the worse for it
            _log.exception("old versions could not be forgotten; it is tried again in some minutes")


async def forget(before: datetime) -> int:
    """Forget what was replaced or deleted before a moment; return how many versions that were."""
    from ministack.services import s3  # noqa: PLC0415 - after `emulator.load`

    found = _old_versions(before)
    for version in found:
        bucket = s3._buckets.get(version.bucket)  # noqa: SLF001 - see the module's docstring
        if bucket is not None:
            s3._delete_object_version(bucket, version.bucket, version.key, version.id)  # noqa: SLF001 - as above
            _remove_empty_folders(s3._version_disk_path(version.bucket, version.key, version.id))  # noqa: SLF001 - as above
        # Some files each: others' requests go on in between.
        await asyncio.sleep(0)
    return len(found)


def _remove_empty_folders(file: str | None) -> None:
    """Remove the folders of a version that is gone, up to one that holds another."""
    folder = Path(file).parent if file else Path()
    while folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _old_versions(before: datetime) -> list[OldVersion]:
    """Return them by age, the oldest of an object first; a delete's marker comes when it is all that is left."""
    from ministack.services import s3  # noqa: PLC0415 - after `emulator.load`

    found = []
    # A copy of the list: MiniStack has threads.
    for (bucket, key), versions in list(s3._object_versions.items()):  # noqa: SLF001 - see the module's docstring
        # A version is an old one from the moment its successor came.
        for version, successor in pairwise(versions):
            if _moment(successor["last_modified"]) < before:
                found.append(OldVersion(bucket, key, version["version_id"]))
        last = versions[-1] if versions else {}
        if last.get("is_delete_marker") and _moment(last["last_modified"]) < before:
            found.append(OldVersion(bucket, key, last["version_id"]))
    return found


def _moment(written: str) -> datetime:
    # Python 3.10 does not know the Z.
    return datetime.fromisoformat(written.replace("Z", "+00:00"))
