"""MiniStack, the emulator of everything but Bedrock: its settings, its start, and its state as bytes.

What belongs here: every name of MiniStack's that this product touches, five of them private
(`_build_persistence_save_dict`, `_json_default`, `_state_format_version`, `_object_disk_path`, `_put_events`),
which is why its version is pinned exactly. What is kept out: when state is kept (`durability`), and the names of S3's
versions (`old_versions`).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.local_aws.endpoint import HOST

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
    from pathlib import Path

    from yorutsuke_pipeline.local_aws.home import Home

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]

TABLES = "dynamodb"
"""The one service whose state is too large to be written for each request."""

_GENERATION = re.compile(rb'^\{"generation": (\d+)')
_log = logging.getLogger(__name__)


def settings(home: Home, *, port: int, region: str, account_id: str) -> dict[str, str]:
    """The variables MiniStack reads when it is imported, and at no other time."""
    return {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": region,
        "MINISTACK_ACCOUNT_ID": account_id,
        "STATE_DIR": str(home.services),
        "PERSIST_STATE": "1",
        "S3_DATA_DIR": str(home.objects),
        "S3_PERSIST": "1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        # At start it removes Docker containers labelled as MiniStack's, another instance's included: a
        # developer's own MiniStack must not lose its containers to ours.
        "DOCKER_HOST": f"unix://{home.path}/no-docker.sock",
    }


def load(values: Mapping[str, str]) -> Application:
    """Import MiniStack under these settings and give its ASGI application. Once in a process."""
    os.environ.update(values)
    from ministack.app import app  # noqa: PLC0415 - it reads its settings and its objects when imported

    application: Application = app
    return application


async def start(application: Application) -> None:
    """Run MiniStack's own start-up, which restores its services from their files.

    Its shutdown is never run: all it would do for us is to write those files in its own way, without the
    generation of the journal that `dynamodb.json` must name.
    """
    started = asyncio.Event()
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await asyncio.Event().wait()  # for ever: cancelled with the task
        asked = True
        return {"type": "lifespan.startup"}

    async def send(_message: Message) -> None:
        started.set()

    task = asyncio.ensure_future(application({"type": "lifespan"}, receive, send))
    _lifespans.add(task)
    waiter = asyncio.ensure_future(started.wait())
    await asyncio.wait({task, waiter}, return_when=asyncio.FIRST_COMPLETED)
    waiter.cancel()
    if task.done():
        task.result()


_lifespans: set[asyncio.Future[None]] = set()


def states_behind(signed_service: str | None) -> tuple[str, ...] | None:
    """The states that a request to this service may change, messages it passes on included; None for all."""
    return _STATES_BEHIND.get(signed_service or "")


# CloudFormation loads some fifty services, whose states take 13 ms together: too long for each message.
_STATES_BEHIND = {
    "sqs": ("sqs",),
    "sns": ("sns", "sqs"),
    "events": ("eventbridge", "sns", "sqs"),
    "s3": ("s3",),
    "iam": ("iam",),
    "sts": ("sts",),
    "ssm": ("ssm",),
    "secretsmanager": ("secretsmanager",),
}


def small_states(keys: Collection[str] | None = None) -> dict[str, bytes]:
    """The state of these services (all in use but the tables), each as its file's content.

    A service whose state changes under our hands (MiniStack has threads) is left out this time.
    """
    from ministack import app  # noqa: PLC0415 - after `load`

    found = {}
    for key, get_state in app._build_persistence_save_dict().items():  # noqa: SLF001 - see the module's docstring
        if key == TABLES or (keys is not None and key not in keys):
            continue
        try:
            state = get_state()
            if state is not None:
                found[key] = _encode(key, state)
        except Exception:  # noqa: BLE001 - one of fifty services' own code; the others' states still count
            _log.exception("the state of %s could not be read; it is tried again in a second", key)
    return found


def table_state(generation: int) -> bytes:
    """Every table with its items, naming the journal generation that begins now."""
    from ministack.services import dynamodb  # noqa: PLC0415 - after `load`

    return _encode(TABLES, dynamodb.get_state(), generation=generation)


def object_file(bucket: str, key: str, account_id: str) -> str | None:
    """Where an object's bytes are, if there are any."""
    from ministack.services import s3  # noqa: PLC0415 - after `load`

    path: str | None = s3._object_disk_path(bucket, key, account_id)  # noqa: SLF001 - see the module's docstring
    return path


def put_service_event(entry: Mapping[str, object]) -> None:
    """Put an event of AWS's own (a `Source` that begins with `aws.`) on the default bus, as a service does.

    PutEvents refuses such a source to every client, as on AWS: this goes in behind it, as MiniStack's own
    services do. Rules deliver to their targets before it returns.

    Args:
        entry: As PutEvents has it: `Source`, `DetailType`, `Resources`, `Detail` (JSON text).
    """
    from ministack.services import eventbridge  # noqa: PLC0415 - after `load`

    eventbridge._put_events({"Entries": [dict(entry)]}, allow_aws_source=True)  # noqa: SLF001 - see the module's docstring


def restored_generation(services: Path) -> int:
    """The generation that the tables' file names; 0 if there is no file."""
    try:
        with (services / f"{TABLES}.json").open("rb") as file:
            match = _GENERATION.match(file.read(64))
    except FileNotFoundError:
        return 0
    return int(match.group(1)) if match else 0


def _encode(key: str, state: object, **first: int) -> bytes:
    from ministack.core import persistence  # noqa: PLC0415 - after `load`

    # One call of `dumps`: `json.dump` to a file, as MiniStack does it, takes six times as long.
    document = {**first, "__ministack_format__": persistence._state_format_version(key), "payload": state}  # noqa: SLF001 - as above
    return json.dumps(document, default=persistence._json_default).encode()  # noqa: SLF001 - as above
