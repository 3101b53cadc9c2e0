"""The service under test on a real port, and the S3 beside it."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config as ServerConfig

from yorutsuke_pipeline.local_aws.bedrock.service import BedrockService

REGION = "ap-northeast-1"
ACCOUNT = "000000000000"
TOLD_MODEL = "yorutsuke_pipeline_tests.local_aws.bedrock.told_model:answer"
_DEADLINE_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(happens: Callable[[], Any], what: str) -> Any:  # noqa: ANN401 - gives back whatever came
    """Ask again and again until the answer is truthy; the deadline only ends a test that failed."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not (result := happens()):
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.01)
    return result


@contextlib.contextmanager
def running_s3(folder: Path) -> Iterator[str]:
    """An S3 in a process of its own; yields its address."""
    port = free_port()
    environment = {**os.environ, "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0"}
    environment |= {"STATE_DIR": str(folder / "state"), "S3_DATA_DIR": str(folder / "s3"), "PERSIST_STATE": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "ministack"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until(lambda: listens(port), "S3 starts")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


async def serve_until(
    stop: asyncio.Event,
    *,
    port: int,
    state_dir: Path,
    s3: str,
    model: str = TOLD_MODEL,
    on_start: Callable[[BedrockService], None] = lambda _: None,
) -> None:
    """Serve the service on loopback until `stop` is set."""
    service = BedrockService(
        state_dir=state_dir,
        s3_endpoint=lambda: s3,
        region=REGION,
        account_id=ACCOUNT,
        model=model,
        processes=1,
    )
    config = ServerConfig()
    config.bind = [f"127.0.0.1:{port}"]
    config.graceful_timeout = 0.1
    config.errorlog = None
    await service.startup()
    on_start(service)
    try:
        await serve(service, config, shutdown_trigger=stop.wait)
    finally:
        await service.shutdown()


class Served:
    """The service in a thread with a loop of its own, from `start` to `end`."""

    def __init__(self, *, state_dir: Path, s3: str, model: str = TOLD_MODEL) -> None:
        self.state_dir = state_dir
        self.s3 = s3
        self.model = model
        self.port = free_port()
        self.service: BedrockService

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def restart(self) -> None:
        """Shut down in order, and start again on the same port and state."""
        self.end()
        self.start()

    def run(self, work: Coroutine[Any, Any, object]) -> None:
        """Run a coroutine on the service's own loop."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=_DEADLINE_SECONDS)

    def start(self) -> None:
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        until(lambda: listens(self.port), "the service listens")

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await serve_until(
            self._stop,
            port=self.port,
            state_dir=self.state_dir,
            s3=self.s3,
            model=self.model,
            on_start=lambda service: setattr(self, "service", service),
        )
