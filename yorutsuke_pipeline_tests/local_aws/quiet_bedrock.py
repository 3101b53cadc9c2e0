"""A Bedrock that only says which path it was asked for: the host's tests need no models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from yorutsuke_pipeline.local_aws.bedrock.events import SendEvent
    from yorutsuke_pipeline.local_aws.emulator import Receive, Scope, Send

DOTTED_PATH = f"{__name__}:QuietBedrock"


class QuietBedrock:
    def __init__(
        self,
        *,
        state_dir: Path,
        s3_endpoint: Callable[[], str],
        region: str,
        account_id: str,
        send_event: SendEvent,
    ) -> None:
        self.started_with = (state_dir, s3_endpoint, region, account_id, send_event)

    async def startup(self) -> None: ...

    async def shutdown(self) -> None: ...

    def is_busy(self) -> bool:
        return False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's form
        body = json.dumps({"bedrock": scope["path"]}).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
