"""What the benchmarks say of what they measured: in a picture, and in the document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT
from yorutsuke_pipeline_tests.bench.chart import draw_chart
from yorutsuke_pipeline_tests.bench.growth import with_growth
from yorutsuke_pipeline_tests.bench.machine import machine
from yorutsuke_pipeline_tests.bench.report import with_measurement
from yorutsuke_pipeline_tests.bench.rounds import Row

if TYPE_CHECKING:
    from pathlib import Path

_DOCUMENT = "Before.\n<!-- measured: begin -->\nan older table\n<!-- measured: end -->\nAfter.\n"


def test_the_chart_has_a_bar_for_each_side_and_the_table_says_what_was_missed(tmp_path: Path) -> None:
    rows = [_row(PRODUCT, 1.0, None), _row("another", 9.0, 8.0), _row("a third", 2.0, 8.0)]

    draw_chart(rows, machine(), tmp_path / "chart.png")

    with Image.open(tmp_path / "chart.png") as picture:
        colours = {colour for _, colour in picture.getcolors(1_000_000) or ()}
    assert {(47, 133, 90), (192, 86, 33)} <= colours
    told = with_measurement(_DOCUMENT, rows, machine())
    assert "8x / 20x: must |" in told
    assert "8x / 20x: MISSED |" in told
    assert told.startswith("Before.\n")
    assert told.endswith("\nAfter.\n")
    assert "an older table" not in told


def test_a_document_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="measured: begin"):
        with_measurement("No marks here.", [_row(PRODUCT, 1.0, None)], machine())


def _row(side: str, ratio: float, must: float | None) -> Row:
    aim = None if must is None else 20.0
    return Row("results", "", side, "rows", 10, 1, 1.0, 10.0, 1.0, 1.0, 100.0, ratio, must, aim, {"units": 10}, {})


@pytest.mark.parametrize(
    ("peak_mb", "seconds", "verdict"), [(119.0, 11.9, "must"), (121.0, 5.0, "MISSED"), (90.0, 12.1, "MISSED")]
)
def test_a_size_may_take_a_fifth_more_than_the_smallest(peak_mb: float, seconds: float, verdict: str) -> None:
    small = _row("a stage", 0.0, None)
    large = replace(small, size=100, peak_mb=peak_mb, seconds=seconds)
    other = replace(small, side="another", size=5, peak_mb=1.0)

    grown = list(with_growth([small, other, large], 1.2))

    told = with_measurement(_DOCUMENT, grown, machine())
    assert grown[:2] == [small, other]
    assert f"| 1.2x: {verdict} | of 10's peak {peak_mb / 100:.2f}x, time a record {seconds / 10:.2f}x |" in told
