"""The tables that receipts are photographed on: wood, cloth, laminate, tatami, with a pen or a coin at the side.

The textures are made from noise. Kept out: light, shadow and lens (`camera`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_WOODS = ((142, 98, 62), (176, 134, 92), (92, 62, 44), (120, 92, 72))
_CLOTHS = ((72, 84, 104), (128, 44, 48), (96, 104, 84), (60, 60, 64))
_PLAINS = ((70, 72, 76), (150, 146, 140), (40, 42, 48), (104, 116, 128))
_PENS = ((30, 34, 90), (20, 20, 22), (150, 28, 34), (232, 228, 220))
_METALS = ((172, 172, 176), (178, 146, 84), (158, 104, 74))
_STRAW = (170, 158, 104)


def _noise(size: tuple[int, int], cells: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return smooth noise around 0 of `size` (width, height), with `cells` (rows, columns) of detail."""
    coarse = rng.normal(0, 1, cells).astype(np.float32)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.float32)


def _wood(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    grain = _noise(size, (size[1] // 3, 5), rng) + 1.4 * _noise(size, (28, 3), rng)
    planks = np.zeros(size[1], np.float32)
    planks[:: max(1, size[1] // 4)] = -4
    return np.asarray(
        np.array(_WOODS[rng.integers(len(_WOODS))]) + 7 * (grain + planks[:, None])[..., None], np.float32
    )


def _cloth(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    weave = np.sin(x * 1.9) + np.sin(y * 1.9) + 0.6 * _noise(size, (size[1] // 2, size[0] // 2), rng)
    folds = 5 * _noise(size, (3, 4), rng)
    return np.asarray(np.array(_CLOTHS[rng.integers(len(_CLOTHS))]) + (5 * weave + folds)[..., None], np.float32)


def _plain(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    speckle = 3 * _noise(size, (size[1] // 2, size[0] // 2), rng) + 3 * _noise(size, (4, 4), rng)
    return np.asarray(np.array(_PLAINS[rng.integers(len(_PLAINS))]) + speckle[..., None], np.float32)


def _tatami(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    y = np.arange(size[1], dtype=np.float32)[:, None]
    straw = 5 * np.sin(y * 1.3) + 3 * _noise(size, (size[1] // 4, 14), rng)
    return np.asarray(np.array(_STRAW) + straw[..., None], np.float32)


_DESKS: tuple[Callable[[tuple[int, int], np.random.Generator], NDArray[np.float32]], ...] = (
    _wood,
    _wood,
    _cloth,
    _plain,
    _plain,
    _tatami,
)


def lay_desk(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a table top of `size` (width, height) pixels as RGB, a little out of focus.

    It is painted at a quarter of the size: the focus lies on the receipt.
    """
    small = (size[0] // 4, size[1] // 4)
    painted = _DESKS[rng.integers(len(_DESKS))](small, rng)
    picture = np.clip(painted, 0, 255).astype(np.uint8)
    for _ in range(rng.integers(0, 3)):
        _CLUTTER[rng.integers(len(_CLUTTER))](picture, rng)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _leave_pen(picture: NDArray[np.uint8], rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    start = (int(rng.choice((0.06, 0.94)) * width), int(rng.uniform(0.1, 0.9) * height))
    end = (start[0] + int(rng.normal(0, 0.06 * width)), start[1] + int(0.35 * height))
    thick = width // 26
    for shift, tone, share in ((thick // 2, (24, 22, 20), 1.0), (0, _PENS[rng.integers(len(_PENS))], 0.9)):
        ends = [(x + shift, y + shift) for x, y in (start, end)]
        cv2.line(picture, ends[0], ends[1], tone, round(thick * share), cv2.LINE_AA)
    cv2.line(picture, start, end, (210, 210, 214), max(1, thick // 6), cv2.LINE_AA)


def _leave_coin(picture: NDArray[np.uint8], rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    at = (int(rng.choice((0.07, 0.93)) * width), int(rng.uniform(0.05, 0.95) * height))
    metal = _METALS[rng.integers(len(_METALS))]
    radius = width // 18
    cv2.circle(picture, (at[0] + 3, at[1] + 3), radius, (26, 24, 22), -1, cv2.LINE_AA)
    cv2.circle(picture, at, radius, metal, -1, cv2.LINE_AA)
    cv2.circle(picture, at, radius * 4 // 5, tuple(tone * 4 // 5 for tone in metal), 1, cv2.LINE_AA)


_CLUTTER = (_leave_pen, _leave_coin, _leave_coin)
