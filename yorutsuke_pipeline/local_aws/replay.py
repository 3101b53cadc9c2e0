"""Putting the journal's requests to the emulator once more, at start.

What belongs here: an ASGI client for one request. What is kept out: the journal's format (`journal`).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.endpoint import HOST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yorutsuke_pipeline.local_aws.emulator import Application, Message, Scope
    from yorutsuke_pipeline.local_aws.journal import Entry

_log = logging.getLogger(__name__)


async def replay(application: Application, entries: Iterable[Entry]) -> int:
    """Put requests to the tables once more, in order; returns how many there were.

    Only requests that had succeeded are in a journal, and the state they meet is the one they met.
    """
    count = 0
    for entry in entries:
        status = await _request(application, entry)
        if status != 200:  # noqa: PLR2004 - the one status of a DynamoDB request that took effect
            _log.error("entry %d of the journal, once accepted, was answered %d on replay", count, status)
        count += 1
    return count


async def _request(application: Application, entry: Entry) -> int:
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in entry.headers],
        "client": (HOST, 0),
        "scheme": "http",
    }
    status = 0

    async def receive() -> Message:
        return {"type": "http.request", "body": entry.body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    await application(scope, receive, send)
    return status
