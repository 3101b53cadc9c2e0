"""HTTP/1.1 on one connection, in events: the client's side of the proxy, and the server's.

What belongs here: bytes to events and back, and the ways in which a connection ends. What is kept out: what is said.
The protocol is h11's, which keeps header names as they were written.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import Any

import h11

CHUNK_BYTES = 256 * 1024
# A presigned URL with a session's token in it is some kilobytes; h11's own limit is 16.
_HEAD_BYTES = 128 * 1024
_GOODBYE_SECONDS = 5.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # linger for no time: what is unsent is thrown away, and RST is sent


class Peer:
    """A connection to a client (`h11.SERVER`) or to a server (`h11.CLIENT`)."""

    def __init__(self, role: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:  # noqa: ANN401 — h11's sentinel types
        self.protocol = h11.Connection(role, max_incomplete_event_size=_HEAD_BYTES)
        self._reader = reader
        self._writer = writer
        self.is_open = True

    async def receive(self) -> h11.Event:
        """Return the next event.

        Raises:
            h11.RemoteProtocolError: What came is no HTTP, or ended in its middle.
            OSError: The connection broke.
        """
        while True:
            event = self.protocol.next_event()
            if isinstance(event, h11.Event):
                return event
            if event is h11.PAUSED:
                raise h11.RemoteProtocolError("the next request came before this one was answered")
            self.protocol.receive_data(await self._reader.read(CHUNK_BYTES))

    async def send(self, event: h11.Event) -> None:
        """Send an event, and wait while the other side is slower than we are. Raises OSError."""
        self._writer.write(self.protocol.send(event) or b"")
        await self._writer.drain()

    async def send_beginning(self, event: h11.Event, share: float) -> None:
        """Send only a part of an event's bytes, at least one and never all; only closing makes sense afterwards."""
        content = self.protocol.send(event) or b""
        self._writer.write(content[: min(max(1, int(len(content) * share)), len(content) - 1)])
        await self._writer.drain()

    async def read_body(self) -> bytes:
        """Read a whole body, letting a client that waits for `100 Continue` go on. Raises as `receive`."""
        if self.protocol.they_are_waiting_for_100_continue:
            await self.send(h11.InformationalResponse(status_code=100, headers=[]))
        body = bytearray()
        while isinstance(event := await self.receive(), h11.Data):
            body += event.data
        return bytes(body)

    def begin_next(self) -> bool:
        """Make ready for the next request on this connection; False where it must be closed."""
        states = self.protocol.our_state, self.protocol.their_state
        if not self.is_open or states != (h11.DONE, h11.DONE) or self._reader.at_eof():
            return False
        self.protocol.start_next_cycle()
        return True

    async def wait_for_more(self) -> None:
        """Wait until the other side sends anything, or closes; what came is lost. Raises OSError."""
        await self._reader.read(1)

    def has_ended(self) -> bool:
        """Whether the other side has closed."""
        return not self.is_open or self._reader.at_eof() or self._writer.is_closing()

    async def close(self) -> None:
        """Send what is left, and say goodbye."""
        self.is_open = False
        self._writer.close()
        try:
            await asyncio.wait_for(self._writer.wait_closed(), timeout=_GOODBYE_SECONDS)
        except asyncio.TimeoutError:  # the other side takes nothing any more
            self._writer.transport.abort()
        except OSError:
            pass  # it is closed, which is what was wanted

    async def reset(self) -> None:
        """Break off: the other side sees `connection reset by peer`."""
        raw = self._writer.get_extra_info("socket")
        with contextlib.suppress(OSError):  # gone already
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.is_open = False
        self._writer.transport.abort()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()
