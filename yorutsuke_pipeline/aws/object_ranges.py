"""A large object's bytes, read by several connections at once and joined in order.

One connection to S3 gives some 85 MB/s, whatever the machine could take. What belongs here: which bytes are
read when, how many are held, and the check of the whole. Reading on where a connection broke is
`object_body.py`; asking for a range of one version is `object_reader.py`.
"""

from __future__ import annotations

import base64
import io
import zlib
from contextlib import closing
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from botocore.exceptions import FlexibleChecksumError, IncompleteReadError

from yorutsuke_pipeline.engine.streams import map_bounded

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Buffer

    from yorutsuke_pipeline.aws.object_body import ResumedBody

# Each range costs a request: on loopback 4 ms of a processor's time, as much as reading 10 MB.
RANGE_BYTES = 8 * 1024 * 1024
# What all connections together hold, beside the range that is being used.
_HELD_BYTES = 64 * 1024 * 1024
_MOST_CONNECTIONS = 16
# More only for a reader that has to wait: who judges each line is often slower than one connection.
_AT_FIRST = 1
_AT_ONCE = 1024 * 1024


def is_worth_ranges(size: int, connections: int, range_bytes: int) -> bool:
    """Tell whether more than one connection has work."""
    return connections > 1 and size > 2 * range_bytes


class JoinedRanges(io.RawIOBase):
    """The bytes of one version of an object, as a file.

    Args:
        open_range: Return the body from a first byte up to before a last one, of that version or not at all.
        size: Of the object, in bytes.
        crc32: Of the object, base64 of four bytes as S3 says it; None if it does not say.
        connections: How many read at once, for a reader that is fast enough; of them, no more ranges are held.
        range_bytes: What a connection reads at a time.
    """

    def __init__(
        self,
        open_range: Callable[[int, int], ResumedBody],
        size: int,
        crc32: str | None,
        *,
        connections: int,
        range_bytes: int,
    ) -> None:
        workers = min(connections, _MOST_CONNECTIONS)
        length = min(range_bytes, _HELD_BYTES // workers)
        spans = ((begin, min(begin + length, size)) for begin in range(0, size, length))
        self._open_range = open_range
        self._ranges = map_bounded(self._read_range, spans, workers=workers, at_first=_AT_FIRST)
        self._used: SimpleQueue[bytearray] = SimpleQueue()
        self._content = bytearray()
        self._range = memoryview(self._content)
        self._expected = crc32
        self._crc32 = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Read what has come into `buffer`; return how many bytes, 0 at the end.

        Raises:
            FlexibleChecksumError: At the end: what was delivered is not what was stored.
        """
        if not self._range and not self._next_range():
            return 0
        room = memoryview(buffer)
        count = min(len(room), len(self._range))
        room[:count] = self._range[:count]
        self._range = self._range[count:]
        return count

    def close(self) -> None:
        """Wait for the ranges that are being read, and give their connections back."""
        self._ranges.close()
        super().close()

    def _next_range(self) -> bool:
        self._used.put(self._content)
        self._content = next(self._ranges, bytearray())
        self._range = memoryview(self._content)
        if not self._content:
            self._check()
            return False
        if self._expected is not None:
            self._crc32 = zlib.crc32(self._content, self._crc32)
        return True

    def _check(self) -> None:
        found = base64.b64encode(self._crc32.to_bytes(4, "big")).decode("ascii")
        if self._expected not in {None, found}:
            raise FlexibleChecksumError(error_msg=f"Expected checksum {self._expected}, calculated {found}")

    def _read_range(self, span: tuple[int, int]) -> bytearray:
        begin, end = span
        content = self._buffer(end - begin)
        with closing(self._open_range(begin, end)) as body, memoryview(content) as view:
            filled = 0
            while filled < len(content):
                count = body.readinto(view[filled : filled + _AT_ONCE])
                if not count:
                    raise IncompleteReadError(actual_bytes=filled, expected_bytes=len(content))
                filled += count
        return content

    def _buffer(self, length: int) -> bytearray:
        """Return memory for a range, used before if there is some, so that pages are not asked of the system anew."""
        try:
            content = self._used.get_nowait()
        except Empty:
            return bytearray(length)
        return content if len(content) == length else bytearray(length)
