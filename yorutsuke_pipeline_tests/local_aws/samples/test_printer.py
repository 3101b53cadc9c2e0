"""Ink on a roll: nothing that is printed may run off the paper."""

from __future__ import annotations

import numpy as np
import pytest

from yorutsuke_pipeline.local_aws.samples.fonts import Face, cells, glyph
from yorutsuke_pipeline.local_aws.samples.pen import write_digits
from yorutsuke_pipeline.local_aws.samples.printer import CELL, Printer, print_rows
from yorutsuke_pipeline.local_aws.samples.receipt import Align, Bars, Gap, Line, Pair, Rule


def test_a_full_width_character_takes_two_cells() -> None:
    assert cells("合計 ¥1,234") == 4 + 1 + 6


@pytest.mark.parametrize("face", list(Face))
@pytest.mark.parametrize("char", ["円", "額", "7", "W", "¥", "￥", "※", "£"])
def test_each_face_has_the_signs_of_a_receipt(face: Face, char: str) -> None:
    missing = glyph(face, "\U0010fffd", CELL)

    ink = glyph(face, char, CELL)

    assert ink.max() > 200
    assert ink.shape[1] == CELL * cells(char)
    assert not (ink.shape == missing.shape and np.array_equal(ink, missing))


def test_every_row_is_as_wide_as_the_paper() -> None:
    rows = (Line("合計", Align.CENTER, 2), Pair("小計", "¥100"), Rule("="), Gap(2), Bars("0123456789"))

    ink = print_rows(rows, 32, Printer())

    assert ink.shape[1] == 32 * CELL
    assert ink.dtype == np.uint8


def test_a_value_that_does_not_fit_beside_its_label_goes_below_it() -> None:
    printer = Printer()
    fits = print_rows([Pair("合計", "¥1,234")], 16, printer)

    too_long = print_rows([Pair("お買上金額合計", "¥1,234,567")], 16, printer)

    assert too_long.shape[0] == 2 * fits.shape[0]
    lower = too_long[printer.pitch :]
    assert lower[:, : 5 * CELL].max() == 0
    assert lower[:, -2 * CELL :].max() > 200


def test_a_long_line_is_wrapped_not_cut() -> None:
    one = print_rows([Line("あ" * 8)], 16, Printer())

    three = print_rows([Line("あ" * 20)], 16, Printer())

    assert three.shape[0] == 3 * one.shape[0]
    assert three.sum() > 2 * one.sum()


def test_the_pen_writes_every_sign_of_an_amount_and_no_other() -> None:
    rng = np.random.default_rng(1)

    assert write_digits("¥1,234,567,890-", 100, rng).max() == 255
    with pytest.raises(KeyError, match="円"):
        write_digits("100円", 100, rng)
