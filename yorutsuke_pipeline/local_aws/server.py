"""The process of the embedded AWS: `python -m yorutsuke_pipeline.local_aws.server`, started by `lifecycle`.

What belongs here: putting the parts together, their order of starting and ending, the port and the log.
What is kept out: deciding whether to start one (`lifecycle`), and every answer to a client.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import logging.handlers
import os
import signal
import socket
import sys
from datetime import datetime, timezone
from importlib import metadata
from typing import TYPE_CHECKING, Any, cast

from yorutsuke_pipeline.local_aws import old_versions
from yorutsuke_pipeline.local_aws.endpoint import HOST, Endpoint, write_endpoint
from yorutsuke_pipeline.local_aws.home import Home, hold_server_lock
from yorutsuke_pipeline.local_aws.options import READY, Options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.local_aws.bedrock.events import SendEvent
    from yorutsuke_pipeline.local_aws.durability import Durability
    from yorutsuke_pipeline.local_aws.front import Bedrock, Front

_log = logging.getLogger("yorutsuke_pipeline.local_aws.server")  # run as a module, `__name__` is `__main__`


def main(arguments: Sequence[str]) -> None:
    """Become a process of its own, serve until asked to stop."""
    if os.fork():
        # Nobody waits for the server, so it must not be the caller's child: it would end as a zombie.
        os._exit(0)
    options = Options.from_arguments(arguments)
    home = Home(options.home)
    if not hold_server_lock(home):
        sys.exit(f"another embedded AWS serves {home.path} (process {home.serving_pid()})")
    _log_to(home)
    os.chdir(home.path)  # the caller's folder may be deleted while the server lives
    try:
        listener = _listen(options)
        asyncio.run(_serve(options, home, listener))
    except Exception:
        _log.exception("the server ends")
        raise


def _log_to(home: Home) -> None:
    handler = logging.handlers.RotatingFileHandler(home.log_file, maxBytes=1_000_000, backupCount=2)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("yorutsuke_pipeline").setLevel(logging.INFO)
    for module in ("s3", "dynamodb"):  # MiniStack's loggers, by service: their warnings can quote an item
        logging.getLogger(module).setLevel(logging.ERROR)


def _listen(options: Options) -> socket.socket:
    """The port of last time, so that clients in mid-work find the server again; else a free one."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((HOST, options.port))
    except OSError as error:
        if options.must_have_port:
            raise OSError(f"port {options.port} on {HOST} is taken: {error}") from error
        listener.bind((HOST, 0))
    return listener


async def _serve(options: Options, home: Home, listener: socket.socket) -> None:
    from yorutsuke_pipeline.local_aws import emulator, torn_objects  # noqa: PLC0415 - heavy, after the lock
    from yorutsuke_pipeline.local_aws.durability import Durability  # noqa: PLC0415 - heavy
    from yorutsuke_pipeline.local_aws.front import Front  # noqa: PLC0415 - heavy
    from yorutsuke_pipeline.local_aws.large_objects import LargeObjects  # noqa: PLC0415 - heavy

    port: int = listener.getsockname()[1]
    url = f"http://{HOST}:{port}"
    if torn := torn_objects.repair_torn_objects(home.objects):
        _log.warning("%d objects were half replaced when the last server was killed; repaired", torn)
    settings = emulator.settings(home, port=port, region=options.region, account_id=options.account_id)
    ministack = emulator.load(settings)
    old_versions.keep_bytes_once()
    await emulator.start(ministack)
    durability = Durability(ministack, home)
    if replayed := await durability.recover():
        _log.info("%d writes were played back from the journal", replayed)
    identity = {"home": str(home.path), "pid": os.getpid(), "version": metadata.version("ministack")}
    rest = LargeObjects(durability, account_id=options.account_id)
    bedrock = _bedrock(options, home, url, durability.send_event)
    front = Front(rest=rest, bedrock=bedrock, instance=options.instance, identity=identity)
    closing = asyncio.Event()
    serving = asyncio.ensure_future(_hypercorn(front, listener, closing))
    try:
        outputs = await _provision(options, url, front=front, durability=durability)
        await bedrock.startup()
        front.ready.set()
        _publish(options, home, port=port, outputs=outputs)
        await _until_stopped(options, front=front, durability=durability, bedrock=bedrock)
    finally:
        # Bedrock before the port: a job that finds S3 gone would take it for an error of its own.
        front.stop_asked.set()
        await bedrock.shutdown()
        closing.set()
        await serving
        await durability.end()
        _log.info("stopped in good order")


async def _provision(options: Options, url: str, *, front: Front, durability: Durability) -> dict[str, str]:
    from yorutsuke_pipeline.local_aws.provision import Deployment, provision  # noqa: PLC0415 - boto3: 0.4 s

    deployment = Deployment(
        url=url, region=options.region, environment=options.environment, user_agent=front.provisioning_agent
    )
    provisioned = await asyncio.to_thread(provision, deployment)
    await durability.begin(provisioned_anew=provisioned.changed)
    return provisioned.outputs


def _publish(options: Options, home: Home, *, port: int, outputs: dict[str, str]) -> None:
    endpoint = Endpoint(
        url=f"http://{HOST}:{port}",
        port=port,
        pid=os.getpid(),
        instance=options.instance,
        home=str(home.path),
        region=options.region,
        account_id=options.account_id,
        environment=options.environment,
        version=metadata.version("ministack"),
        started_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        outputs=outputs,
    )
    write_endpoint(home.endpoint_file, endpoint)
    _log.info("ready at %s", endpoint.url)
    # Standard output is a pipe to whoever waits for the start; they close it once they have read this.
    with contextlib.suppress(OSError):
        os.write(1, READY)
    os.dup2(2, 1)


async def _until_stopped(options: Options, *, front: Front, durability: Durability, bedrock: Bedrock) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, front.stop_asked.set)
    tending = [asyncio.ensure_future(durability.keep_up()), asyncio.ensure_future(old_versions.keep_forgetting())]
    await _stop_or_idle(front, bedrock, options.idle_exit_seconds)
    for task in tending:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _stop_or_idle(front: Front, bedrock: Bedrock, idle_exit_seconds: float) -> None:
    while not front.stop_asked.is_set():
        if front.activity.idle_seconds() > idle_exit_seconds and not bedrock.is_busy():
            _log.info("nobody asked for anything for %.0f s", idle_exit_seconds)
            return
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(front.stop_asked.wait(), timeout=min(30.0, idle_exit_seconds))


async def _hypercorn(front: Front, listener: socket.socket, closing: asyncio.Event) -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415 - MiniStack patches it when imported: after it
    from hypercorn.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.errorlog = logging.getLogger("hypercorn.error")  # to our log: its own goes to the console, unbounded
    config.backlog = 1024
    # Idle connections are the clients' to close: one that we close just as a request is on its way is an
    # error there, which SDKs do not retry for every request.
    config.keep_alive_timeout = 3600
    config.keep_alive_max_requests = sys.maxsize
    config.graceful_timeout = 3
    config.shutdown_timeout = 3
    await serve(cast("Any", front), config, shutdown_trigger=closing.wait)


def _bedrock(options: Options, home: Home, url: str, send_event: SendEvent) -> Bedrock:
    module, _, name = options.bedrock.partition(":")
    service: Bedrock = getattr(importlib.import_module(module), name)(
        state_dir=home.bedrock,
        s3_endpoint=lambda: url,
        region=options.region,
        account_id=options.account_id,
        send_event=send_event,
    )
    return service


if __name__ == "__main__":
    main(sys.argv[1:])
