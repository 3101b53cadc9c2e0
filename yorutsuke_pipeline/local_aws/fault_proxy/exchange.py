"""One request and its answer: the steps between client and server that a fault leaves out, holds up or spoils.

What belongs here: forwarding, delivering and refusing, each as a step. What is kept out: which steps a fault takes
(`misbehaviour`), and which call has which fault (`connection`).
"""

from __future__ import annotations

import asyncio
import http.client
from typing import TYPE_CHECKING, Any

import h11

from yorutsuke_pipeline.local_aws.fault_proxy.refusal import error_form

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from yorutsuke_pipeline.local_aws.fault_proxy.call import Call
    from yorutsuke_pipeline.local_aws.fault_proxy.peer import Peer
    from yorutsuke_pipeline.local_aws.fault_proxy.refusal import ErrorForm, Refusal
    from yorutsuke_pipeline.local_aws.fault_proxy.upstream import Upstream

# A client that is still sending when it has its answer may finish, so that no reset makes it miss the answer.
_LAST_BYTES_SECONDS = 5.0


class Answer:
    """The server's answer, of which the head has come, and so the effect taken place."""

    def __init__(self, head: h11.Response, peer: Peer) -> None:
        self.head = head
        self.trailers = h11.EndOfMessage()
        self._peer = peer

    @property
    def body_length(self) -> int | None:
        """The length that the head promises, in bytes; None where only the end will tell."""
        return next((int(value) for name, value in self.head.headers if name == b"content-length"), None)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes."""
        while isinstance(event := await self._peer.receive(), h11.Data):
            yield bytes(event.data)
        if isinstance(event, h11.EndOfMessage):
            self.trailers = event

    async def body(self) -> bytes:
        """Return the whole body: only for answers that fit into memory."""
        return b"".join([piece async for piece in self.pieces()])

    async def discard(self) -> None:
        """Read to the end, keeping nothing."""
        async for _ in self.pieces():
            pass


class Exchange:
    """The steps. `status` is that of the answer which the client has got whole, else None."""

    def __init__(self, call: Call, head: h11.Request, body: bytes | None, *, client: Peer, upstream: Upstream) -> None:
        self.call = call
        self.head = head
        self.client = client
        self.status: int | None = None
        self.body = body
        """The request's whole body; None for S3's, which is passed on as it comes."""
        self.after_effect: Callable[[], Awaitable[None]] | None = None
        """Awaited as soon as the effect took place; may raise, which ends the exchange."""
        self._upstream = upstream
        self._sending: asyncio.Future[None] | None = None
        self._client_keeps_body = False

    @property
    def error_form(self) -> ErrorForm:
        """How the service that was called writes errors."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in self.head.headers}
        return error_form(self.call.operation.service, headers)

    async def forward(self) -> Answer:
        """Let the call take effect. Raises OSError or h11.RemoteProtocolError where one side went away."""
        peer = await self._upstream.connection()
        self._sending = asyncio.ensure_future(self._send_request(peer))
        receiving = asyncio.ensure_future(self._receive_head(peer))
        try:
            await asyncio.wait({self._sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
            if not receiving.done():
                self._sending.result()
            answer = Answer(await receiving, peer)
            self._client_keeps_body = self.client.protocol.they_are_waiting_for_100_continue
        except BaseException:
            await _end(receiving)
            raise
        if self.after_effect is not None:
            await self.after_effect()
        return answer

    async def deliver(self, answer: Answer, change: Callable[[int, bytes], bytes] | None = None) -> None:
        """Send the client an answer as it comes; `change` is given each piece with its offset in the body."""
        offset = 0
        await self.client.send(answer.head)
        async for piece in answer.pieces():
            await self.client.send(h11.Data(data=change(offset, piece) if change else piece))
            offset += len(piece)
        await self.client.send(answer.trailers)
        self.status = answer.head.status_code
        await self.finish_request()

    async def refuse(self, refusal: Refusal) -> None:
        """Answer with an error of our own; nothing is forwarded."""
        await self.reply(refusal.status, refusal.headers, refusal.body)

    async def reply(self, status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
        """Answer in place of the server. A client that waits with its body need not send it."""
        keeps_body = self.client.protocol.they_are_waiting_for_100_continue
        if self.body is None and not keeps_body:
            while isinstance(await self.client.receive(), h11.Data):
                pass
        closing = [("connection", "close")] if keeps_body else []
        # botocore, waiting for a 100, takes an answer without a reason for none at all.
        reason = http.client.responses.get(status, "Refused")
        await self.client.send(h11.Response(status_code=status, headers=[*headers, *closing], reason=reason))
        if self.head.method != b"HEAD":
            await self.client.send(h11.Data(data=body))
        await self.client.send(h11.EndOfMessage())
        self.status = status

    async def finish_request(self) -> None:
        """Let a client that is still sending come to its end; one that waits for a `100` has none to come to."""
        if self._sending is not None and not self._client_keeps_body:
            await asyncio.wait({self._sending}, timeout=_LAST_BYTES_SECONDS)

    async def end(self) -> None:
        """Leave nothing under way."""
        if self._sending is not None:
            await _end(self._sending)

    async def _send_request(self, peer: Peer) -> None:
        if self.body is None:
            await peer.send(self.head)
            while isinstance(event := await self.client.receive(), h11.Data):
                await peer.send(event)
            await peer.send(event)
            return
        await peer.send(_head_for(self.head, self.body))
        await peer.send(h11.Data(data=self.body))
        await peer.send(h11.EndOfMessage())

    async def _receive_head(self, peer: Peer) -> h11.Response:
        while not isinstance(event := await peer.receive(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("the server closed the connection instead of answering")
            if self.client.protocol.they_are_waiting_for_100_continue:
                await self.client.send(event)
        return event


def _head_for(head: h11.Request, body: bytes) -> h11.Request:
    """Return the head for a body that has been read, and perhaps changed: its length, and no waiting for 100."""
    kept = [
        (name, value)
        for name, value in head.headers.raw_items()
        if name.lower() not in (b"content-length", b"transfer-encoding", b"expect")
    ]
    if body or head.method not in (b"GET", b"HEAD", b"DELETE"):
        kept.append((b"Content-Length", str(len(body)).encode()))
    return h11.Request(method=head.method, target=head.target, headers=kept)


async def _end(task: asyncio.Future[Any]) -> None:
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # looked at, so that asyncio does not complain: the exchange has an end of its own already
