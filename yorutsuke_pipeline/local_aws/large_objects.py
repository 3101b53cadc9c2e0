"""Reading large objects from their files, in pieces.

What belongs here: GetObject of what is larger than a few megabytes. What is kept out: every rule about it;
whether the object is there, its headers and the preconditions are MiniStack's answer to the same HEAD.

MiniStack reads the whole object for each GET, for each range of it as well: ten ranges of 8 MB out of 300 MB
took 3.9 s and 1.1 GB. A batch job's output may be 1 GB, and is read in many ranges at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws import emulator
from yorutsuke_pipeline.local_aws.request import Request

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.emulator import Application, Message, Receive, Scope, Send

    Headers = list[tuple[bytes, bytes]]

_LARGE_BYTES = 4_000_000
_PIECE_BYTES = 1_000_000
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_OK = 200
# What a part of the object has no claim to: the length and the checksum are those of the whole.
_OF_THE_WHOLE = (b"content-length", b"x-amz-checksum-", b"x-amz-checksum-type")


@dataclass(frozen=True)
class Span:
    """A range of bytes within an object, both ends included, as in HTTP."""

    first: int
    last: int
    total: int

    @classmethod
    def parse(cls, header: str | None, total: int) -> Span | None:
        """What a Range header asks for; all without one; None if that is not one range within the object."""
        if header is None:
            return cls(0, total - 1, total)
        match = _RANGE.fullmatch(header)
        if match is None or match.group(1, 2) == ("", ""):
            return None
        start, end = match.groups()
        if not start:
            return cls(max(0, total - int(end)), total - 1, total) if int(end) else None
        span = cls(int(start), min(int(end or total), total - 1), total)
        return span if span.first <= span.last else None

    @property
    def length(self) -> int:
        """In bytes."""
        return self.last - self.first + 1


class LargeObjects:
    """An S3 application in front of MiniStack's that streams what is large and passes on the rest."""

    def __init__(self, application: Application, *, account_id: str) -> None:
        self._application = application
        self._account_id = account_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a plain GET of a large object; whatever is unusual about it is MiniStack's to answer."""
        request = Request.from_scope(scope) if scope["type"] == "http" else None
        path = self._large_file(request) if request else None
        if request is None or path is None:
            await self._application(scope, receive, send)
            return
        file, headers = await self._open_with_head(scope, path)
        with contextlib.ExitStack() as opened:
            if file is None:
                await self._application(scope, receive, send)
                return
            opened.callback(os.close, file)
            span = Span.parse(request.headers.get("range"), os.fstat(file).st_size)
            if span is None or (b"content-length", str(span.total).encode()) not in headers:
                await self._application(scope, receive, send)
                return
            await _send_start(send, headers, span, is_range="range" in request.headers)
            await _send_pieces(receive, send, file, span)

    def _large_file(self, request: Request) -> str | None:
        bucket, _, key = request.path.lstrip("/").partition("/")
        is_plain = request.method == "GET" and request.query in ("", "x-id=GetObject") and bool(key)
        if not is_plain or not request.is_for_objects or "if-range" in request.headers:
            return None
        path = emulator.object_file(bucket, key, self._account_id)
        try:
            return path if path is not None and os.stat(path).st_size > _LARGE_BYTES else None  # noqa: PTH116 - a path of MiniStack's
        except OSError:
            return None

    async def _open_with_head(self, scope: Scope, path: str) -> tuple[int | None, Headers]:
        """The file opened, and the headers for it; None if a HEAD of the object is not answered with 200."""
        file: int | None = None
        headers: Headers = []

        async def no_body() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def open_at_once(message: Message) -> None:
            # In the very step in which MiniStack answered: these headers are of these bytes, even if the
            # object is replaced while they are sent (a new object is a new file).
            nonlocal file
            if message["type"] == "http.response.start" and message["status"] == _OK:
                headers.extend((name.lower(), value) for name, value in message["headers"])
                with contextlib.suppress(FileNotFoundError):
                    file = os.open(path, os.O_RDONLY)

        await self._application({**scope, "method": "HEAD"}, no_body, open_at_once)
        return file, headers


async def _send_start(send: Send, headers: Headers, span: Span, *, is_range: bool) -> None:
    kept = [(name, value) for name, value in headers if not (is_range and name.startswith(_OF_THE_WHOLE))]
    if is_range:
        kept.append((b"content-length", str(span.length).encode()))
        kept.append((b"content-range", f"bytes {span.first}-{span.last}/{span.total}".encode()))
    await send({"type": "http.response.start", "status": 206 if is_range else _OK, "headers": kept})


async def _send_pieces(receive: Receive, send: Send, file: int, span: Span) -> None:
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        position = span.first
        while position <= span.last and not gone.done():
            size = min(_PIECE_BYTES, span.last + 1 - position)
            piece = await asyncio.to_thread(os.pread, file, size, position)
            position += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if position > span.last:  # to declare an end before it is an error of ours, even to a client that left
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        gone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await gone


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
