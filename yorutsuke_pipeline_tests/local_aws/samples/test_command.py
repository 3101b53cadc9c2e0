"""The command that writes samples into a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from yorutsuke_pipeline.local_aws.samples.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


def test_the_truth_of_each_image_stands_in_one_line_beside_it(tmp_path: Path) -> None:
    arguments = ["--out", str(tmp_path / "new"), "--day", "2026-01-09", "--count", "2", "--workers", "1"]

    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in (tmp_path / "new" / "truth.jsonl").read_text("utf-8").splitlines()]
    assert [line["file"] for line in lines] == ["receipt-20260109-001.jpg", "receipt-20260109-002.jpg"]
    for line in lines:
        assert (tmp_path / "new" / line["file"]).stat().st_size > 200_000
        assert set(line) == {
            *("file", "user", "uploadedAt", "ending", "reason"),
            *("amount", "currency", "date", "merchant", "type", "category"),
        }


def test_a_day_that_is_no_date_is_refused_by_name(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--out", str(tmp_path), "--day", "yesterday"])

    assert result.exit_code == 2
    assert "yesterday" in result.output
