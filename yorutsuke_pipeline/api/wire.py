"""What every exchange has, whatever route it takes: an id, headers that make it safe, a line in the log, an end.

What belongs here: the outermost layer, as an ASGI middleware. A line of the log holds no token, no body and no query.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect

from yorutsuke_pipeline.api.problems import ProblemError, problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("yorutsuke.api")

# A caller's own id is taken over if it can stand in a log.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Of ours none is half as long; strangers' must not fill the log.
_LONGEST_PATH = 300
# Nothing here is for a browser to show, frame, guess the type of or keep.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Wire:
    """Wraps the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one exchange."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            await self._app(scope, receive, exchange.send)
        except ClientDisconnect:
            log.info("request %s: the client went away", exchange.request_id)
        except Exception:
            # Here and not in a handler: what starlette answers for itself would lack the headers.
            log.exception("request %s failed", exchange.request_id)
            if exchange.status is not None:
                raise
            failure = ProblemError(500, "internal", "something went wrong here; the log has it under this request's id")
            await problem_response(failure, exchange.request_id)(scope, receive, exchange.send)
        finally:
            exchange.log_end()


class _Exchange:
    """One request and what was answered."""

    def __init__(self, scope: Scope, send: Send) -> None:
        given = Headers(scope=scope).get("x-request-id", "")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        self.status: int | None = None
        self._scope = scope
        self._send = send
        self._begin = time.perf_counter()
        self._state = scope.setdefault("state", {})
        self._state["request_id"] = self.request_id

    async def send(self, message: Message) -> None:
        """Pass a message on, the first with our headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.request_id
            for name, value in _HEADERS.items():
                headers[name] = value
        await self._send(message)

    def log_end(self) -> None:
        """Write the line of the log."""
        caller = self._state.get("caller")
        log.info(
            "%s %s %s in %.0f ms, request %s, token %s",
            self._scope["method"],
            quote(self._scope["path"])[:_LONGEST_PATH],
            self.status or "unanswered",
            (time.perf_counter() - self._begin) * 1000,
            self.request_id,
            caller.token_id if caller else "none",
        )
