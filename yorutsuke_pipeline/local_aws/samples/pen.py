"""Handwriting without a handwriting font: digits drawn as shaky strokes, and letters of print pulled out of shape.

No package on PyPI brings a Japanese handwriting font that may be redistributed, so the pen is simulated. Kept out:
where on a form something is written (`form`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from yorutsuke_pipeline.local_aws.samples.fonts import Face, cells, glyph

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Each sign is a list of strokes, each stroke a list of points in a box 10 wide and 20 high, y downwards.
_STROKES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "0": (((5, 1), (2, 4), (1, 10), (2, 16), (5, 19), (8, 16), (9, 10), (8, 4), (5, 1)),),
    "1": (((3, 4), (6, 1), (6, 10), (6, 19)),),
    "2": (((1, 5), (3, 1.5), (7, 1.5), (8.5, 5), (6, 10), (1, 18.5), (5, 18), (9.5, 18.5)),),
    "3": (((1, 3), (4.5, 1), (8, 3), (7, 7.5), (4, 9.2), (8, 11), (8.6, 15), (5, 19), (1, 17)),),
    "4": (((6, 1), (3.5, 7), (1, 13), (5, 13), (9.5, 13)), ((7, 8), (7, 14), (7, 19.5))),
    "5": (
        ((2.4, 2), (2, 5), (1.6, 9), (5, 7.6), (8.6, 10), (8.4, 15), (5, 19), (1, 17.4)),
        ((2.4, 2), (5, 2), (9, 1.6)),
    ),
    "6": (((7, 1), (3, 6), (1.4, 12), (2.4, 17.4), (5.4, 19), (8.4, 16.4), (8, 12), (5, 10.4), (1.8, 13)),),
    "7": (((1, 2.2), (5, 2), (9, 1.8), (7, 7), (5, 13), (4, 19)),),
    "8": (((8, 3), (5, 1), (2, 3.4), (3, 7), (7, 11), (8.6, 15), (5, 19), (1.6, 16), (3, 11.6), (7, 7), (8, 3)),),
    "9": (((8.4, 5), (6, 1.2), (2.4, 2.6), (1.6, 6.6), (4.4, 9.6), (8, 7.4), (8.5, 4), (8, 11), (7, 19)),),
    "¥": (
        ((1, 1), (3, 5), (5, 9)),
        ((9, 1), (7, 5), (5, 9), (5, 14), (5, 19.5)),
        ((1.6, 11), (8.4, 10.6)),
        ((1.6, 14.6), (8.4, 14.2)),
    ),
    ",": (((4, 17), (4.4, 19), (2.4, 22)),),
    "-": (((0, 10.6), (5, 10), (11, 10.4)),),
}
_NARROW = {",": 0.55}


def write_digits(text: str, height: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return `text` (digits, `¥`, comma, minus) as ink of about `height` pixels; raises KeyError on other signs."""
    unit = height / 24
    advances = [12.5 * unit * _NARROW.get(sign, 1.0) for sign in text]
    ink = np.zeros((height * 5 // 4, round(sum(advances) + 6 * unit)), np.uint8)
    slant, left = rng.uniform(-0.02, 0.16), 3 * unit
    for sign, advance in zip(text, advances):  # noqa: B905 - both are made from `text`, three lines above
        size = unit * rng.uniform(0.93, 1.07)
        origin = np.array([left, 2 * unit + rng.normal(0, 0.5 * unit)])
        for stroke in _STROKES[sign]:
            points = _curve(np.array(stroke) + rng.normal(0, 0.22, (len(stroke), 2))) * size
            points[:, 0] += slant * (20 * unit - points[:, 1])
            _draw(ink, points + origin, max(2, round(height / 15)))
        left += advance
    return ink


def write_words(text: str, height: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return `text` as ink of `height` pixels: printed letters, each turned, moved and pulled out of shape."""
    cell = height * 2 // 5
    ink = np.zeros((height + cell, cell * (cells(text) + 2)), np.uint8)
    left = cell // 2
    for char in text:
        letter = _pull(glyph(Face.SERIF, char, cell), rng)
        top = cell // 2 + round(rng.normal(0, cell * 0.07))
        target = ink[top : top + letter.shape[0], left : left + letter.shape[1]]
        np.maximum(target, letter[: target.shape[0], : target.shape[1]], out=target)
        left += round(cell * cells(char) * rng.uniform(0.98, 1.06))
    return ink


def _pull(letter: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    height, width = letter.shape
    corners = np.array([[0, 0], [width, 0], [0, height]], np.float32)
    moved = (corners + rng.normal(0, height * 0.035, (3, 2))).astype(np.float32)
    turned = cv2.warpAffine(letter, cv2.getAffineTransform(corners, moved), (width, height), flags=cv2.INTER_CUBIC)
    # The hairlines of a serif face are thinner than any ballpoint writes.
    thick = cv2.dilate(turned, np.ones((2, 2), np.uint8))
    return np.asarray(cv2.convertScaleAbs(cv2.GaussianBlur(thick, (0, 0), 1.0), alpha=1.3), dtype=np.uint8)


def _curve(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a smooth line through the points' neighbourhood (two rounds of Chaikin's corner cutting)."""
    for _ in range(2):
        cut = np.empty((2 * len(points) - 2, 2))
        cut[0::2] = 0.75 * points[:-1] + 0.25 * points[1:]
        cut[1::2] = 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.concatenate([points[:1], cut, points[-1:]])
    return points


def _draw(ink: NDArray[np.uint8], points: NDArray[np.float64], thickness: int) -> None:
    # Four fractional bits keep the strokes smooth at any size.
    fixed = np.round(points * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(ink, [fixed], isClosed=False, color=255, thickness=thickness, lineType=cv2.LINE_AA, shift=4)
