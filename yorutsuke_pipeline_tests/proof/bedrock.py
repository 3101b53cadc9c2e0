"""The embedded Bedrock with a model of ours, which writes down every question that it was asked on demand.

What belongs here: the class that the embedded AWS is started with. Jobs need no such list: the service
lists them itself. The list is a file, since the process that writes it is killed again and again.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.local_aws.bedrock.service import BedrockService
from yorutsuke_pipeline_tests.proof import picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from yorutsuke_pipeline.local_aws.bedrock.events import SendEvent
    from yorutsuke_pipeline.local_aws.bedrock.wire import Receive, Scope, Send

DOTTED_PATH = f"{__name__}:ProofBedrock"
_INVOKE = re.compile(r"/model/.+/(invoke|converse)")


class ProofBedrock(BedrockService):
    """The service; `questions_file` says where its list is."""

    def __init__(
        self,
        *,
        state_dir: Path,
        s3_endpoint: Callable[[], str],
        region: str,
        account_id: str,
        send_event: SendEvent,  # noqa: ARG002 — nobody reads them there, and each night makes the same calls without
    ) -> None:
        super().__init__(
            state_dir=state_dir,
            s3_endpoint=s3_endpoint,
            region=region,
            account_id=account_id,
            model=picture.MODEL,
            processes=1,
        )
        self._list = questions_file(state_dir)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _INVOKE.fullmatch(scope["path"]):
            receive = self._noting(receive)
        await super().__call__(scope, receive, send)

    def _noting(self, receive: Receive) -> Receive:
        """Note the question as soon as all of it is there: from then on it costs, answered or not."""
        body = bytearray()

        async def receive_and_note() -> dict[str, Any]:
            message = await receive()
            body.extend(message.get("body", b""))
            if message["type"] == "http.request" and not message.get("more_body"):
                with self._list.open("a") as file:
                    file.write(f"{_pictured(bytes(body))}\n")
            return message

        return receive_and_note


def questions_file(state_dir: Path) -> Path:
    """Return where the service of that folder notes the image of each question, a line each."""
    return state_dir / "asked-on-demand.txt"


def _pictured(body: bytes) -> str:
    """Return the id of the image that a body, in Nova's form or in Claude's, asks about; its place if it says that."""
    content = json.loads(body)["messages"][0]["content"][0]
    source = content["image"]["source"] if "image" in content else content["source"]
    if "s3Location" in source:
        return str(source["s3Location"]["uri"])
    encoded = source["bytes"] if "image" in content else source["data"]
    return picture.read(base64.b64decode(encoded)).image_id
