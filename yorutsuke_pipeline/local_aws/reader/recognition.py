"""From an upright-or-not picture to boxes of text: the only file that knows RapidOCR.

The PP-OCRv6 small model ships inside the wheel, so nothing is downloaded. RapidOCR's own stages are called one
by one, because the page's direction is decided once for the whole picture (a receipt has one direction) from a
few long boxes, rather than box by box: it is quicker, and a short box like "0" or "8" has no direction at all.

Kept out: what the text means. Kept in: settings that were measured, each with its reason.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Quads = NDArray[np.float32]

DETECTION_PIXELS = 700_000
"""What the detector looks at, by area: 0.3 s. A fixed side would starve a long receipt or waste 1 s on a square."""

NARROWEST = 96
"""Boxes are padded to this width. RapidOCR's 320 pads most words of a receipt to double: 2.5 s became 1.7 s."""

LEAST_CONFIDENCE = 0.5
"""RapidOCR's own threshold: below it the text is mostly texture of the table under the receipt."""

BOXES_ASKED_FOR_DIRECTION = 18
UNSURE_CONFIDENCE = 0.75
"""Text read upside down scores about 0.5 to 0.7 on average; below this both directions are read and compared."""

_reading = threading.Lock()


@dataclass(frozen=True)
class TextBox:
    """One piece of text and where it stands: corners clockwise from top left, in pixels of the upright picture."""

    text: str
    confidence: float
    corners: tuple[tuple[float, float], ...]


def recognise(picture: Picture) -> list[TextBox]:
    """Reads all the text of a BGR picture, whichever of its four sides is up; an empty list if there is none.

    One picture at a time in a process: the model's sessions would share the same cores anyway.
    """
    with _reading:
        return _recognise(_engine(), picture)


@lru_cache(maxsize=1)
def _engine() -> Any:  # noqa: ANN401  # RapidOCR ships no types
    """Loads the models (about a second, 250 MB); once a process, and not before the first picture."""
    from rapidocr import RapidOCR  # noqa: PLC0415  # importing it costs a second that only readers should pay

    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.text_score": LEAST_CONFIDENCE,
            "Det.limit_type": "max",
            "Rec.rec_img_shape": [3, 48, NARROWEST],
            "Rec.rec_batch_num": 1,  # a batch is as wide as its widest: on a CPU that only adds padding and memory
            # One thread a process: the service runs one reader per core, and two pools on two cores only fight.
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _recognise(engine: Any, picture: Picture) -> list[TextBox]:  # noqa: ANN401  # as above
    detector = engine._load_det_model()  # noqa: SLF001  # the public door reports no direction and crops too early
    detector.limit_side_len = _detection_side(picture)
    found = detector(picture)
    if found.boxes is None or len(found.boxes) == 0:
        return []
    quads = np.asarray(found.boxes, dtype=np.float32)
    if _lies_on_its_side(quads):
        picture, quads = _quarter_turn(picture, quads)
    crops = engine.crop_text_regions(picture, quads)
    if _is_upside_down(engine, crops):
        picture, quads, crops = _half_turn(picture, quads, crops)
    texts, confidences = _read(engine, crops)
    if float(np.mean(confidences)) < UNSURE_CONFIDENCE:
        turned = _half_turn(picture, quads, crops)
        other_texts, other_confidences = _read(engine, turned[2])
        if float(np.mean(other_confidences)) > float(np.mean(confidences)):
            quads, texts, confidences = turned[1], other_texts, other_confidences
    return [
        TextBox(text, float(confidence), tuple((float(x), float(y)) for x, y in quad))
        for text, confidence, quad in zip(texts, confidences, quads, strict=True)
        if text.strip() and confidence >= LEAST_CONFIDENCE
    ]


def _detection_side(picture: Picture) -> int:
    height, width = picture.shape[:2]
    return int(max(height, width) * min(1.0, math.sqrt(DETECTION_PIXELS / (height * width))))


def _read(engine: Any, crops: list[Picture]) -> tuple[tuple[str, ...], tuple[float, ...]]:  # noqa: ANN401
    result = engine.recognize_txt(crops)
    return result.txts, result.scores


def _lies_on_its_side(quads: Quads) -> bool:
    """True when most of the text's length runs down the picture: letters vote by the length of their line."""
    widths = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    heights = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    tall = heights > 1.5 * widths
    wide = widths > 1.5 * heights
    return bool(heights[tall].sum() > widths[wide].sum())


def _quarter_turn(picture: Picture, quads: Quads) -> tuple[Picture, Quads]:
    """Turns picture and boxes a quarter against the clock; the corner that was top right becomes top left."""
    width = picture.shape[1]
    turned = np.stack([quads[:, :, 1], width - quads[:, :, 0]], axis=2)
    return np.ascontiguousarray(np.rot90(picture)), np.roll(turned, -1, axis=1)


def _half_turn(picture: Picture, quads: Quads, crops: list[Picture]) -> tuple[Picture, Quads, list[Picture]]:
    height, width = picture.shape[:2]
    turned = np.stack([width - quads[:, :, 0], height - quads[:, :, 1]], axis=2)
    upright = [np.ascontiguousarray(np.rot90(crop, 2)) for crop in crops]
    return np.rot90(picture, 2), np.roll(turned, -2, axis=1), upright


def _is_upside_down(engine: Any, crops: list[Picture]) -> bool:  # noqa: ANN401
    """Asks the angle classifier about the longest boxes; each votes with its confidence beyond a coin's."""
    longest = sorted(crops, key=lambda crop: crop.shape[1] / crop.shape[0], reverse=True)
    _, verdict = engine.cls_and_rotate(longest[:BOXES_ASKED_FOR_DIRECTION])
    votes = sum((score - 0.5) * (1 if label == "180" else -1) for label, score in verdict.cls_res)
    return bool(votes > 0)
