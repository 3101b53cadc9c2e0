"""Boxes of text become lines, top to bottom, as a person reads a receipt: label on the left, figure on the right.

Kept out: reading pictures (``recognition``) and the meaning of the words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from yorutsuke_pipeline.local_aws.reader.spelling import has_kana, one_spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from yorutsuke_pipeline.local_aws.reader.recognition import TextBox

SAME_LINE = 0.55
"""Two pieces share a line when their middles differ by less than this part of the smaller one's height."""


@dataclass(frozen=True)
class Piece:
    """One box of text on its line. ``text`` is in one spelling; places are pixels of the deskewed picture."""

    text: str
    left: float
    right: float
    middle: float
    height: float


@dataclass(frozen=True)
class TextLine:
    """Pieces that stand beside each other, left to right; never empty."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole line; two spaces where the paper has a gap between columns."""
        return "  ".join(piece.text for piece in self.pieces)

    @property
    def height(self) -> float:
        """Height of the largest glyphs, in pixels."""
        return max(piece.height for piece in self.pieces)

    @property
    def left(self) -> float:
        """Where the line begins, in pixels."""
        return self.pieces[0].left

    @property
    def right(self) -> float:
        """Where the line ends, in pixels."""
        return max(piece.right for piece in self.pieces)


def read_lines(boxes: Sequence[TextBox]) -> list[TextLine]:
    """Lays the boxes level, joins those of one line, and orders the lines from the top."""
    tilt = _tilt(boxes)
    japanese = any(has_kana(box.text) for box in boxes)
    pieces = sorted((_level(box, tilt, japanese=japanese) for box in boxes), key=lambda piece: piece.middle)
    lines: list[list[Piece]] = []
    for piece in pieces:
        # Only the last few lines can still grow: what is further up is a line's height away.
        home = next((line for line in reversed(lines[-4:]) if _belongs(piece, line)), None)
        if home is None:
            lines.append([piece])
        else:
            home.append(piece)
    joined = [TextLine(tuple(sorted(line, key=lambda piece: piece.left))) for line in lines]
    return sorted(joined, key=lambda line: median(piece.middle for piece in line.pieces))


def plain_lines(texts: Iterable[str]) -> list[TextLine]:
    """Lines from plain text, as if read from paper: two spaces part the pieces, all glyphs are one size."""
    width, height = 10.0, 20.0
    lines = []
    for row, text in enumerate(texts):
        pieces, at = [], 0
        for word in text.split("  "):
            if word.strip():
                end = (at + len(word)) * width
                pieces.append(Piece(one_spelling(word.strip()), at * width, end, row * 30.0, height))
            at += len(word) + 6
        if pieces:
            lines.append(TextLine(tuple(pieces)))
    return lines


def _tilt(boxes: Sequence[TextBox]) -> float:
    """The page's angle in radians: the median over boxes long enough to have one."""
    angles = []
    for box in boxes:
        (x0, y0), (x1, y1) = box.corners[0], box.corners[1]
        if x1 - x0 > 0 and len(box.text) >= 4:  # noqa: PLR2004  # three glyphs are too short to measure a slope
            angles.append(math.atan2(y1 - y0, x1 - x0))
    return median(angles) if angles else 0.0


def _level(box: TextBox, tilt: float, *, japanese: bool) -> Piece:
    cosine, sine = math.cos(-tilt), math.sin(-tilt)
    xs = [x * cosine - y * sine for x, y in box.corners]
    ys = [x * sine + y * cosine for x, y in box.corners]
    height = (math.dist(box.corners[0], box.corners[3]) + math.dist(box.corners[1], box.corners[2])) / 2
    return Piece(one_spelling(box.text, japanese=japanese), min(xs), max(xs), sum(ys) / len(ys), height)


def _belongs(piece: Piece, line: list[Piece]) -> bool:
    """Compares with the nearest piece of the line, so that a line on creased paper may bend as it goes."""
    nearest = min(line, key=lambda other: max(other.left - piece.right, piece.left - other.right))
    overlap = min(nearest.right, piece.right) - max(nearest.left, piece.left)
    if overlap > 0.5 * min(nearest.right - nearest.left, piece.right - piece.left):
        return False
    return abs(nearest.middle - piece.middle) < SAME_LINE * min(nearest.height, piece.height)
