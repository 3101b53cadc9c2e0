"""One kept-alive HTTP connection, with only as much of HTTP as AWS's clients use. Answers come from elsewhere."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline_tests.bench.stub.rope import Rope

_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True)
class Request:
    """A request; `head` is all before the body, in lower case."""

    method: str
    target: str
    head: bytes
    body: bytes

    def header(self, name: bytes) -> str:
        """Return a header's value, in lower case as all of the head; empty if there is none."""
        return _value(self.head, name).decode("latin-1")


@dataclass(frozen=True)
class Answer:
    """What is sent back, `delay` seconds after the request was there.

    Attributes:
        headers: Lines that end in CR LF, without the length.
        content: A part of a rope, as (rope, start, end); it is sent in place of `body`.
        bytes_per_second: The connection's rate for `content`; None for no limit.
        length: Overrides Content-Length (the answer to a HEAD).
    """

    status: int = 200
    body: bytes = b""
    headers: str = ""
    delay: float = 0.0
    content: tuple[Rope, int, int] | None = None
    bytes_per_second: float | None = None
    length: int | None = None

    def head(self) -> bytes:
        length = self.length if self.length is not None else len(self.body)
        if self.content is not None:
            length = self.content[2] - self.content[1]
        return f"HTTP/1.1 {self.status} OK\r\n{self.headers}Content-Length: {length}\r\n\r\n".encode()


class Connection(asyncio.Protocol):
    """Reads requests one after the other and sends what `answer` makes of each."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self._answer = answer
        self._received = bytearray()
        self._needed = 0
        self._loop = asyncio.get_running_loop()
        self._is_free = asyncio.Event()
        self._is_free.set()
        self._streaming: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, _error: Exception | None) -> None:
        if self._streaming is not None:
            self._streaming.cancel()

    def pause_writing(self) -> None:
        self._is_free.clear()

    def resume_writing(self) -> None:
        self._is_free.set()

    def data_received(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= self._needed and self._take():
            pass

    def _take(self) -> bool:
        """Answer the next request if it is there as a whole; return whether it was."""
        end = self._received.find(_END_OF_HEAD)
        if end < 0:
            return False
        head = bytes(self._received[:end])
        lowered = head.lower()
        total = end + len(_END_OF_HEAD) + int(_value(lowered, b"content-length") or 0)
        if len(self._received) < total:
            if not self._needed and b"100-continue" in lowered:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._needed = total
            return False
        with memoryview(self._received) as received:
            body = bytes(received[end + len(_END_OF_HEAD) : total])
        del self._received[:total]
        self._needed = 0
        method, target, _ = head[: head.find(b"\r\n")].decode("latin-1").split(" ", 2)
        answer = self._answer(Request(method, target, lowered, body))
        if answer.delay:
            self._loop.call_later(answer.delay, self._send, answer)
        else:
            self._send(answer)
        return bool(self._received)

    def _send(self, answer: Answer) -> None:
        if answer.content is None:
            self._transport.write(answer.head() + answer.body)
        else:
            self._streaming = self._loop.create_task(self._stream(answer))

    async def _stream(self, answer: Answer) -> None:
        assert answer.content is not None
        rope, start, end = answer.content
        self._transport.write(answer.head())
        begun, sent = self._loop.time(), 0
        for block in rope.blocks(start, end):
            # Others have their turn, and a connection that is gone is noticed, also where nothing has to wait.
            await asyncio.sleep(0)
            await self._is_free.wait()
            if answer.bytes_per_second is not None:
                ahead = begun + sent / answer.bytes_per_second - self._loop.time()
                if ahead > 0:
                    await asyncio.sleep(ahead)
            self._transport.write(block)
            sent += len(block)


def _value(head: bytes, name: bytes) -> bytes:
    """Return the value of a header, from a head in lower case."""
    start = head.find(b"\r\n" + name + b":")
    if start < 0:
        return b""
    start += len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else None].strip()
