"""The writes to tables since the last checkpoint, as requests, in the order in which they took effect.

What belongs here: the file format and its generations. What is kept out: which requests belong in it
(`request`), when a checkpoint replaces it (`durability`), and how it is played back (`replay`).

An entry is in the file before its answer leaves the process, so whatever a client was told is there after
`kill -9`: the bytes are the kernel's by then. Against loss of power there is `sync`, once a second.

One file is one generation, `00000007.journal`. A checkpoint names the generation that begins after it; all
from that one on are played back, so a checkpoint that was cut short costs nothing but time.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FRAME = struct.Struct(">II")  # length of the entry, its CRC-32


@dataclass(frozen=True)
class Entry:
    """One request as it came over the wire, with just the headers that decide what it means."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    def to_bytes(self) -> bytes:
        """The headers as JSON, a newline, the body as it was."""
        return json.dumps(self.headers, separators=(",", ":")).encode("ascii") + b"\n" + self.body

    @classmethod
    def from_bytes(cls, content: bytes) -> Entry:
        """The inverse of `to_bytes`."""
        head, _, body = content.partition(b"\n")
        return cls(headers=tuple((name, value) for name, value in json.loads(head)), body=body)


class Journal:
    """The generation that is being written."""

    def __init__(self, folder: Path, generation: int) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self.generation = generation
        self.size_bytes = 0
        self._file = self._open()

    def append(self, entry: Entry) -> None:
        """Hand the entry to the kernel; raises OSError (disk full), and then no answer must leave."""
        content = entry.to_bytes()
        framed = _FRAME.pack(len(content), zlib.crc32(content)) + content
        written = os.write(self._file, framed)
        if written != len(framed):
            # What follows half an entry would never be read: take the half back.
            os.ftruncate(self._file, self.size_bytes)
            raise OSError(f"only {written} of {len(framed)} bytes went into {self._path(self.generation)}")
        self.size_bytes += written

    def rotate(self) -> int:
        """Begin the next generation, which a checkpoint taken at this very moment is to name."""
        old = self._file
        self.generation += 1
        self._file = self._open()
        self.size_bytes = 0
        os.close(old)
        return self.generation

    def discard_before(self, generation: int) -> None:
        """Delete what a finished checkpoint contains."""
        for number, path in _generations(self._folder):
            if number < generation:
                path.unlink()

    def sync(self) -> None:
        """Bring what was appended to the disk itself (milliseconds: not for the event loop)."""
        duplicate = os.dup(self._file)  # `rotate` may close the original meanwhile
        try:
            os.fsync(duplicate)
        finally:
            os.close(duplicate)

    def close(self) -> None:
        """No more is written."""
        os.close(self._file)

    def _path(self, generation: int) -> Path:
        return self._folder / f"{generation:08d}.journal"

    def _open(self) -> int:
        return os.open(self._path(self.generation), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)


def newest_generation(folder: Path) -> int:
    """The highest generation that was ever begun here; 0 if none."""
    return max((number for number, _ in _generations(folder)), default=0)


def entries_since(folder: Path, generation: int) -> Iterator[Entry]:
    """Everything to be played back on a checkpoint that names this generation, oldest first.

    An entry that was cut short ends its file: its answer never left.
    """
    for number, path in sorted(_generations(folder)):
        if number >= generation:
            yield from _entries(path)


def _entries(path: Path) -> Iterator[Entry]:
    with path.open("rb") as file:
        while len(head := file.read(_FRAME.size)) == _FRAME.size:
            length, checksum = _FRAME.unpack(head)
            content = file.read(length)
            if len(content) != length or zlib.crc32(content) != checksum:
                return
            yield Entry.from_bytes(content)


def _generations(folder: Path) -> list[tuple[int, Path]]:
    return [(int(path.stem), path) for path in folder.glob("*.journal")]
