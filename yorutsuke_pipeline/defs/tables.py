"""Tables and words for metadata, safe to show: whatever stands in a cell, it stays text in that cell."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import dagster as dg

# What Dagster takes as metadata: plain values and its own MetadataValues.
Metadata = dict[str, Any]

_WIDEST_CELL = 80
_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]()#|~!"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"})


def markdown_table(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> dg.MarkdownMetadataValue:
    """Return rows as a Markdown table of `columns`; says so where there are none."""
    cells = [{column: _cell(row.get(column)) for column in columns} for row in rows]
    if not cells:
        return dg.MetadataValue.md("*none*")
    import pandas as pd  # noqa: PLC0415 — takes 0.8 s, which every tick's and every empty day's process would wait for

    frame = pd.DataFrame(cells, columns=list(columns))
    return dg.MetadataValue.md(str(frame.to_markdown(index=False, disable_numparse=True)))


def counted(counts: Mapping[str, int], *, name: str) -> dg.MarkdownMetadataValue:
    """Return counts, the largest first, as a table of two columns."""
    rows = [{name: key, "count": count} for key, count in sorted(counts.items(), key=lambda pair: -pair[1])]
    return markdown_table(rows, [name, "count"])


def usd(amount: Decimal | None) -> dg.FloatMetadataValue | dg.TextMetadataValue:
    """Return money as a number that Dagster can plot, or as the word for an unknown price."""
    return dg.MetadataValue.text("unknown") if amount is None else dg.MetadataValue.float(round(float(amount), 6))


def _cell(value: object) -> str:
    listed = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
    text = " ".join(str("" if listed is None else listed).split())
    shown = text if len(text) <= _WIDEST_CELL else text[: _WIDEST_CELL - 1] + "…"
    return shown.translate(_ESCAPED)
