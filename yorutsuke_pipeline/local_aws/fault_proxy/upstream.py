"""The server behind the proxy, for one client's connection: one connection of its own, kept while it lasts."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import h11

from yorutsuke_pipeline.local_aws.fault_proxy.peer import CHUNK_BYTES, Peer


class Upstream:
    """Connects when asked, again if the server was restarted in the meantime."""

    def __init__(self, url: str) -> None:
        """Take the server's address, `http://host:port`.

        Raises:
            ValueError: It is none. https is not for a proxy: a real AWS refuses what was signed for another host.
        """
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(f"the upstream {url!r} is no http://host:port, such as that of the embedded AWS")
        self._host, self._port = parts.hostname, parts.port or 80
        self._peer: Peer | None = None

    async def connection(self) -> Peer:
        """Return a connection that is ready for a request. Raises OSError where nobody listens."""
        if self._peer is None or self._peer.has_ended():
            await self.close()
            reader, writer = await asyncio.open_connection(self._host, self._port, limit=CHUNK_BYTES)
            self._peer = Peer(h11.CLIENT, reader, writer)
        return self._peer

    async def settle(self) -> None:
        """After an exchange: keep the connection for the next, or close it where something is left unread."""
        if self._peer is not None and not self._peer.begin_next():
            await self.close()

    async def close(self) -> None:
        """Give the connection up."""
        peer, self._peer = self._peer, None
        if peer is not None:
            await peer.close()
