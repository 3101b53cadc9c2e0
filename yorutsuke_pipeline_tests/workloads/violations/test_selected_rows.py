"""Which rows of the table an order can put in line: those whose ids a table of waiting records can hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yorutsuke_pipeline.workloads.violations.source import ViolationsSource
from yorutsuke_pipeline_tests.fakes.violations_table import FakeViolationsTable
from yorutsuke_pipeline_tests.workloads.violations.rows import ROOFER


@pytest.mark.parametrize("wrong", ["", "v" * 257, "あ" * 2048, "v\x00", "v\n1"], ids=ascii)
def test_a_row_whose_id_no_table_can_hold_is_passed_over_and_told_of(
    wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [replace(ROOFER.row, violation_id=name) for name in ("v-1", wrong, "v-2")]
    source = ViolationsSource(lambda: FakeViolationsTable(rows))

    found = [record.identity for record in source.select({})]

    assert found == ["v-1", "v-2"]
    (told,) = caplog.messages
    assert repr(wrong[:60]) in told
    assert "1 to 256 printable characters" in told
    assert len(told) < 300


def test_the_longest_id_is_selected() -> None:
    longest = "v" * 256

    (record,) = ViolationsSource(lambda: FakeViolationsTable([replace(ROOFER.row, violation_id=longest)])).select({})

    assert record.identity == longest
