"""What was measured, as a table for a person and as JSON for whatever comes after."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table

from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT
from yorutsuke_pipeline_tests.bench.night import NIGHT, night_table

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.bench.rounds import Row

_MARKS = "<!-- {name}: begin -->", "<!-- {name}: end -->"


def as_table(rows: list[Row], machine: dict[str, Any]) -> Table:
    """Return the table; a ratio is how many times the side's rate the product's is."""
    about = f"{machine['cores']} cores, Python {machine['python']}, load {machine['load'][0]}, {machine['date']}"
    table = Table(title="yorutsuke_pipeline: medians of runs taken in turn", caption=about)
    for name in (
        "benchmark",
        "side",
        "size",
        "seconds",
        "a second",
        "CPU s",
        "MB over idle",
        "product is",
        "must / aim",
    ):
        table.add_column(name, justify="left" if name in {"benchmark", "side"} else "right")
    shown = ""
    for row in rows:
        if row.benchmark != shown:
            table.add_section()
        name, shown = (row.benchmark if row.benchmark != shown else ""), row.benchmark
        table.add_row(
            name,
            row.side,
            f"{row.size:,}",
            f"{row.seconds:.2f}",
            f"{row.rate:,.0f} {row.unit}",
            f"{row.cpu_seconds:.2f}",
            f"{row.over_idle_mb:.0f}",
            _ratio(row),
            _goal(row),
        )
        if row.extra:
            table.add_row("", f"  {row.extra}", style="dim")
    return table


def with_measurement(document: str, rows: list[Row], machine: dict[str, Any]) -> str:
    """Return a document with what was measured in place of what stood between its marks, the night between its own."""
    about = ", ".join(f"{name} {value}" for name, value in machine.items())
    nights = [row for row in rows if row.benchmark == NIGHT.name]
    others = [row for row in rows if row.benchmark != NIGHT.name]
    for name, table in (("measured", others and _as_markdown(others)), ("night", nights and night_table(nights))):
        if table:
            document = _with_section(document, name, f"Measured on: {about}.\n\n{table}")
    return document


def _with_section(document: str, name: str, text: str) -> str:
    first, last = (mark.format(name=name) for mark in _MARKS)
    before, begin, rest = document.partition(first)
    _, end, after = rest.partition(last)
    if not end:
        raise ValueError(f"the document has no {first} that is followed by {last}")
    return f"{before}{begin}\n{text}{end}{after}"


def _as_markdown(rows: list[Row]) -> str:
    lines = [
        "| benchmark | side | size | seconds | a second | MB over idle | product is | must / aim | and |",
        "|---|---|---:|---:|---:|---:|---:|---|---|",
    ]
    lines += [
        f"| {row.benchmark} | {row.side} | {row.size:,} | {row.seconds:.2f} | {row.rate:,.0f} {row.unit} "
        f"| {row.over_idle_mb:.0f} | {_ratio(row)} | {_goal(row)} | {row.extra} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def as_json(rows: list[Row], machine: dict[str, Any]) -> str:
    """Return all that was measured."""
    return json.dumps({"machine": machine, "rows": [asdict(row) for row in rows]}, ensure_ascii=False, indent=1) + "\n"


def _ratio(row: Row) -> str:
    """Return how many times the side's rate the product's is; nothing where there is nothing to compare."""
    return f"{row.ratio:.1f}x" if row.ratio and row.side != PRODUCT else ""


def _goal(row: Row) -> str:
    if row.growth is not None:
        return f"{row.growth.must:g}x: {'must' if row.growth.is_met else 'MISSED'}"
    if row.must is None or row.aim is None:
        return ""
    reached, sign = (row.rate, "/s") if row.side == PRODUCT else (row.ratio, "x")
    verdict = "aim" if reached >= row.aim else "must" if reached >= row.must else "MISSED"
    return f"{row.must:,g}{sign} / {row.aim:,g}{sign}: {verdict}"
