"""The command that writes rows into a file."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from yorutsuke_pipeline.local_aws.samples.violations import COLUMNS, violations
from yorutsuke_pipeline.local_aws.samples.violations.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


def expected(count: int) -> list[dict[str, str]]:
    return [{name: str(value) for name, value in row.items()} for row in violations(3, count)]


def test_rows_are_written_as_lines_of_json(tmp_path: Path) -> None:
    target = tmp_path / "new" / "rows.jsonl"

    result = CliRunner().invoke(main, ["--out", str(target), "--count", "250", "--seed", "3"])

    assert result.exit_code == 0, result.output
    assert result.output == f"wrote 250 violations to {target}\n"
    assert [json.loads(line) for line in target.read_text("utf-8").split("\n")[:-1]] == expected(250)


def test_rows_are_written_as_csv_that_keeps_broken_lines(tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"

    result = CliRunner().invoke(main, ["--out", str(target), "--count", "250", "--seed", "3"])

    assert result.exit_code == 0, result.output
    with target.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == list(COLUMNS)
        assert list(reader) == expected(250)


def test_another_ending_is_refused_by_name_and_nothing_is_written(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--out", str(tmp_path / "rows.parquet")])

    assert result.exit_code == 2
    assert "rows.parquet" in result.output
    assert not list(tmp_path.iterdir())
