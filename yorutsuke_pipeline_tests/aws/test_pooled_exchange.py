"""One exchange over a pooled connection: what is understood, what is not, and whose the connection is then."""

from __future__ import annotations

import socket
import ssl
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from threading import Thread
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.exceptions import HTTPClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from yorutsuke_pipeline.aws.pooled_exchange import PooledExchange, exchange_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yorutsuke_pipeline.aws.pooled_exchange import Reply

GOOD = b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX-Amz-Crc32: 42\r\n\r\n{"a":1}'


class Server:
    """Answers each request, on whatever connection, with the next of its answers; the last one is repeated."""

    def __init__(self, *answers: bytes, pieces: int = 1 << 20, silent: bool = False) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._answers = list(answers)
        self._pieces = pieces
        self._silent = silent
        self._connection: socket.socket | None = None

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except ssl.SSLError:
                continue  # whoever came does not trust us
            except OSError:
                return
            self.connections += 1
            self._connection = connection
            with connection:
                self._answer(connection)
            self._connection = None

    def hang_up(self) -> None:
        # Its own thread may have closed it by now.
        with suppress(OSError):
            if (connection := self._connection) is not None:
                connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, connection: socket.socket) -> None:
        while True:
            try:
                received = connection.recv(65536)
            except OSError:
                return
            if not received:
                return
            self.requests.append(received)
            if self._silent:
                continue
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            for start in range(0, len(answer), self._pieces):
                connection.sendall(answer[start : start + self._pieces])
            # What lacks something is all there will be.
            if answer != GOOD:
                return


@contextmanager
def running(server: Server, context: ssl.SSLContext | None = None) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as plain:
        listening = plain if context is None else context.wrap_socket(plain, server_side=True)
        thread = Thread(target=server.serve, args=(listening,))
        thread.start()
        try:
            yield f"{'http' if context is None else 'https'}://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            server.hang_up()
            thread.join()


@contextmanager
def exchange(url: str, **config: Any) -> Iterator[PooledExchange]:  # noqa: ANN401 — any of botocore's settings
    verify = config.pop("verify", None)
    session = boto3.Session("KEY", "secret", region_name="us-east-1")
    client: Any = session.client("dynamodb", endpoint_url=url, config=Config(**config), verify=verify)
    exchange = exchange_of(client._endpoint.http_session, url)
    assert exchange is not None
    try:
        yield exchange
    finally:
        client.close()


def sent(over: PooledExchange, url: str) -> Reply:
    headers: Any = {"X-Amz-Target": b"DynamoDB_20120810.Query", "Authorization": b"signed"}
    return over.send(AWSPreparedRequest("POST", url + "/", headers, b'{"TableName":"t"}', stream_output=False))


@pytest.mark.parametrize("pieces", [1, 20, 1 << 20])
def test_an_answer_is_read_whole_in_whatever_pieces_it_comes(pieces: int) -> None:
    server = Server(GOOD, pieces=pieces)

    with running(server) as url, exchange(url) as over:
        reply = sent(over, url)

    assert (reply.status_code, reply.content, reply.headers["x-amz-crc32"]) == (200, b'{"a":1}', "42")
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"POST / HTTP/1.1",
        b"Host: " + url.removeprefix("http://").encode(),
        b"Accept-Encoding: identity",
        b"Content-Length: 17",
        b"X-Amz-Target: DynamoDB_20120810.Query",
        b"Authorization: signed",
    ]
    assert body == b'{"TableName":"t"}'


def test_one_connection_serves_for_many_exchanges() -> None:
    server = Server(GOOD)

    with running(server) as url, exchange(url) as over:
        for _ in range(3):
            sent(over, url)

    assert (server.connections, len(server.requests)) == (1, 3)


@pytest.mark.parametrize("closing", [b"Connection: close", b"connection: Close"])
def test_a_connection_that_the_server_is_done_with_is_not_used_again(closing: bytes) -> None:
    server = Server(b"HTTP/1.1 200 OK\r\n" + closing + b"\r\nContent-Length: 0\r\n\r\n")

    with running(server) as url, exchange(url) as over:
        replies = [sent(over, url) for _ in range(2)]

    assert [reply.content for reply in replies] == [b"", b""]
    assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"a"',
        b'HTTP/1.1 200 OK\r\n\r\n{"a":1}',
        b'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n{"a":1}',
        b'HTTP/1.1 200 OK\r\nContent-Length: 7, 7\r\n\r\n{"a":1}',
        b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n{"a":1}',
        b'HTTP/1.0 200 OK\r\nContent-Length: 7\r\n\r\n{"a":1}',
        b'HTTP/1.1 what\r\nContent-Length: 7\r\n\r\n{"a":1}',
        b"x" * 200_000,
    ],
    ids=["nothing", "head cut", "body cut", "no length", "longer", "two lengths", "chunked", "old", "odd", "no head"],
)
def test_what_is_not_the_plainest_of_answers_is_an_error_and_ends_its_connection(answer: bytes) -> None:
    server = Server(answer, GOOD)

    with running(server) as url, exchange(url) as over:
        with pytest.raises(HTTPClientError):
            sent(over, url)

        assert sent(over, url).content == b'{"a":1}'

    assert server.connections == 2


def test_silence_ends_after_the_clients_own_time() -> None:
    server = running(Server(silent=True))
    timed_out = pytest.raises(HTTPClientError, match="timed out")

    with server as url, exchange(url, read_timeout=0.1) as over, timed_out:
        sent(over, url)


def test_where_nobody_listens_is_an_error() -> None:
    with running(Server(GOOD)) as url:
        pass

    with exchange(url) as over, pytest.raises(HTTPClientError):
        sent(over, url)


def test_a_certificate_is_verified_as_the_client_verifies_it(tmp_path: Path) -> None:
    server = Server(GOOD)
    certificate, context = certified(tmp_path)

    with running(server, context) as url:
        with exchange(url) as over, pytest.raises(HTTPClientError, match="certificate verify failed"):
            sent(over, url)
        with exchange(url, verify=str(certificate)) as over:
            assert sent(over, url).status_code == 200


def certified(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Return a certificate for 127.0.0.1 that only itself vouches for, and what a server needs to show it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(timezone.utc)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file = folder / "certificate.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context
