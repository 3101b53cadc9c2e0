"""Whatever stands in a cell stays text in that cell."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from yorutsuke_pipeline.defs.tables import counted, markdown_table, usd

HOSTILE = st.text() | st.lists(
    st.sampled_from(["|", "\\", "\n", "<script>", "![x](http://evil)", "`", "\u2028", "&lt;", "|\\|", "#", "領"]),
    max_size=9,
).map("".join)
quiet = settings(deadline=None, max_examples=60, database=None)


def cells_of(line: str) -> list[str]:
    """Return a Markdown row's cells as a reader of Markdown splits them: at each `|` that is not escaped."""
    cells, escaped = [""], False
    for sign in line:
        if sign == "|" and not escaped:
            cells.append("")
        else:
            cells[-1] += sign
        escaped = sign == "\\" and not escaped
    return cells[1:-1]


@quiet
@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=4))
def test_a_cell_never_breaks_its_row(rows: list[tuple[str, str]]) -> None:
    table = markdown_table([{"a": one, "b": other} for one, other in rows], ["a", "b"]).value

    lines = table.splitlines()
    assert len(lines) == len(rows) + 2
    assert {len(cells_of(line)) for line in lines} == {2}


@quiet
@given(HOSTILE)
def test_no_cell_holds_a_tag_a_link_or_an_image(text: str) -> None:
    cell = cells_of(markdown_table([{"a": text}], ["a"]).value.splitlines()[2])[0]

    assert "<" not in cell
    assert "](" not in cell.replace("\\]", "").replace("\\(", "")


def test_counts_come_largest_first_and_an_empty_table_says_so() -> None:
    assert [cells_of(line)[0].strip() for line in counted({"a": 1, "b": 2}, name="kind").value.splitlines()[2:]] == [
        "b",
        "a",
    ]
    assert markdown_table([], ["a"]).value == "*none*"


def test_an_unknown_price_is_a_word_and_never_zero() -> None:
    assert usd(None).value == "unknown"
    assert usd(Decimal("0.0000012")).value == 0.000001
