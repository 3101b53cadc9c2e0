"""The phone's camera: a paper on a table becomes a photo, with perspective, light, shadow, blur, noise and JPEG.

Kept out: what the paper shows (`printer`, `form`, `paper`) and the table's texture (`desk`).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from yorutsuke_pipeline.local_aws.samples.desk import lay_desk

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

# 200 KB to 2 MB is what phones send once an app has made its photos smaller.
_LEAST_BYTES, _MOST_BYTES = 200_000, 2_000_000
_ORIENTATION, _DATETIME, _MAKE, _MODEL = 0x0112, 0x0132, 0x010F, 0x0110
# How the stored pixels are turned for each EXIF orientation: quarter turns anticlockwise (numpy's direction).
_TURNS = {1: 0, 6: 1, 3: 2, 8: 3}
# Light changes slowly: it is computed at a sixteenth of the photo's size.
_COARSE = 16
_NEUTRAL = 160
# Lamps are warm, daylight is a little cold.
_WARMTHS = ((1.03, 1.0, 0.95), (1.02, 1.0, 0.97), (0.98, 1.0, 1.02))


@dataclass(frozen=True)
class Shot:
    """How one photo is taken.

    `tilt` in degrees; `perspective` and `shadow` from 0 to 1; `blur` is the radius in thousandths of the photo's long
    side; `light` multiplies brightness; `noise` is the deviation of a pixel; `turns` are quarter turns of the paper.
    """

    size: tuple[int, int] = (1920, 2560)
    tilt: float = 0.0
    perspective: float = 0.3
    shadow: float = 0.3
    blur: float = 0.2
    light: float = 1.0
    noise: float = 3.0
    fill: float = 0.88
    turns: int = 0
    orientation: int = 1
    quality: int = 86


def photograph(paper: NDArray[np.uint8], shot: Shot, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the photo as RGB of `shot.size` (width, height): the paper lying on a table, as the lens saw it."""
    paper = np.ascontiguousarray(np.rot90(paper, shot.turns))
    corners = _place(paper.shape, shot, rng)
    height, width = paper.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    paper = _shrink_for(paper, source, corners)
    light = _light(shot, rng)
    photo = _shine(lay_desk(shot.size, rng), light * _cast(corners, light.shape), shot.size)
    warp = cv2.getPerspectiveTransform(source, corners)
    _put_down(photo, paper, np.asarray(warp, np.float64), corners, light)
    radius = shot.blur * max(shot.size) / 1000
    if radius > 0.3:  # noqa: PLR2004 - in pixels; less than this is no blur at all
        photo = cv2.GaussianBlur(photo, (0, 0), radius)
    return _add_grain(np.asarray(photo, np.uint8), shot.noise, rng)


def develop(photo: NDArray[np.uint8], shot: Shot, taken: dt.datetime) -> bytes:
    """Return the photo as a JPEG of 200 KB to 2 MB, with EXIF as a phone writes it."""
    stored = Image.fromarray(np.ascontiguousarray(np.rot90(photo, _TURNS[shot.orientation])))
    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL] = "Yorutsuke", "Sample Camera"
    exif[_DATETIME] = f"{taken:%Y:%m:%d %H:%M:%S}"
    exif[_ORIENTATION] = shot.orientation
    quality = shot.quality
    while True:
        buffer = io.BytesIO()
        stored.save(buffer, "JPEG", quality=quality, exif=exif)
        if buffer.tell() > _MOST_BYTES:
            quality -= 12
        elif buffer.tell() < _LEAST_BYTES and quality < 98:  # noqa: PLR2004 - beyond, JPEG only wastes bytes
            quality = min(98, quality + 8)
        else:
            return buffer.getvalue()


def _place(shape: tuple[int, ...], shot: Shot, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return where the paper's corners fall in the photo, clockwise from its top left."""
    size = np.array(shot.size, np.float64)
    height, width = shape[:2]
    angle = np.radians(shot.tilt)
    reach = np.array([[abs(np.cos(angle)), abs(np.sin(angle))], [abs(np.sin(angle)), abs(np.cos(angle))]])
    scale = shot.fill * float(np.min(size / (reach @ np.array([width, height]))))
    half = np.array([width, height]) * scale / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = corners @ turn.T
    # The far edge of a paper seen from one side is shorter.
    lean = 0.10 * shot.perspective * rng.uniform(-1, 1, 2)
    corners *= 1 + lean[0] * np.sign(corners[:, 1:2]) + lean[1] * 0.4 * np.sign(corners[:, 0:1])
    corners += size / 2 + rng.normal(0, 0.008, 2) * size
    return np.asarray(corners, np.float32)


def _shrink_for(
    paper: NDArray[np.uint8], source: NDArray[np.float32], corners: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return the paper averaged down when the lens will, so that thin strokes do not break; `source` follows."""
    scale = float(np.linalg.norm(corners[2] - corners[0]) / np.linalg.norm(source[2] - source[0]))
    if scale >= 0.9:  # noqa: PLR2004 - bilinear sampling is good to about this
        return paper
    source *= scale
    size = (max(1, round(paper.shape[1] * scale)), max(1, round(paper.shape[0] * scale)))
    return np.asarray(cv2.resize(paper, size, interpolation=cv2.INTER_AREA), np.uint8)


def _put_down(
    photo: NDArray[np.uint8],
    paper: NDArray[np.uint8],
    warp: NDArray[np.float64],
    corners: NDArray[np.float32],
    light: NDArray[np.float32],
) -> None:
    """Lay the lit paper into the photo; only the frame around its corners is worked on, which halves the time."""
    size = (photo.shape[1], photo.shape[0])
    left, top = np.clip(np.floor(corners.min(axis=0)), 0, size).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)), 0, size).astype(int)
    moved = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]]) @ warp
    frame = (int(right - left), int(bottom - top))
    lying = cv2.warpPerspective(paper, moved, frame, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros(frame[::-1], np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners - (left, top)).astype(np.int32), 255)
    gain = _enlarge(light, size)[top:bottom, left:right]
    cv2.copyTo(cv2.multiply(lying, gain, scale=1 / _NEUTRAL), mask, photo[top:bottom, left:right])


def _light(shot: Shot, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the light over the photo at a sixteenth of its size (1 is neutral): a gradient and the hand's shadow."""
    width, height = shot.size[0] // _COARSE, shot.size[1] // _COARSE
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width, y / height
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 + 0.12 * ((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle))
    light -= 0.12 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    if shot.shadow > 0:
        edge = (x - rng.uniform(0, 1)) * np.cos(angle) + (y - rng.uniform(0.2, 1)) * np.sin(angle)
        light -= 0.4 * shot.shadow / (1 + np.exp(-edge * 22))
    warmth = _WARMTHS[rng.integers(len(_WARMTHS))]
    return np.asarray(light[..., None] * np.array(warmth) * shot.light, np.float32)


def _cast(corners: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return what is left of the light on the table, where the paper's own edge throws a shadow."""
    cast = np.zeros(shape[:2], np.float32)
    cv2.fillConvexPoly(cast, np.round(corners / _COARSE + 1).astype(np.int32), 1.0)
    return np.asarray(1 - 0.55 * cv2.GaussianBlur(cast, (0, 0), 1.6)[..., None], np.float32)


def _shine(picture: NDArray[np.uint8], light: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(cv2.multiply(picture, _enlarge(light, size), scale=1 / _NEUTRAL), np.uint8)


def _enlarge(light: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the light for each pixel, as a gain of which `_NEUTRAL` changes nothing."""
    gain = np.clip(light * _NEUTRAL, 2, 255).astype(np.uint8)
    return np.asarray(cv2.resize(gain, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _add_grain(photo: NDArray[np.uint8], deviation: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the photo with sensor noise: one tile of it, laid at a random offset over the whole."""
    side = 256
    tile = rng.normal(0, deviation, (side, side, 3)).astype(np.int16)
    height, width = photo.shape[:2]
    tiled = np.tile(tile, (height // side + 1, width // side + 1, 1))[:height, :width]
    return np.asarray(cv2.add(photo, tiled, dtype=cv2.CV_8U), np.uint8)
