"""A server on loopback that gives everybody the same answer, one a connection."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def serving(
    answer: Callable[[str], tuple[bytes, dict[str, str]]], *, status: int = 200
) -> Iterator[tuple[str, list[str]]]:
    """Serve; yield the address and the list of what was asked for, as `GET /path`.

    Args:
        answer: Return content and headers for a method.
        status: Of every answer.
    """
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            content, headers = answer(self.command)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = True

        do_HEAD = do_PUT = do_POST = do_GET  # noqa: N815 — the base class calls them so

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base class calls it so
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()
