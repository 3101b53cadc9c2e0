"""The server: an application on a socket, until it is told to end."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from fastapi import FastAPI

# Seconds that requests under way are given when the server is told to end.
_GRACE = 30
# Seconds that an idle connection is kept open.
_IDLE = 5
# Bytes. A request's line and headers; uvicorn answers 400 beyond.
_LONGEST_HEAD = 16 * 1024
_BACKLOG = 128


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 is any free one.

    Raises:
        OSError: The address is taken, or none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A server that has just ended leaves connections behind that would keep the port for a minute.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def serve(app: FastAPI, listening: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are then answered, and no others are taken."""
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    config = uvicorn.Config(
        app,
        # One implementation everywhere, whatever else is installed.
        http="h11",
        ws="none",
        lifespan="off",
        # The log's lines are `wire.py`'s, and set up by the command.
        log_config=None,
        access_log=False,
        server_header=False,
        # A client must not say what its address is. Behind a proxy, all have the proxy's.
        proxy_headers=False,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
    )
    uvicorn.Server(config).run(sockets=[listening])
