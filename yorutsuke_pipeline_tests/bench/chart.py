"""The ratios as a picture: how many times the rate of each other side the product's is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageFont

from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT

if TYPE_CHECKING:
    from pathlib import Path

    from yorutsuke_pipeline_tests.bench.rounds import Row

_WIDTH, _LINE, _LEFT, _RIGHT, _TOP, _BOTTOM = 1_200, 38, 480, 170, 90, 70
_INK, _FAINT, _GRID = "#1f2933", "#7b8794", "#e4e7eb"
_REACHED, _MISSED, _PLAIN = "#2f855a", "#c05621", "#627d98"
_TICKS = (0.1, 0.3, 1, 3, 10, 30, 100, 300)


def draw_chart(rows: list[Row], machine: dict[str, Any], path: Path) -> None:
    """Draw one bar for each side but the product; the scale is logarithmic, 1 is the product's own rate."""
    sides = _sides(rows)
    height = _TOP + _LINE * max(1, len(sides)) + _BOTTOM
    picture = Image.new("RGB", (_WIDTH, height), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((30, 24), "How many times as fast as ...", _INK, _font(26))
    least, most = _bounds([row.ratio for row, _ in sides])
    for tick in (tick for tick in _TICKS if least <= tick <= most):
        at = _position(tick, least, most)
        draw.line((at, _TOP - 8, at, height - _BOTTOM + 4), _INK if tick == 1 else _GRID, 1)
        draw.text((at, height - _BOTTOM + 8), f"{tick:g}x", _FAINT, _font(15), anchor="ma")
    for number, (row, size) in enumerate(sides):
        _bar(draw, row, f"{row.benchmark} {size:,}: {row.side}", _TOP + number * _LINE, (least, most))
    about = f"medians of runs in turn; {machine['cores']} cores, Python {machine['python']}, {machine['date'][:10]}"
    draw.text((30, height - 32), f"{about}; | marks what must be reached", _FAINT, _font(15))
    picture.save(path)


def _sides(rows: list[Row]) -> list[tuple[Row, int]]:
    """Return the sides that the product is compared with, each with the product's size: its own may be smaller."""
    sides, size = [], 0
    for row in rows:
        if row.side == PRODUCT:
            size = row.size
        elif row.ratio > 0:
            sides.append((row, size))
    return sides


def _bar(draw: ImageDraw.ImageDraw, row: Row, name: str, top: int, bounds: tuple[float, float]) -> None:
    begin, end = sorted((_position(1, *bounds), _position(row.ratio, *bounds)))
    colour = _PLAIN if row.must is None else _REACHED if row.ratio >= row.must else _MISSED
    draw.text((_LEFT - 14, top + _LINE // 2), name, _INK, _font(17), anchor="rm")
    draw.rectangle((begin, top + 7, max(end, begin + 2), top + _LINE - 7), fill=colour)
    if row.must is not None:
        at = _position(row.must, *bounds)
        draw.line((at, top + 2, at, top + _LINE - 2), _INK, 3)
        end = max(end, at)
    draw.text((end + 10, top + _LINE // 2), f"{row.ratio:.1f}x", _INK, _font(17), anchor="lm")


def _bounds(ratios: list[float]) -> tuple[float, float]:
    return min([0.5, *ratios]) / 1.2, max([30.0, *ratios]) * 1.1


def _position(ratio: float, least: float, most: float) -> float:
    share = math.log(ratio / least) / math.log(most / least)
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _font(size: int) -> Any:  # noqa: ANN401 — Pillow has two classes of fonts
    return ImageFont.load_default(size)
