"""What each kind of fault does to a call, as steps of its exchange.

What belongs here: one function a kind. What is kept out: the steps (`exchange`), the errors' texts (`refusal`).
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from typing import TYPE_CHECKING

import h11

from yorutsuke_pipeline.local_aws.fault_proxy.fault import REFUSALS, FaultKind
from yorutsuke_pipeline.local_aws.fault_proxy.refusal import refusal
from yorutsuke_pipeline.local_aws.fault_proxy.unprocessed import split_batch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from yorutsuke_pipeline.local_aws.fault_proxy.exchange import Answer, Exchange
    from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault
    from yorutsuke_pipeline.local_aws.fault_proxy.unprocessed import SplitBatch

_JSON = ("content-type", "application/x-amz-json-1.0")


async def act_out(exchange: Exchange, fault: Fault) -> None:
    """Do to a call what the fault says. Raises OSError or h11.RemoteProtocolError where one side went away."""
    await _MISBEHAVIOURS[fault.kind](exchange, fault)


async def _refuse(exchange: Exchange, fault: Fault) -> None:
    await exchange.refuse(refusal(fault, exchange.error_form))


async def _reset(exchange: Exchange, _fault: Fault) -> None:
    await exchange.client.reset()


async def _lose_answer(exchange: Exchange, _fault: Fault) -> None:
    answer = await exchange.forward()
    await answer.discard()
    await exchange.client.reset()


async def _time_out(exchange: Exchange, fault: Fault) -> None:
    answer = await exchange.forward()
    await answer.discard()
    await asyncio.sleep(fault.seconds)
    await exchange.client.close()


async def _slow_down(exchange: Exchange, fault: Fault) -> None:
    await asyncio.sleep(fault.seconds)
    await exchange.deliver(await exchange.forward())


async def _leave_unprocessed(exchange: Exchange, fault: Fault) -> None:
    batch = split_batch(exchange.call.operation.name, exchange.body or b"", fault.share)
    if batch is None:
        await exchange.deliver(await exchange.forward())
    elif batch.forwarded is None:
        await _reply(exchange, batch.unanswered())
    else:
        exchange.body = batch.forwarded
        await _deliver_completed(exchange, await exchange.forward(), batch)


async def _deliver_completed(exchange: Exchange, answer: Answer, batch: SplitBatch) -> None:
    if answer.head.status_code != 200:  # noqa: PLR2004 — HTTP's OK; the service's own refusal goes on as it is
        await exchange.deliver(answer)
        return
    await _reply(exchange, batch.completed(await answer.body()))


async def _reply(exchange: Exchange, body: bytes) -> None:
    checked = ("x-amz-crc32", str(zlib.crc32(body)))  # botocore holds DynamoDB's answers against it
    await exchange.reply(200, (_JSON, checked, ("content-length", str(len(body)))), body)


async def _truncate(exchange: Exchange, fault: Fault) -> None:
    answer = await exchange.forward()
    length = answer.body_length
    if exchange.head.method == b"HEAD" or length == 0:
        # Nothing to cut but the head.
        await answer.discard()
        await _cut_head(exchange, answer, fault.share)
        return
    if length is None:
        content = await answer.body()
        await exchange.client.send(answer.head)
        await exchange.client.send(h11.Data(data=content[: _cut(len(content), fault.share)]))
    else:
        await exchange.client.send(answer.head)
        left = _cut(length, fault.share)
        async for piece in answer.pieces():
            if left and exchange.client.is_open:
                await exchange.client.send(h11.Data(data=piece[:left]))
            left = max(0, left - len(piece))
    await exchange.client.close()


async def _halve_head(exchange: Exchange, fault: Fault) -> None:
    answer = await exchange.forward()
    await answer.discard()
    await _cut_head(exchange, answer, fault.share)


async def _corrupt(exchange: Exchange, fault: Fault) -> None:
    answer = await exchange.forward()
    place = _cut(answer.body_length or 1, fault.share)

    def with_wrong_bit(offset: int, piece: bytes) -> bytes:
        if not offset <= place < offset + len(piece):
            return piece
        at = place - offset
        # The lowest bit: a digit becomes another digit, and JSON stays JSON.
        return piece[:at] + bytes([piece[at] ^ 1]) + piece[at + 1 :]

    await exchange.deliver(answer, with_wrong_bit)


async def _close_after(exchange: Exchange, fault: Fault) -> None:
    await exchange.deliver(await exchange.forward())
    # The worst moment: when the next request is on its way. A client that sends none is not kept for ever.
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(exchange.client.wait_for_more(), fault.seconds)
    await exchange.client.reset()


async def _cut_head(exchange: Exchange, answer: Answer, share: float) -> None:
    await exchange.client.send_beginning(answer.head, share)
    await exchange.client.close()


def _cut(length: int, share: float) -> int:
    """Return where to cut: after a share of the bytes, never after the last."""
    return min(int(length * share), max(0, length - 1))


_MISBEHAVIOURS: dict[FaultKind, Callable[[Exchange, Fault], Awaitable[None]]] = {
    **dict.fromkeys(REFUSALS, _refuse),
    FaultKind.RESET: _reset,
    FaultKind.LOST_ANSWER: _lose_answer,
    FaultKind.TIMEOUT: _time_out,
    FaultKind.SLOW: _slow_down,
    FaultKind.UNPROCESSED: _leave_unprocessed,
    FaultKind.TRUNCATED: _truncate,
    FaultKind.HALF_HEAD: _halve_head,
    FaultKind.CORRUPTED: _corrupt,
    FaultKind.KEEP_ALIVE_CLOSED: _close_after,
}
