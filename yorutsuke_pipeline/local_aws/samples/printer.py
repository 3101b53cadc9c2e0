"""The till's printer: rows of text become ink on a roll, on a grid of fixed cells.

Kept out: what the paper looks like and how it ages (`paper`), and forms filled in by hand (`form`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from yorutsuke_pipeline.local_aws.samples.fonts import Face, cells, glyph
from yorutsuke_pipeline.local_aws.samples.receipt import Align, Bars, Gap, Line, Pair, Row, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

# A half-width character is 12 dots wide on a thermal head of 8 dots/mm; drawn here at two pixels to the dot.
CELL = 24


@dataclass(frozen=True)
class Printer:
    """One make of printer: its typeface, row pitch in pixels, and whether its dots can be seen."""

    face: Face = Face.SANS
    pitch: int = 64
    is_bold: bool = False
    has_dots: bool = False
    doubles_width: bool = True


def print_rows(rows: Iterable[Row], columns: int, printer: Printer) -> NDArray[np.uint8]:
    """Return the ink (0 none, 255 full) of all rows, `columns` cells wide and as high as they need."""
    strips = [_print_row(row, columns, printer) for row in rows]
    ink = np.concatenate(strips, axis=0)
    if printer.is_bold:
        ink = np.asarray(cv2.dilate(ink, np.ones((2, 2), np.uint8)), dtype=np.uint8)
    return _as_dots(ink) if printer.has_dots else ink


def _print_row(row: Row, columns: int, printer: Printer) -> NDArray[np.uint8]:
    if isinstance(row, Gap):
        return _blank(round(printer.pitch * row.rows), columns)
    if isinstance(row, Bars):
        return _print_bars(row.digits, columns)
    if isinstance(row, Rule):
        return _set_text(row.mark * columns, Align.LEFT, 1, columns, printer)
    if isinstance(row, Line):
        return np.concatenate(
            [_set_text(part, row.align, row.size, columns, printer) for part in _wrap(row.text, row.size, columns)]
        )
    return _print_pair(row, columns, printer)


def _print_pair(row: Pair, columns: int, printer: Printer) -> NDArray[np.uint8]:
    width = row.size if printer.doubles_width else 1
    free = columns - (cells(row.left) + cells(row.right)) * width
    if free < 1:  # too long for one line: the value goes under its label, to the right, as tills do
        return np.concatenate(
            [
                _set_text(row.left, Align.LEFT, row.size, columns, printer),
                _set_text(row.right, Align.RIGHT, row.size, columns, printer),
            ]
        )
    strip = _set_text(row.left, Align.LEFT, row.size, columns, printer)
    return np.maximum(strip, _set_text(row.right, Align.RIGHT, row.size, columns, printer))


def _set_text(text: str, align: Align, size: int, columns: int, printer: Printer) -> NDArray[np.uint8]:
    """Return one strip with `text` set in it; what does not fit is condensed to the paper's width."""
    glyphs = [glyph(printer.face, char, CELL) for char in text]
    run = np.concatenate(glyphs, axis=1) if glyphs else _blank(CELL * 5 // 2, 0)
    if size > 1:
        wide = size if printer.doubles_width else 1
        target = (min(run.shape[1] * wide, columns * CELL), run.shape[0] * size)
        run = np.asarray(cv2.resize(run, target, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    strip = _blank(printer.pitch + CELL * 5 // 2 * (size - 1), columns)
    room = strip.shape[1] - run.shape[1]
    left = {Align.LEFT: 0, Align.CENTER: room // 2, Align.RIGHT: room}[align]
    height = min(strip.shape[0], run.shape[0])
    strip[:height, left : left + run.shape[1]] = run[:height]
    return strip


def _wrap(text: str, size: int, columns: int) -> list[str]:
    """Break `text` where it would run off the paper; a name in double size may be condensed by a third instead."""
    limit = columns * 4 // 3 // size if size > 1 else columns
    lines, width = [""], 0
    for char in text:
        width += cells(char)
        if width > limit:
            lines.append("")
            width = cells(char)
        lines[-1] += char
    return lines


def _print_bars(digits: str, columns: int) -> NDArray[np.uint8]:
    """Return bars whose widths follow the digits; they look like a barcode and encode nothing."""
    widths = [1 + int(digit) % 4 for digit in digits for _ in range(4)]
    ink = [255 if index % 2 == 0 else 0 for index, width in enumerate(widths) for _ in range(width * 3)]
    bars = np.array(ink[: (columns - 4) * CELL], np.uint8)
    strip = _blank(110, columns)
    left = (strip.shape[1] - bars.size) // 2
    strip[10:100, left : left + bars.size] = bars
    return strip


def _blank(height: int, columns: int) -> NDArray[np.uint8]:
    return np.zeros((height, columns * CELL), np.uint8)


def _as_dots(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the ink as a coarse head burns it: at two thirds of the resolution and with hard edges."""
    height, width = ink.shape
    coarse = cv2.resize(ink, (width * 2 // 3, height * 2 // 3), interpolation=cv2.INTER_AREA)
    burnt = cv2.convertScaleAbs(cv2.subtract(coarse, 70), alpha=2.6)
    return np.asarray(cv2.resize(burnt, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
