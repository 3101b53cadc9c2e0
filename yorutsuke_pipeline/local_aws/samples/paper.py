"""Paper: ink becomes a sheet or a thermal roll with its margins, and then grows old.

Fading, banding, creases, curl and crumpling happen here, to the paper. Kept out: the table it lies on, the light and
the lens (`desk`, `camera`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from yorutsuke_pipeline.local_aws.samples.receipt import Stock

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TINTS = {
    Stock.THERMAL: ((248, 247, 243), (244, 245, 247), (250, 246, 238)),
    Stock.SHEET: ((251, 251, 250), (247, 247, 244)),
}
_INKS = {Stock.THERMAL: ((38, 36, 40), (44, 40, 58), (30, 30, 30)), Stock.SHEET: ((28, 28, 30), (40, 40, 44))}


@dataclass(frozen=True)
class Wear:
    """How worn a paper is, each from 0 (fresh) to 1: `fade` of the print, `creases`, `curl` of the roll."""

    fade: float = 0.0
    creases: float = 0.0
    curl: float = 0.0


def lay_ink(ink: NDArray[np.uint8], stock: Stock, wear: Wear, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return `ink` on paper of that stock as RGB, with margins, faded as `wear` says."""
    side, head = (52, 90) if stock is Stock.THERMAL else (150, 190)
    ink = np.pad(ink, ((head, head), (side, side)))
    strength = _fading(ink.shape, wear.fade, rng)
    cover = cv2.multiply(ink, strength, scale=1 / 255)
    tints, inks = _TINTS[stock], _INKS[stock]
    tint, dark = np.array(tints[rng.integers(len(tints))]), np.array(inks[rng.integers(len(inks))])
    # One look-up table a channel: blending in floats costs ten times as much.
    ramp = np.linspace(0, 1, 256)[:, None]
    table = np.round(tint * (1 - ramp) + dark * ramp).astype(np.uint8)
    return np.asarray(cv2.LUT(cv2.merge([cover] * 3), table[None]), dtype=np.uint8)


def wear_down(paper: NDArray[np.uint8], wear: Wear, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the paper curled and creased: bent a little, with light and dark along each fold."""
    shade = _curl_shade(paper.shape, wear.curl, rng)
    for _ in range(round(wear.creases * 7)):
        shade += _fold_shade(paper.shape, rng, wear.creases)
    gain = cv2.resize(shade, (paper.shape[1], paper.shape[0]), interpolation=cv2.INTER_LINEAR)
    lit = cv2.multiply(paper, cv2.merge([np.clip(gain * 200, 0, 255).astype(np.uint8)] * 3), scale=1 / 200)
    return _bend(np.asarray(lit, dtype=np.uint8), wear, rng)


def _fading(shape: tuple[int, ...], fade: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the strength of the print (0 to 255): bands across, weak columns of the head, pale patches."""
    height, width = shape
    base = 1 - 0.42 * fade
    bands = 1 - 0.2 * fade * rng.random((max(4, height // 90), 1))
    patches = 1 - 0.25 * fade * rng.random((7, 4))
    field = cv2.resize(bands.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    field *= cv2.resize(patches.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    for left in rng.integers(0, width, round(3 * fade)):
        field[:, left : left + 2] *= 0.45
    return np.asarray(np.clip(field * base * 255, 0, 255), np.uint8)


# Shading is soft: it is computed on a grid of a few thousand cells and enlarged.
_GRID = 8
# From here on the folds are so many that the paper no longer lies flat.
_CRUMPLED = 0.6


def _grid(shape: tuple[int, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    height, width = shape[0] // _GRID, shape[1] // _GRID
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return x / width, y / width


def _curl_shade(shape: tuple[int, ...], curl: float, rng: np.random.Generator) -> NDArray[np.float32]:
    _, y = _grid(shape)
    waves = np.sin(y * rng.uniform(1.2, 3.0) + rng.uniform(0, 6.3)) + 0.5 * np.sin(y * rng.uniform(3, 6))
    return np.asarray(1 + 0.07 * curl * waves, np.float32)


def _fold_shade(shape: tuple[int, ...], rng: np.random.Generator, depth: float) -> NDArray[np.float32]:
    """Return what one straight fold adds to the light: brighter on one side, darker on the other."""
    x, y = _grid(shape)
    angle = rng.choice((0.0, np.pi / 2)) + rng.normal(0, 0.35)
    along = (x - rng.random()) * np.cos(angle) + (y - rng.random() * y.max()) * np.sin(angle)
    slope = np.tanh(along * 60) * np.exp(-np.abs(along) * rng.uniform(4, 12))
    line = np.exp(-((along * 120) ** 2))
    return np.asarray(depth * rng.choice((-1.0, 1.0)) * 0.12 * slope - depth * 0.10 * line, np.float32)


def _bend(paper: NDArray[np.uint8], wear: Wear, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the paper bent: its rows and columns pushed by slow waves, quicker ones where it was crumpled."""
    height, width = paper.shape[:2]
    push = 2.5 * (0.4 + wear.curl) * _waves((width, height), (max(3, height // 900), 3), rng)
    if wear.creases > _CRUMPLED:
        push += 5 * wear.creases * _waves((width, height), (max(4, height // 260), 5), rng)
    dx = push[0] + np.arange(width, dtype=np.float32)
    dy = push[1] + np.arange(height, dtype=np.float32)[:, None]
    bent = cv2.remap(paper, dx, dy, interpolation=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, dtype=np.uint8)


def _waves(size: tuple[int, int], knots: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return two smooth random fields of `size` (width, height), for the two directions."""
    fields = rng.normal(0, 1, (2, *knots)).astype(np.float32)
    return np.stack([cv2.resize(one, size, interpolation=cv2.INTER_CUBIC) for one in fields])
