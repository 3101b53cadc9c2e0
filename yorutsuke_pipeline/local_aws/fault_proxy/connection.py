"""One client's connection: requests in, each a call with its number and perhaps a fault, answers out.

What belongs here: the life of a connection, and which steps a call takes. What is kept out: the steps themselves
(`exchange`, `misbehaviour`), the numbers (`call_book`).
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import h11

from yorutsuke_pipeline.local_aws.endpoint import CONTROL_PATH
from yorutsuke_pipeline.local_aws.fault_proxy.call import Call, Moment, Outcome
from yorutsuke_pipeline.local_aws.fault_proxy.exchange import Exchange
from yorutsuke_pipeline.local_aws.fault_proxy.misbehaviour import act_out
from yorutsuke_pipeline.local_aws.fault_proxy.operation import Operation, read_operation, read_request

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.fault_proxy.call_book import CallBook
    from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault
    from yorutsuke_pipeline.local_aws.fault_proxy.peer import Peer
    from yorutsuke_pipeline.local_aws.fault_proxy.upstream import Upstream

_log = logging.getLogger(__name__)
# Paths of the embedded AWS itself, and of MiniStack: no AWS API, so no call.
_NO_CALLS = (CONTROL_PATH, "/_ministack/", "/_localstack/")


class _DroppedError(Exception):
    """The watch wants this connection to end here."""


class Connection:
    """A client's connection, and the server's that belongs to it."""

    def __init__(self, number: int, client: Peer, upstream: Upstream, book: CallBook) -> None:
        self._number = number
        self._client = client
        self._upstream = upstream
        self._book = book

    async def serve(self) -> None:
        """Pass on one request after the other until either side has enough."""
        try:
            while isinstance(head := await self._client.receive(), h11.Request):
                await self._pass_on(head)
                await self._upstream.settle()
                if not self._client.begin_next():
                    break
        except _DroppedError:
            await self._client.reset()
        except (OSError, h11.ProtocolError) as error:
            # As without a proxy: one side went away, or nobody listens, and the other side sees its connection end.
            _log.debug("connection %d ends: %s", self._number, type(error).__name__)
        finally:
            await self._upstream.close()
            await self._client.close()

    async def _pass_on(self, head: h11.Request) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
        method, target = head.method.decode("ascii"), head.target.decode("ascii")
        request = read_request(method, target, headers)
        if request.path.startswith(_NO_CALLS):
            await self._untouched(head)
            return
        # S3's bodies are gigabytes and say nothing about the call.
        streams = request.is_for_objects and not request.is_for_bedrock
        body = None if streams else await self._client.read_body()
        call, fault = self._book.begin(read_operation(method, target, headers, body or b""), self._number)
        exchange = Exchange(call, head, body, client=self._client, upstream=self._upstream)
        begun = time.monotonic()
        try:
            await self._take_effect(exchange, fault)
        finally:
            await exchange.end()
            seconds = time.monotonic() - begun
            self._book.end(Outcome(call, fault.kind if fault else None, exchange.status, seconds))

    async def _take_effect(self, exchange: Exchange, fault: Fault | None) -> None:
        async def look_after() -> None:
            await self._look(exchange.call, Moment.AFTER)

        exchange.after_effect = look_after
        await self._look(exchange.call, Moment.BEFORE)
        if fault is not None:
            await act_out(exchange, fault)
        else:
            await exchange.deliver(await exchange.forward())

    async def _look(self, call: Call, moment: Moment) -> None:
        if await self._book.is_dropped(call, moment):
            raise _DroppedError

    async def _untouched(self, head: h11.Request) -> None:
        call = Call(0, Operation("control", "Unknown"), self._number)
        exchange = Exchange(call, head, None, client=self._client, upstream=self._upstream)
        try:
            await exchange.deliver(await exchange.forward())
        finally:
            await exchange.end()
