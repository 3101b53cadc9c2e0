"""The fault proxy: a server on loopback, in a thread of its own, in front of the embedded AWS.

What belongs here: starting, stopping, and what a test or the command line asks of it. What is kept out: a connection's
life (`connection`), the faults (`fault`).

    with FaultProxy(endpoint.url, [Fault(operation="PutItem", kind="lost_answer")]) as proxy:
        ...  # clients with AWS_ENDPOINT_URL=proxy.url

Signatures stay as the client made them, for the proxy's address: the embedded AWS does not check them, a real one
would.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

import h11

from yorutsuke_pipeline.local_aws.endpoint import HOST
from yorutsuke_pipeline.local_aws.fault_proxy.call import Call, Moment, Outcome
from yorutsuke_pipeline.local_aws.fault_proxy.call_book import CallBook
from yorutsuke_pipeline.local_aws.fault_proxy.connection import Connection
from yorutsuke_pipeline.local_aws.fault_proxy.peer import CHUNK_BYTES, Peer
from yorutsuke_pipeline.local_aws.fault_proxy.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault

__all__ = ["Call", "FaultProxy", "Moment", "Outcome"]

_BACKLOG = 1024  # as the embedded AWS has it


class FaultProxy:
    """A proxy for one server. May be started again after it was stopped; it then has a new address.

    Args:
        upstream: Where calls are forwarded to, `http://host:port`. It may be restarted meanwhile: while nobody
            listens there, clients see their connections close.
        faults: In force from the start.
        port: 0 for any free one.
        watch: Asked at both moments of every call, in a thread of the proxy's; it may block, which holds that call
            while others go on (64 at once). True drops the client's connection at that moment: before the effect,
            nothing is forwarded. There is no moment after the effect where there was none. An error in it drops the
            connection, and is raised by `stop`.
        report: Told how each call ended, in the proxy's thread; must be quick.

    Raises:
        ValueError: `upstream` is no such address.
    """

    def __init__(
        self,
        upstream: str,
        faults: Sequence[Fault] = (),
        *,
        port: int = 0,
        watch: Callable[[Call, Moment], bool] | None = None,
        report: Callable[[Outcome], None] | None = None,
    ) -> None:
        Upstream(upstream)  # refused here, not at the first call
        self._upstream = upstream
        self._port = port
        self._book = CallBook(faults, watch, report)
        self._connections: set[asyncio.Task[None]] = set()
        self._connected = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self.url = ""

    @property
    def calls(self) -> list[Call]:
        """All calls since the start or the last reset, as they arrived: a copy."""
        return self._book.calls

    @property
    def watch(self) -> Callable[[Call, Moment], bool] | None:
        """Whoever is asked about every call; may be replaced at any time."""
        return self._book.watch

    @watch.setter
    def watch(self, watch: Callable[[Call, Moment], bool] | None) -> None:
        self._book.watch = watch

    def set_faults(self, faults: Sequence[Fault]) -> None:
        """Put other faults in force; they count calls from now on."""
        self._book.schedule.replace(faults)

    def reset(self) -> None:
        """Forget the calls: they are numbered from 1 again, and each fault counts from 1."""
        self._book.restart()

    def start(self) -> None:
        """Listen; returns when clients can connect.

        Raises:
            OSError: The port is taken.
            RuntimeError: It has been started already.
        """
        if self._thread is not None:
            raise RuntimeError(f"the fault proxy runs already, at {self.url}")
        self._book.open()
        listening: Future[str] = Future()
        self._thread = threading.Thread(target=self._run, args=(listening,), name="fault-proxy", daemon=True)
        self._thread.start()
        try:
            self.url = listening.result()
        except BaseException:
            self._thread.join()
            self._thread = None
            raise

    def stop(self) -> None:
        """Close all connections and end the thread; nothing happens if it does not run. Raises what `watch` raised."""
        if self._thread is None or self._loop is None or self._ending is None:
            return
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()
        self._thread = None
        self._book.close()
        failure, self._book.failure = self._book.failure, None
        if failure is not None:
            raise failure

    def __enter__(self) -> FaultProxy:  # noqa: PYI034 — typing.Self is younger than Python 3.10
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, listening: Future[str]) -> None:
        try:
            asyncio.run(self._serve(listening))
        except BaseException as error:
            if listening.done():
                raise
            listening.set_exception(error)

    async def _serve(self, listening: Future[str]) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._accept, HOST, self._port, limit=CHUNK_BYTES, backlog=_BACKLOG)
        listening.set_result(f"http://{HOST}:{server.sockets[0].getsockname()[1]}")
        await self._ending.wait()
        server.close()
        for connection in self._connections:
            connection.cancel()
        if self._connections:
            await asyncio.wait(self._connections)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(server.wait_closed(), timeout=1)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connected += 1
        connection = Connection(self._connected, Peer(h11.SERVER, reader, writer), Upstream(self._upstream), self._book)
        task = asyncio.ensure_future(connection.serve())
        self._connections.add(task)
        task.add_done_callback(self._gone)

    def _gone(self, connection: asyncio.Task[None]) -> None:
        self._connections.discard(connection)
        if not connection.cancelled() and (error := connection.exception()) is not None:
            self._book.note(error)
