"""A bucket in memory."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.ports import StoredObject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class FakeWriter:
    """Keeps what is written until its store takes it."""

    def __init__(self) -> None:
        self.content = bytearray()

    def write(self, content: bytes) -> None:
        self.content += content


class FakeObjectStore:
    """Implements `ObjectStore`; `contents` by key is there to be looked at, and changed.

    `uncopyable` are keys that exist and yet cannot be copied.
    """

    def __init__(
        self,
        contents: Mapping[str, bytes] | None = None,
        *,
        bucket: str = "receipts",
        uncopyable: Sequence[str] = (),
    ) -> None:
        self.bucket = bucket
        self.contents: dict[str, bytes] = dict(contents or {})
        self.uncopyable = set(uncopyable)
        self._lock = Lock()

    def read(self, key: str, *, longest: int) -> tuple[StoredObject, bytes] | None:
        content = self.contents.get(key)
        if content is None:
            return None
        return _stored(key, content), content if len(content) <= longest else b""

    def head(self, key: str) -> StoredObject | None:
        content = self.contents.get(key)
        return None if content is None else _stored(key, content)

    def lines(self, key: str, *, longest: int, in_ranges: bool = False) -> Iterator[bytes]:  # noqa: ARG002 — as of the port
        for line in BytesIO(self.contents.get(key, b"")):
            whole = line.removesuffix(b"\n")
            if len(whole) < len(line):
                whole = whole.removesuffix(b"\r")
            yield whole[: longest + 1]

    @contextmanager
    def writing(self, key: str) -> Iterator[FakeWriter]:
        out = FakeWriter()
        yield out
        with self._lock:
            self.contents[key] = bytes(out.content)

    def create(self, key: str, content: bytes) -> bool:
        with self._lock:
            if key in self.contents:
                return False
            self.contents[key] = content
            return True

    def list(self, prefix: str) -> Iterator[StoredObject]:
        with self._lock:
            found = [_stored(key, content) for key, content in self.contents.items() if key.startswith(prefix)]
        yield from sorted(found, key=lambda stored: stored.key.encode())

    def copy(self, source: StoredObject, key: str) -> StoredObject | None:
        with self._lock:
            content = self.contents.get(source.key)
            if content is None or source.key in self.uncopyable or _stored(source.key, content).etag != source.etag:
                return None
            self.contents[key] = content
            return _stored(key, content)

    def delete(self, keys: Sequence[str]) -> None:
        with self._lock:
            for key in keys:
                self.contents.pop(key, None)

    def delete_unchanged(self, objects: Sequence[StoredObject]) -> Sequence[str]:
        with self._lock:
            there = [stored for stored in objects if stored.key in self.contents]
            same = [stored for stored in there if _stored(stored.key, self.contents[stored.key]).etag == stored.etag]
            for stored in same:
                del self.contents[stored.key]
            return [stored.key for stored in there if stored not in same]


def _stored(key: str, content: bytes) -> StoredObject:
    # S3's own form of an ETag, quotes included; no signature, so the weak hash is no fault.
    etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return StoredObject(key, len(content), f'"{etag}"')
