"""The raw limit: bytes prepared before, sent over plain sockets from one thread; no signature, no retry, no check.

It is what the stub and the machine's loopback allow, not what anyone should run.
"""

from __future__ import annotations

import selectors
import socket

_RECEIVED = 1024 * 1024


def exchange(port: int, requests: list[bytes], connections: int) -> None:
    """Send each request, on so many connections at once, and wait for all answers. Answers must be short."""
    waiting = iter(requests)
    selector = selectors.DefaultSelector()
    open_sockets = 0
    for _ in range(connections):
        request = next(waiting, None)
        if request is None:
            break
        connected = socket.create_connection(("127.0.0.1", port))
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.sendall(request)
        selector.register(connected, selectors.EVENT_READ)
        open_sockets += 1
    while open_sockets:
        for key, _ in selector.select():
            connected = key.fileobj  # type: ignore[assignment]  # what was registered
            assert connected.recv(65_536).startswith(b"HTTP/1.1 200")
            request = next(waiting, None)
            if request is not None:
                connected.sendall(request)
                continue
            selector.unregister(connected)
            connected.close()
            open_sockets -= 1


def drain(port: int, path: str) -> int:
    """Read an object from its first byte to its last and keep nothing; return its size."""
    with socket.create_connection(("127.0.0.1", port)) as connected:
        connected.sendall(f"GET {path} HTTP/1.1\r\nHost: stub\r\n\r\n".encode())
        buffer = bytearray(_RECEIVED)
        received = connected.recv_into(buffer)
        head, _, rest = bytes(buffer[:received]).partition(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        left = size - len(rest)
        while left:
            left -= connected.recv_into(buffer)
        return size


def post(target: str, body: bytes) -> bytes:
    """Return the bytes of a DynamoDB request as the stub reads it."""
    lines = (
        "POST / HTTP/1.1",
        "Host: stub",
        f"X-Amz-Target: DynamoDB_20120810.{target}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body
