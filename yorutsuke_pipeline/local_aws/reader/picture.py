"""A picture as it arrives: opened with limits, turned as the camera says, shrunk to what the model needs.

Kept out: finding text in it (``recognition``). Nothing here knows what a receipt is.
"""

from __future__ import annotations

import io
import math
import warnings
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
"""What Nova takes: https://docs.aws.amazon.com/nova/latest/userguide/modalities-image.html"""

MOST_PIXELS = 64_000_000
"""Refused above this before decoding: Nova's own limit is 8,000 x 8,000, and a bomb decodes to gigabytes."""

KEPT_PIXELS = 1_800_000
"""A 7,000 pixel scan read whole took 1.4 GB. An area and not a side is kept: a metre of till roll stays legible."""

SHORTEST_SIDE = 16
"""Below this there is no room for a line of text, and the detector's grid (32 pixels) collapses."""


class PictureError(Exception):
    """The bytes are no picture that can be read; the message says why, for the model's answer."""


def open_picture(content: bytes) -> NDArray[np.uint8]:
    """Decodes an image file to an upright (by EXIF), shrunken BGR array of shape (height, width, 3).

    Only the first frame of an animation is read; transparency is laid on white paper.

    Raises:
        PictureError: the bytes are empty, no image of :data:`FORMATS`, broken, too small or too large.
    """
    if not content:
        raise PictureError("the image is empty (0 bytes)")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of bombs and odd metadata; the limits here decide
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                _check_size(image.width, image.height)
                return _to_array(image)
    except UnidentifiedImageError as error:
        raise PictureError("the bytes are not a JPEG, PNG, GIF or WebP image") from error
    except Image.DecompressionBombError as error:
        raise PictureError(f"the image has more pixels than the limit of {MOST_PIXELS}") from error
    except PictureError:
        raise
    except Exception as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error ... on broken files
        raise PictureError(f"the image is broken and cannot be decoded ({type(error).__name__})") from error


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise PictureError(f"the image of {width} x {height} pixels has more than the limit of {MOST_PIXELS}")
    if min(width, height) < SHORTEST_SIDE:
        raise PictureError(f"the image of {width} x {height} pixels is too small to hold text")


def _to_array(image: Image.Image) -> NDArray[np.uint8]:
    shrink = min(1.0, math.sqrt(KEPT_PIXELS / (image.width * image.height)))
    size = (max(1, round(image.width * shrink)), max(1, round(image.height * shrink)))
    # A JPEG decoder can halve while it reads: a 48 MP photo then never exists in memory at full size.
    image.draft("RGB", size)
    flat = _on_white(image)
    flat.thumbnail(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    upright = ImageOps.exif_transpose(flat)
    return np.ascontiguousarray(np.asarray(upright)[:, :, ::-1])


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        paper.alpha_composite(layer)
        return paper.convert("RGB")
    return image.convert("RGB")
