"""One HTTP exchange over a connection of botocore's pool: a request out, a whole answer in.

urllib3 opens, verifies, times out and keeps the connections; what is left out is http.client, whose requests and
headers cost more CPU than all else about a small call. Only the plainest of answers is understood, an HTTP/1.1 one
that says how long it is; whatever else comes is an error here, and the caller asks again through the client.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from botocore.exceptions import HTTPClientError
from urllib3.exceptions import HTTPError

from yorutsuke_pipeline.aws.request_signature import host_of

if TYPE_CHECKING:
    from socket import socket

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.httpsession import URLLib3Session

_VERSION = "HTTP/1.1 "
_END_OF_HEAD = b"\r\n\r\n"
# AWS's heads have some hundred bytes.
_LONGEST_HEAD = 65_536
# What the head and a small answer take; memory for more than comes costs more than another call.
_READ_AT_ONCE = 16_384


@dataclass(frozen=True)
class Reply:
    """A whole answer, with as much of botocore's own as its readers use. Names of headers are lower case."""

    status_code: int
    headers: dict[str, str]
    content: bytes


class PooledExchange:
    """Sends requests to one endpoint. Safe to share between threads, as the session is."""

    def __init__(self, session: Any, url: str) -> None:  # noqa: ANN401 — half of what is used here has no public name
        self._pool = session._manager.connection_from_url(url)  # noqa: SLF001 — as above
        session._setup_ssl_cert(self._pool, url, session._verify)  # noqa: SLF001 — as above
        self._host = host_of(url).encode("ascii")

    def send(self, request: AWSPreparedRequest, *, longest: int | None = None) -> Reply:
        """Return the answer to a request whose body is bytes.

        Raises:
            HTTPClientError: The connection failed, or the answer is not one that is understood here, or is longer.
        """
        try:
            connection = self._pool._get_conn()  # noqa: SLF001 — as above
        except HTTPError as error:
            raise HTTPClientError(error=error) from error
        try:
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(self._pool.timeout.read_timeout)
            connection.sock.sendall(self._as_sent(request))
            reply = _read(connection.sock, longest)
        except (OSError, HTTPError, ValueError) as error:
            # Nothing more can be read from it: where the next answer begins is not known.
            with closing(connection):
                raise HTTPClientError(error=error) from error
        except BaseException:
            connection.close()
            raise
        if reply.headers.get("connection", "").lower() == "close":
            connection.close()
        self._pool._put_conn(connection)  # noqa: SLF001 — as above
        return reply

    def _as_sent(self, request: AWSPreparedRequest) -> bytes:
        parts = urlsplit(request.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        body = cast("bytes", request.body or b"")
        lines = [
            f"{request.method} {target} HTTP/1.1".encode("ascii"),
            b"Host: " + self._host,
            b"Accept-Encoding: identity",
            f"Content-Length: {len(body)}".encode("ascii"),
            *(name.encode("ascii") + b": " + _bytes(value) for name, value in request.headers.items()),
        ]
        return b"\r\n".join(lines) + _END_OF_HEAD + body


def exchange_of(session: URLLib3Session, url: str) -> PooledExchange | None:
    """Return what sends to a URL; None if the session does so by a proxy, or is of a version not known here."""
    try:
        is_proxied = session._proxy_config.proxy_url_for(url) is not None  # type: ignore[attr-defined]  # noqa: SLF001 — as above
        return None if is_proxied else PooledExchange(session, url)
    except AttributeError:
        return None


def _read(connection: socket, longest: int | None) -> Reply:
    """Read one answer.

    Raises:
        OSError: The connection broke, or was silent for too long.
        ValueError: It is not as it is understood here.
    """
    received = bytearray()
    while (end := received.find(_END_OF_HEAD)) < 0:
        if len(received) > _LONGEST_HEAD:
            raise ValueError("the head of the answer does not end")
        received += _some(connection)
    start, *lines = received[:end].decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    status, length = start[len(_VERSION) :][:3], headers.get("content-length", "")
    if not start.startswith(_VERSION) or not status.isdecimal() or not length.isdecimal():
        raise ValueError(f"the answer begins with {start[:80]!r} and does not say how long it is")
    filled, size = len(received) - end - len(_END_OF_HEAD), int(length)
    if filled > size or "transfer-encoding" in headers:
        raise ValueError("the answer is longer than it says")
    if longest is not None and size > longest:
        raise ValueError(f"the answer has {size:,} bytes, and {longest:,} were wanted at most")
    content = bytearray(size)
    content[:filled] = received[-filled:] if filled else b""
    with memoryview(content) as room:
        while filled < size:
            count = connection.recv_into(room[filled:])
            if not count:
                raise ConnectionError("the connection ended within the answer")
            filled += count
    return Reply(int(status), headers, bytes(content))


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")


def _some(connection: socket) -> bytes:
    some = connection.recv(_READ_AT_ONCE)
    if not some:
        raise ConnectionError("the connection ended within the answer")
    return some
