"""That what a client was told is on disk before it is told.

What belongs here: what is kept at which moment. What is kept out: which request has which effect
(`request`), the journal's format (`journal`), MiniStack's inside (`emulator`).

    rows of tables        the request is appended to the journal (some 20 microseconds)
    small services        their changed files are written (SQS, IAM, EventBridge, buckets' settings: kilobytes)
    tables come or go     a whole checkpoint
    objects               nothing: MiniStack writes each object to its file by itself

A checkpoint of large tables holds up every request while it is taken, so it is rare: when the journal has
grown, when nobody has asked for anything for a while, and at an orderly end.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws import emulator
from yorutsuke_pipeline.local_aws.journal import Entry, Journal, entries_since, newest_generation
from yorutsuke_pipeline.local_aws.replay import replay
from yorutsuke_pipeline.local_aws.request import Effect, Request

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from yorutsuke_pipeline.local_aws.emulator import Application, Message, Receive, Scope, Send
    from yorutsuke_pipeline.local_aws.home import Home

_KEPT_HEADERS = ("host", "authorization", "x-amz-target", "content-type", "content-encoding")
_JOURNAL_LIMIT_BYTES = 64_000_000  # some 15 s of replay at start
_WORTH_TIDYING_BYTES = 1_000_000
_QUIET_SECONDS = 30.0
# CloudFormation answers first and works afterwards: for this long after such a request all is kept each second.
_SETTLING_SECONDS = 10.0

_log = logging.getLogger(__name__)


class Durability:
    """MiniStack's application, with a memory. Used from one event loop."""

    def __init__(self, application: Application, home: Home) -> None:
        home.services.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._application = application
        self._services = home.services
        self._folder = home.journal
        self._journal: Journal | None = None
        self._written: dict[str, bytes] = {}
        self._writing = asyncio.Lock()
        self._replayed = 0
        self._dirty = False
        self._settle_until = 0.0
        self._last_request = time.monotonic()

    async def recover(self) -> int:
        """Play back the journal on what MiniStack restored; returns how many requests that were.

        Until `begin` nothing is written: a start that is cut short leaves everything as it found it.
        """
        generation = emulator.restored_generation(self._services)
        self._replayed = await replay(self._application, entries_since(self._folder, generation))
        return self._replayed

    async def begin(self, *, provisioned_anew: bool) -> None:
        """From here on all is kept. What is not in the files yet goes there first."""
        self._journal = Journal(self._folder, newest_generation(self._folder) + 1)
        if self._replayed or provisioned_anew:
            await self.checkpoint()

    async def end(self) -> None:
        """Keep all for the next start; nothing if there was no `begin`, as after a deployment that failed."""
        if self._journal is not None:
            await self.checkpoint()
            self._journal.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as MiniStack does, after its effect was kept."""
        if scope["type"] != "http" or self._journal is None:
            await self._application(scope, receive, send)
            return
        request = Request.from_scope(scope)
        self._last_request = time.monotonic()
        chunks: list[bytes] = []

        async def receive_and_remember() -> Message:
            message = await receive()
            chunks.append(message.get("body", b""))
            return message

        async def keep_then_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._keep(request, b"".join(chunks), message["status"])
            await send(message)

        await self._application(scope, receive if request.is_for_objects else receive_and_remember, keep_then_send)

    async def _keep(self, request: Request, body: bytes, status: int) -> None:
        # MiniStack gets here from its handler without giving up the event loop, so the journal has the
        # requests in the order in which they took effect.
        effect = request.effect(body)
        if effect is Effect.NOTHING:
            return
        self._dirty = True
        if effect is Effect.ROWS and status == 200:  # noqa: PLR2004 - DynamoDB has no other success
            headers = request.headers
            kept = tuple((name, headers[name]) for name in _KEPT_HEADERS if name in headers)
            self._journal_in_use.append(Entry(headers=kept, body=body))
        elif effect is Effect.SERVICE:
            self._keep_small_states(emulator.states_behind(request.signed_service))
        elif effect is Effect.EVERYTHING:
            if request.signed_service == "cloudformation":
                self._settle_until = time.monotonic() + _SETTLING_SECONDS
            await self.checkpoint()

    @property
    def _journal_in_use(self) -> Journal:
        if self._journal is None:
            raise RuntimeError("`begin` was not awaited: there is no journal to write to")
        return self._journal

    def _keep_small_states(self, keys: Collection[str] | None = None) -> None:
        for key, content in emulator.small_states(keys).items():
            if self._written.get(key) != content:
                self._write(key, content)
                self._written[key] = content

    async def send_event(self, entry: Mapping[str, object]) -> None:
        """Deliver an event of a service's own; what it changed is kept within a second, as nobody waits for it."""
        emulator.put_service_event(entry)
        self._dirty = True

    async def checkpoint(self) -> None:
        """Write the state of all services; the journal begins anew."""
        async with self._writing:
            started = time.monotonic()
            self._keep_small_states()
            # No `await` between these two: the state and the journal are cut at the same request.
            generation = self._journal_in_use.rotate()
            content = emulator.table_state(generation)
            held_up = time.monotonic() - started
            await asyncio.to_thread(self._write, emulator.TABLES, content)
            self._journal_in_use.discard_before(generation)
            _log.info("checkpoint %d: %d bytes, %.3f s held up", generation, len(content), held_up)

    async def keep_up(self) -> None:
        """Once a second, see to what no request waited for. Runs until cancelled."""
        pause = 1.0
        while True:
            await asyncio.sleep(pause)
            started = time.monotonic()
            try:
                await self._see_to_it(started)
            except Exception:  # noqa: BLE001 - MiniStack's threads may change a state while it is read
                _log.exception("the state could not be written; it is tried again")
            # At most a tenth of the time goes into this, however large the states have grown.
            pause = max(1.0, 10 * (time.monotonic() - started))

    async def _see_to_it(self, now: float) -> None:
        journal = self._journal_in_use
        is_quiet = now - self._last_request > _QUIET_SECONDS
        if (
            journal.size_bytes > _JOURNAL_LIMIT_BYTES
            or (is_quiet and journal.size_bytes > _WORTH_TIDYING_BYTES)
            or now < self._settle_until
        ):
            await self.checkpoint()
        elif self._dirty:
            self._dirty = False
            self._keep_small_states()
            await asyncio.to_thread(journal.sync)

    def _write(self, key: str, content: bytes) -> None:
        path = self._services / f"{key}.json"
        draft = path.with_suffix(".tmp")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            if key == emulator.TABLES:  # the journal is deleted on the strength of this file
                os.fsync(file.fileno())
        draft.replace(path)
