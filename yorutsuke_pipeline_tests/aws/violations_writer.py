"""A process of its own that makes the table if it must, loads rows, and merges a text of each, one intent a text."""

from __future__ import annotations

import sys
from pathlib import Path

from yorutsuke_pipeline.aws.violations_catalog import embedded_catalog
from yorutsuke_pipeline.aws.violations_table import ViolationsTable
from yorutsuke_pipeline_tests.aws.violation_rows import content_row, violation_row


def main(home: str, begin: str, end: str) -> None:
    table = ViolationsTable(embedded_catalog(Path(home)), "yorutsuke")
    table.create()
    numbers = range(int(begin), int(end))
    table.load(violation_row(number) for number in numbers)
    for number in numbers:
        report = table.merge([content_row(f"V-{number:07d}")], f"intent-{number}")
        assert report.updated == 1
    table.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
