"""An object's content as pieces that may be shared, or lie in a file: gigabytes take the memory of a few megabytes."""

from __future__ import annotations

import mmap
from bisect import bisect_right
from itertools import accumulate
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# As much as is given to a socket at once.
BLOCK = 256 * 1024


class Rope:
    """Bytes that are never joined as a whole."""

    def __init__(self, pieces: Iterable[bytes | memoryview], etag: str) -> None:
        self._pieces = [piece for piece in pieces if piece]
        self._ends = list(accumulate(map(len, self._pieces)))
        self.etag = etag

    @property
    def size(self) -> int:
        return self._ends[-1] if self._ends else 0

    def blocks(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `start` to before `end`, in blocks of about `BLOCK`."""
        waiting: list[memoryview] = []
        length = 0
        for piece in self._between(start, end):
            for position in range(0, len(piece), BLOCK):
                waiting.append(piece[position : position + BLOCK])
                length += len(waiting[-1])
                if length >= BLOCK:
                    yield b"".join(waiting)
                    waiting, length = [], 0
        if waiting:
            yield b"".join(waiting)

    def _between(self, start: int, end: int) -> Iterator[memoryview]:
        index = bisect_right(self._ends, start)
        while start < end and index < len(self._pieces):
            piece = self._pieces[index]
            begin = self._ends[index] - len(piece)
            yield memoryview(piece)[start - begin : end - begin]
            start = self._ends[index]
            index += 1


def in_file(pieces: Iterable[bytes]) -> memoryview:
    """Return the same bytes as one piece, in a file that has no name and ends with it."""
    with TemporaryFile(buffering=BLOCK) as file:
        file.writelines(pieces)
        file.flush()
        # Its pages are the system's, to be dropped at will; and an empty file cannot be mapped.
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if file.tell() else b"")


def blank(pieces: Iterable[bytes]) -> memoryview:
    """Return zeros in place of the same bytes. They have no memory of their own until somebody reads them."""
    size = sum(map(len, pieces))
    return memoryview(mmap.mmap(-1, size) if size else b"")
