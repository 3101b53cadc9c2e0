"""The typefaces that the sample receipts are printed in, and their glyphs as small pictures.

The fonts are Noto Sans JP and Noto Serif JP, (c) 2014-2021 Adobe (http://www.adobe.com/), with Reserved Font Name
'Source', under the SIL Open Font License 1.1, which lets anyone use, embed and redistribute them. They come inside the
package `pylopdf-fonts-jp`, unmodified; no font file is copied into this project. Handwriting is not a font: see `pen`.
Kept out: setting glyphs into lines (`printer`, `form`).
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import cv2
import numpy as np
import pylopdf_fonts_jp
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Face(Enum):
    """A typeface by its shape."""

    SANS = "sans"
    SERIF = "serif"


@lru_cache(maxsize=32)
def load_face(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """Return the typeface at `size` pixels to the em."""
    path = pylopdf_fonts_jp.sans_path() if face is Face.SANS else pylopdf_fonts_jp.serif_path()
    return ImageFont.truetype(str(path), size)


def cells(text: str) -> int:
    """Return how many half-width cells `text` takes on a till's grid: two for a full-width character."""
    return sum(2 if east_asian_width(char) in "FWA" else 1 for char in text)


@lru_cache(maxsize=4096)
def glyph(face: Face, char: str, cell: int) -> NDArray[np.uint8]:
    """Return one character as coverage (0 to 255), `cell` pixels wide for each half-width cell and 2.5 cells high.

    A Latin letter wider than its cell is condensed to fit, as printers with a fixed pitch do.
    """
    width, height = cell * cells(char), cell * 5 // 2
    # A digit of Noto is 0.555 em: at 1.9 cells to the em it just fills one cell.
    font = load_face(face, 2 * cell if width > cell else cell * 19 // 10)
    advance = max(1, round(font.getlength(char)))
    canvas = Image.new("L", (max(advance, width), height))
    left = (canvas.width - advance) // 2
    ImageDraw.Draw(canvas).text((left, cell * 2), char, font=font, fill=255, anchor="ls")
    picture = np.asarray(canvas, dtype=np.uint8)
    if picture.shape[1] > width:
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return picture
