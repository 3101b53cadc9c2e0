"""The small model behind every model id: pictures go to the reader, rows about violations to the writer.

Runs in the service's worker processes (`bedrock.workers`). Kept out: reading and writing themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.writer import model as writer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.local_aws.bedrock.workers import SaysSomething


def answer(prompt: str, images: Sequence[bytes]) -> SaysSomething:
    """Answers one request; a prompt that is for neither is told what this model can do. Bad input never raises."""
    written = None if images else writer.answer(prompt)
    if written is not None:
        return written
    # The reader takes seconds and hundreds of MB to load, and a process that only writes never needs it.
    from yorutsuke_pipeline.local_aws.reader import model as reader  # noqa: PLC0415 - as above

    return reader.answer(prompt, images)
