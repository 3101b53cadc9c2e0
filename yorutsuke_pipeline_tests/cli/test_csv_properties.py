"""A CSV that a spreadsheet opens: every text comes back, and none is a formula."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from yorutsuke_pipeline.cli.transactions import _CSV, _csv_text

# What begins a formula in a spreadsheet, also after an import has cut blanks away (OWASP, "CSV Injection").
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TEXTS = st.text(st.characters(codec="utf-8"), max_size=30) | st.tuples(
    st.sampled_from([*FORMULAS, '"', "'", ",", ";", "\r\n"]), st.text(st.characters(codec="utf-8"), max_size=9)
).map("".join)


@settings(deadline=None, max_examples=100, database=None)
@given(
    st.lists(st.fixed_dictionaries({"merchant": TEXTS, "description": TEXTS, "warnings": st.lists(TEXTS)}), max_size=4)
)
def test_every_text_comes_back_and_no_cell_begins_a_formula(rows: list[dict[str, str]]) -> None:
    text = _csv_text(rows)

    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(found) == len(rows)
    for row, cells in zip(rows, found, strict=True):
        assert tuple(cells) == _CSV
        assert cells["merchant"] in {row["merchant"], f"'{row['merchant']}"}
        assert cells["description"].removeprefix("'") == row["description"].removeprefix("'")
        assert not any(cell.startswith(FORMULAS) for cell in cells.values())
