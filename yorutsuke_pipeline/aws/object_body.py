"""An object's bytes as a file, read on over connections that break, and split into lines.

`StreamingBody.iter_lines()` takes time by the square of a line's length: 15 MB/s on lines of 268 KB,
where a buffered reader over the body gives 1,200 MB/s.
"""

from __future__ import annotations

import io
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import FlexibleChecksumError

from yorutsuke_pipeline.aws.failures import BOTO_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Buffer

_BUFFER = 1024 * 1024
# Breaks one after the other with no byte between them; with progress the count begins again.
_MOST_BREAKS = 4


class ResumedBody(io.RawIOBase):
    """The body of one version of an object; a connection that breaks is taken up at the same byte.

    Args:
        body: botocore's stream, at `position`.
        end: The byte at which the stream ends; of a whole object, its size.
        reopen: Return a new stream that begins at a byte, of that same version or not at all.
        position: Where in the object the stream begins.
    """

    def __init__(self, body: Any, end: int, reopen: Callable[[int], Any], *, position: int = 0) -> None:  # noqa: ANN401 — StreamingBody's stubs lack readinto
        self._body = body
        self._end = end
        self._reopen = reopen
        self._position = position
        self._breaks = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Read what has come into `buffer`; return how many bytes, 0 at the end."""
        while True:
            try:
                count = int(self._body.readinto(buffer))
            except FlexibleChecksumError:
                # What was delivered is wrong, somewhere; reading on would not mend it.
                raise
            except BOTO_ERRORS:
                self._breaks += 1
                if self._breaks > _MOST_BREAKS:
                    raise
                self._resume()
                continue
            self._position += count
            self._breaks = 0 if count else self._breaks
            return count

    def close(self) -> None:
        """Give the connection back, or drop it with what was not read."""
        if not self.closed:
            self._body.close()
        super().close()

    def _resume(self) -> None:
        with suppress(*BOTO_ERRORS):
            self._body.close()
        # All that is missing may be the end of the answer, and no range begins there.
        self._body = self._reopen(self._position) if self._position < self._end else io.BytesIO()


def buffered(body: io.RawIOBase) -> io.BufferedReader:
    """Return a reader that asks for a megabyte at a time."""
    return io.BufferedReader(body, _BUFFER)


def lines_of(reader: io.BufferedReader, *, longest: int) -> Iterator[bytes]:
    """Yield lines without their LF or CR LF; of one longer than `longest`, its first `longest` + 1 bytes.

    However long a line is, no more of it is held.
    """
    # The longest line that is not cut ends in CR LF.
    while piece := reader.readline(longest + 2):
        if piece.endswith(b"\n"):
            yield piece[:-2] if piece.endswith(b"\r\n") else piece[:-1]
            continue
        yield piece[: longest + 1]
        while piece and not piece.endswith(b"\n"):
            piece = reader.readline(_BUFFER)
