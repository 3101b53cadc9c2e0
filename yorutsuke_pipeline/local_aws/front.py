"""What answers on the one port: our own control paths, Bedrock, and MiniStack for all the rest.

What belongs here: who gets which request, and who has to wait. What is kept out: the answers.

Until the account is provisioned every client waits (its SDK sees a slow first answer, no error), except
the provisioning itself, which is known by its user agent. A client that retries through a restart thus never
meets an account without tables.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from yorutsuke_pipeline.local_aws.endpoint import CONTROL_PATH
from yorutsuke_pipeline.local_aws.request import Request

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.emulator import Application, Receive, Scope, Send


class Bedrock(Protocol):
    """The service that MiniStack lacks."""

    async def startup(self) -> None:
        """Take up the jobs that were left unfinished."""

    async def shutdown(self) -> None:
        """Stop working; what is unfinished is taken up at the next start."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

    def is_busy(self) -> bool:
        """Whether jobs are unfinished."""


@dataclass
class Activity:
    """When somebody last wanted something, and whether they are still waiting for it."""

    last: float = field(default_factory=time.monotonic)
    open_requests: int = 0

    def idle_seconds(self) -> float:
        """Since the last request ended; 0 while one is open."""
        return 0.0 if self.open_requests else time.monotonic() - self.last


class Front:
    """The ASGI application of the port."""

    def __init__(self, *, rest: Application, bedrock: Bedrock, instance: str, identity: dict[str, Any]) -> None:
        self._rest = rest
        self._bedrock = bedrock
        self._instance = instance
        self._identity = identity
        self.ready = asyncio.Event()
        self.stop_asked = asyncio.Event()
        self.activity = Activity()

    @property
    def provisioning_agent(self) -> str:
        """The user agent that is let through before the rest; secret enough, as it is new at each start."""
        return f"provision/{self._instance}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the request where it belongs."""
        if scope["type"] == "lifespan":
            await _answer_lifespan(receive, send)
            return
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        request = Request.from_scope(scope)
        if request.path.startswith(CONTROL_PATH) and not request.is_for_bedrock:
            await self._control(request, send)
            return
        self.activity.open_requests += 1
        try:
            if self.provisioning_agent not in request.headers.get("user-agent", ""):
                await self.ready.wait()
            if not request.is_for_bedrock:
                await self._rest(scope, receive, send)
            elif self.stop_asked.is_set():  # SDKs try again, and meet the next server
                await _send_json(send, 503, {"message": "the embedded AWS is stopping"})
            else:
                await self._bedrock(scope, receive, send)
        finally:
            self.activity.open_requests -= 1
            self.activity.last = time.monotonic()

    async def _control(self, request: Request, send: Send) -> None:
        question = request.method, request.path.removeprefix(CONTROL_PATH)
        if question == ("GET", "health"):
            status = "ready" if self.ready.is_set() else "starting"
            await _send_json(send, 200, {"status": status, "instance": self._instance, **self._identity})
        elif question == ("POST", "stop"):
            # Only somebody who has read the endpoint's file, and so means this very process, may stop it.
            if request.headers.get("x-yorutsuke-instance") != self._instance:
                await _send_json(send, 403, {"message": "x-yorutsuke-instance is not this server's instance"})
                return
            await _send_json(send, 200, {"status": "stopping"})
            self.stop_asked.set()
        else:
            known = f"GET {CONTROL_PATH}health, POST {CONTROL_PATH}stop"
            await _send_json(send, 404, {"message": f"{' '.join(question)} is none of: {known}"})


async def _send_json(send: Send, status: int, document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _answer_lifespan(receive: Receive, send: Send) -> None:
    # The server starts and ends its parts by itself, in an order that the protocol cannot express.
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
