"""The stub as a process: one port for all services, and one path of its own to set it and ask it."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.stub.bucket import Bucket
from yorutsuke_pipeline_tests.bench.stub.connection import Answer, Connection, Request
from yorutsuke_pipeline_tests.bench.stub.jobs import Jobs
from yorutsuke_pipeline_tests.bench.stub.rope import Rope, in_file
from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings
from yorutsuke_pipeline_tests.bench.stub.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Iterable

# Paths that no AWS service has.
BEGIN, MAKE, COUNTS = "/-/begin", "/-/make", "/-/counts"


class Stub:
    """All services, and what they have counted since the run began."""

    def __init__(self) -> None:
        self._bucket = Bucket()
        self._begin({})

    def answer(self, request: Request) -> Answer:
        if request.target.startswith("/-/"):
            asked = json.loads(request.body or b"{}")
            told = {BEGIN: self._begin, MAKE: self._make, COUNTS: self._counts}[request.target](asked)
            return Answer(200, json.dumps(told).encode())
        if b"x-amz-target: dynamodb_" in request.head:
            return self._tables.answer(request)
        if request.target.startswith("/model-invocation-job"):
            return self._jobs.answer(request)
        return self._bucket.answer(request)

    def _begin(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Forget what was written and counted, and take new settings; objects that were made are kept."""
        settings = StubSettings(**asked)
        self._tables = Tables(settings)
        self._jobs = Jobs(settings)
        self._bucket.begin(settings)
        self._cpu_begun = time.process_time()
        return asdict(settings)

    def _make(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Put an object of `count` records there, of a kind that `contents` knows."""
        kind, count, key = asked["kind"], asked["count"], asked["key"]
        image_bytes = asked.get("image_bytes", 0)
        etag = f'"{kind}-{count}-{image_bytes}"'
        made = self._bucket.made.get(key)
        if made is None or made.etag != etag:
            made = self._bucket.made[key] = Rope(_pieces(kind, count, image_bytes), etag)
        self._bucket.objects[key] = made
        return {"size": made.size}

    def _counts(self, _asked: dict[str, Any]) -> dict[str, Any]:
        tables = self._tables
        return {
            "calls": dict(tables.calls + self._bucket.calls + self._jobs.calls),
            "rows_written": len(tables.keys_written),
            "rows_offered": tables.rows_offered,
            "rows_read": tables.rows_read,
            "bytes_read": tables.bytes_read,
            "bytes_put": self._bucket.bytes_in,
            "bytes_sent": self._bucket.bytes_out,
            "stub_cpu_seconds": round(time.process_time() - self._cpu_begun, 3),
        }


def _pieces(kind: str, count: int, image_bytes: int) -> Iterable[bytes | memoryview]:
    pieces = contents.pieces(kind, count, image_bytes)
    # The images of an output are pieces that all its lines share.
    return pieces if kind == "output" and image_bytes else [in_file(pieces)]


async def serve() -> None:
    """Serve on a free port of loopback, which is printed, until stdin ends."""
    loop = asyncio.get_running_loop()
    stub = Stub()
    server = await loop.create_server(lambda: Connection(stub.answer), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 — it is waited for
    ended = asyncio.Event()
    # Whoever started it holds the other end: when that process ends, however it ends, so does this one.

    loop.add_reader(sys.stdin.fileno(), ended.set)
    await ended.wait()
    server.close()
