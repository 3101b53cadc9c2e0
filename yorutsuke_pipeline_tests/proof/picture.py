"""A tiny receipt that carries its own answers, so that a night needs no model that reads pictures.

What belongs here: the picture (a real PNG of one text chunk), and the model that reads the chunk. The
service's worker processes import this module, so it imports nothing heavy.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yorutsuke_pipeline.local_aws.bedrock.workers import SaysSomething

MODEL = f"{__name__}:answer"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"answers\x00"
# How the product's prompt begins to tell why an earlier answer was turned away.
_TOLD = "An earlier answer was not accepted"


@dataclass(frozen=True)
class Told:
    """What a picture makes the model say: at first, and once it was told that this was not accepted."""

    image_id: str
    first: str
    then: str


@dataclass(frozen=True)
class Said:
    """The model's answer, as the service's workers want it."""

    text: str
    stop_reason: str = "end_turn"


def draw(told: Told) -> bytes:
    """Return a PNG of 64 x 64 pixels with `told` in a text chunk."""
    header = struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\x00" + b"\xff" * 64) * 64)
    chunks = ((b"IHDR", header), (b"tEXt", _KEYWORD + _latin(told)), (b"IDAT", pixels), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def read(picture: bytes) -> Told:
    """Return what a picture drawn here holds; raises ValueError for any other."""
    start = picture.index(_KEYWORD)
    (size,) = struct.unpack(">I", picture[start - 8 : start - 4])
    return Told(**json.loads(picture[start + len(_KEYWORD) : start + size]))


def answer(prompt: str, images: list[bytes]) -> SaysSomething:
    """Answer as the service's model: whatever the picture says; without one, as the model that writes."""
    if not images:
        # Only some questions need it, and each worker loads this module.
        from yorutsuke_pipeline.local_aws.writer import model as writer  # noqa: PLC0415 — as above

        return writer.answer(prompt) or Said("There is no picture.")
    told = read(images[0])
    return Said(told.then if _TOLD in prompt else told.first)


def _latin(told: Told) -> bytes:
    return json.dumps(asdict(told), ensure_ascii=True).encode("ascii")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
