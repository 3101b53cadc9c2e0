"""A server of bare sockets that says exactly the bytes it is told to, as no real one can be made to."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


_PATIENCE_SECONDS = 20.0  # a test that waits longer has failed


@dataclass
class ScriptedServer:
    """Gives one answer a request, in turn; after the last it closes the connection and listens no more.

    Attributes:
        answers: What is sent, byte by byte; nothing of it is HTTP unless it says so.
        waits_for_body: False answers as soon as a request's head is there.
        requests: What came, head and body.
    """

    answers: list[bytes]
    waits_for_body: bool = True
    port: int = 0
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        listener = socket.create_server(("127.0.0.1", self.port))
        listener.settimeout(_PATIENCE_SECONDS)
        self.port = listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, args=(listener,), daemon=True)
        self._thread.start()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # it has given its last answer, and is closed
                listener.shutdown(socket.SHUT_RDWR)
            self.wait_for_end()

    def wait_for_end(self) -> None:
        """Wait until it listens no more."""
        self._thread.join(timeout=2 * _PATIENCE_SECONDS)
        assert not self._thread.is_alive()

    def _accept(self, listener: socket.socket) -> None:
        with listener, contextlib.suppress(OSError):
            while self.answers:
                connection, _ = listener.accept()
                connection.settimeout(_PATIENCE_SECONDS)
                with connection:
                    self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        while self.answers:
            request = self._read(connection)
            if not request:
                return
            self.requests.append(request)
            connection.sendall(self.answers.pop(0))

    def _read(self, connection: socket.socket) -> bytes:
        content = b""
        while not self._is_whole(content):
            more = connection.recv(65536)
            if not more:
                return content
            content += more
        return content

    def _is_whole(self, content: bytes) -> bool:
        head, end, body = content.partition(b"\r\n\r\n")
        if not end or not self.waits_for_body:
            return bool(end)
        if b"transfer-encoding: chunked" in head.lower():
            return body.endswith(b"0\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return len(body) >= (int(lengths[0].partition(b":")[2]) if lengths else 0)


@dataclass
class BareClient:
    """One connection to a server."""

    url: str

    def __enter__(self) -> BareClient:  # noqa: PYI034 — typing.Self is younger than Python 3.10
        address = "127.0.0.1", int(self.url.rpartition(":")[2])
        self._socket = socket.create_connection(address, timeout=_PATIENCE_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def say(self, content: bytes) -> None:
        self._socket.sendall(content)

    def hear(self, ending: bytes) -> bytes:
        """Return what comes, as soon as it ends as told."""
        heard = b""
        while not heard.endswith(ending):
            more = self._socket.recv(65536)
            assert more, f"the connection ended after {heard!r}"
            heard += more
        return heard

    def hear_to_the_end(self) -> bytes:
        """Return what comes until the other side closes or resets."""
        heard = b""
        with contextlib.suppress(ConnectionResetError):
            while more := self._socket.recv(65536):
                heard += more
        return heard
