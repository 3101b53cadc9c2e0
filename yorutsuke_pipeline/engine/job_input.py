"""What a job reads: one part, or a folder of parts where one file cannot hold all.

What belongs here: the objects under a job's input, and telling whether they are what was sealed. The service processes
every JSONL under a folder, so one too many is as much of a change as one that is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.identity import fingerprint
from yorutsuke_pipeline.engine.ports import StoredObject

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.ports import ObjectStore

_SUFFIX = ".jsonl"


def parts_of(objects: ObjectStore, key: str) -> list[StoredObject]:
    """Return the parts that a job reads, in their order: the object of that key, or all in that folder."""
    if not key.endswith("/"):
        part = objects.head(key)
        return [] if part is None else [part]
    return sorted((each for each in objects.list(key) if each.key.endswith(_SUFFIX)), key=lambda each: each.key)


def job_input(objects: ObjectStore, key: str) -> StoredObject | None:
    """Return a job's input as one object, or None if there is none.

    Of a folder, the size is that of all parts and the etag stands for their names and etags.
    """
    parts = parts_of(objects, key)
    if not key.endswith("/") or not parts:
        return parts[0] if parts else None
    etag = fingerprint({part.key: part.etag for part in parts})
    return StoredObject(key, sum(part.size for part in parts), etag)
