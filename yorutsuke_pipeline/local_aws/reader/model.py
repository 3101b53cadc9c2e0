"""The local model's only door: a prompt and pictures in, the text of an answer out, as Nova would give it.

Kept out: Nova's envelope, token counts and stop reasons of its service (the embedded Bedrock adds them), and all
reading (``picture``, ``recognition``, ``receipt``).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.reader.picture import PictureError, open_picture
from yorutsuke_pipeline.local_aws.reader.receipt import Reading, Unreadable, read_receipt
from yorutsuke_pipeline.local_aws.reader.recognition import TextBox, recognise
from yorutsuke_pipeline.local_aws.reader.text_lines import read_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

WHO_I_AM = (
    "I am a small model that runs inside the embedded AWS, in place of Amazon Nova. "
    "I read photos of receipts, and write short texts about violations from the row between <violation> tags, "
    "and answer with one JSON object; I cannot write other texts."
)
"""The honest answer to a prompt that is neither: other people's clients send any prompt."""

_ABOUT_RECEIPTS = re.compile(
    r"receipt|invoice|\bbill\b|bookkeeping|expense|merchant|vendor|purchase|transaction|\btotal\b|amount"
    r"|レシート|領収|請求|金額|合計|取引|経費|店名",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ModelAnswer:
    """What the model says. ``stop_reason`` is in Nova's words; this model always ends its turn."""

    text: str
    stop_reason: str = "end_turn"


def answer(prompt: str, images: Sequence[bytes]) -> ModelAnswer:
    """Reads the first readable of the images as a receipt and answers with one JSON object.

    Args:
        prompt: all the text of the request; only whether it is about receipts matters.
        images: image files as sent (JPEG, PNG, GIF or WebP), decoded from base64.

    Returns:
        A JSON object with the keys of the product's prompt; ``{"unreadable": true, "reason": ...}`` where nothing
        could be read; plain text where the prompt asks for something else. Bad input never raises.
    """
    if not images:
        return ModelAnswer(WHO_I_AM)
    if not _ABOUT_RECEIPTS.search(prompt):
        return ModelAnswer(f"{WHO_I_AM} The text in the picture is:\n{_all_text(images[0])}")
    readings = [_read(image) for image in images[:1]]
    for image in images[1:]:
        if isinstance(readings[-1], Reading):
            break
        readings.append(_read(image))
    best = next((reading for reading in readings if isinstance(reading, Reading)), readings[0])
    return ModelAnswer(json.dumps(_as_json(best), ensure_ascii=False))


def _read(image: bytes) -> Reading | Unreadable:
    try:
        boxes = _boxes(image)
    except PictureError as error:
        return Unreadable(str(error))
    return read_receipt(boxes)


def _boxes(image: bytes) -> list[TextBox]:
    return recognise(open_picture(image))


def _all_text(image: bytes) -> str:
    try:
        return "\n".join(line.text for line in read_lines(_boxes(image))) or "(none)"
    except PictureError as error:
        return f"({error})"


def _as_json(reading: Reading | Unreadable) -> dict[str, object]:
    if isinstance(reading, Unreadable):
        return {"unreadable": True, "reason": reading.reason}
    return {
        "amount": _number(reading.amount),
        "currency": reading.currency,
        "type": reading.direction.value,
        "date": reading.date.isoformat() if reading.date else None,
        "merchant": reading.merchant,
        "category": reading.category.value,
        "description": reading.description,
        "lines_total": _number(reading.lines_total),
    }


def _number(value: Decimal | None) -> int | float | None:
    """JSON knows no Decimal. Two decimals of a figure below a hundred million survive a float's repr unchanged."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
