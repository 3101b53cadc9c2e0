"""Run as a process of its own: replaces an object and deletes another in MiniStack, and prints what is left of them."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from yorutsuke_pipeline.local_aws import emulator, old_versions
from yorutsuke_pipeline.local_aws.home import Home

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.emulator import Application, Message

_ON = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"


async def ask(application: Application, method: str, target: str, body: bytes = b"") -> bytes:
    """Send one request; returns the answer's body."""
    path, _, query = target.partition("?")
    answer = bytearray()
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await asyncio.Event().wait()
        asked = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        answer.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1"), (b"content-length", str(len(body)).encode())],
    }
    await application(scope, receive, send)
    return bytes(answer)


async def probe(application: Application, home: Home) -> dict[str, Any]:
    """Return what matters, by name."""
    await emulator.start(application)
    await ask(application, "PUT", "/receipts")
    await ask(application, "PUT", "/receipts?versioning", _ON)
    for content in (b"first", b"second"):
        await ask(application, "PUT", "/receipts/replaced", content)
    await ask(application, "PUT", "/receipts/deleted", b"gone")
    await ask(application, "DELETE", "/receipts/deleted")
    now = datetime.now(timezone.utc)
    old = (await versions(application))[-1]

    return {
        "forgotten while young": await old_versions.forget(now - timedelta(hours=1)),
        "bytes in memory": bytes_in_memory(),
        "old version": (await ask(application, "GET", f"/receipts/replaced?versionId={old}")).decode(),
        "bytes on disk": bytes_on_disk(home.objects),
        "forgotten when old": await old_versions.forget(now + timedelta(seconds=2)),
        "files of the deleted": len(list(home.objects.rglob("deleted*"))),
        "folders of old versions": len(list(home.objects.glob(".versions/*"))),
        "versions left": len(await versions(application)),
        "object": (await ask(application, "GET", "/receipts/replaced")).decode(),
    }


async def versions(application: Application) -> list[str]:
    """Return the ids of one object's versions, the newest first."""
    listed = ET.fromstring(await ask(application, "GET", "/receipts?versions&prefix=replaced"))  # noqa: S314 — our own
    return [str(found.text) for found in listed.iter() if found.tag.endswith("}VersionId")]


def bytes_in_memory() -> int:
    from ministack.services import s3  # noqa: PLC0415 — after `load`

    entries: list[dict[str, Any]] = [entry for kept in s3._object_versions.values() for entry in kept]
    return sum(len(entry.get("data") or b"") for entry in entries)


def bytes_on_disk(folder: Path) -> int:
    """Return the size of the objects' files, each counted once whatever its names."""
    files = {path.stat().st_ino: path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json"}
    return sum(path.stat().st_size for path in files.values())


def main(folder: Path) -> None:
    home = Home(folder)
    application = emulator.load(emulator.settings(home, port=9, region="us-east-1", account_id="000000000000"))
    old_versions.keep_bytes_once()
    json.dump(asyncio.run(probe(application, home)), sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
