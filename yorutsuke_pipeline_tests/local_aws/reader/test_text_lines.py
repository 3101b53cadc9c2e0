from __future__ import annotations

import math

from yorutsuke_pipeline.local_aws.reader.recognition import TextBox
from yorutsuke_pipeline.local_aws.reader.text_lines import plain_lines, read_lines


def box(text: str, left: float, top: float, *, tilt: float = 0.0, height: float = 20.0) -> TextBox:
    width = 12.0 * len(text)
    corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
    cosine, sine = math.cos(tilt), math.sin(tilt)
    turned = tuple((x * cosine - y * sine, x * sine + y * cosine) for x, y in corners)
    return TextBox(text, 0.99, turned)


def test_a_label_and_its_figure_at_the_other_margin_share_a_line() -> None:
    lines = read_lines([box("¥1,280", 400, 102), box("TOTAL", 10, 100), box("CHANGE", 10, 140), box("¥720", 420, 141)])

    assert [line.text for line in lines] == ["TOTAL  ¥1,280", "CHANGE  ¥720"]


def test_lines_of_a_tilted_photo_are_laid_level_before_they_are_joined() -> None:
    tilt = math.radians(6)
    boxes = [box("SUBTOTAL", 10, 100, tilt=tilt), box("¥1,100", 600, 100, tilt=tilt)]
    boxes += [box("TOTAL INC", 10, 130, tilt=tilt), box("¥1,280", 600, 130, tilt=tilt)]

    lines = read_lines(boxes)

    assert [line.text for line in lines] == ["SUBTOTAL  ¥1,100", "TOTAL INC  ¥1,280"]


def test_close_lines_of_one_column_are_not_joined() -> None:
    lines = read_lines([box("FIRST LINE", 10, 100), box("SECOND LINE", 10, 110)])

    assert [line.text for line in lines] == ["FIRST LINE", "SECOND LINE"]


def test_no_boxes_make_no_lines() -> None:
    assert read_lines([]) == []


def test_plain_text_is_parted_where_it_has_two_blanks() -> None:
    (line,) = plain_lines(["合 計  ¥1,280"])

    assert [piece.text for piece in line.pieces] == ["合 計", "¥1,280"]
