"""Commands in messages name the workload where that is needed, and sentences use its nouns."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from yorutsuke_pipeline.engine.reconciliation.contradiction import Kind, how_to_mend
from yorutsuke_pipeline.engine.switch import Pause
from yorutsuke_pipeline.engine.table_shapes import terms_of
from yorutsuke_pipeline.engine.terms import command
from yorutsuke_pipeline.workloads.receipts.tables import IMAGES, TRANSACTIONS
from yorutsuke_pipeline.workloads.violations.tables import CONTENT, WAITING

RECEIPTS = terms_of("receipts", IMAGES, TRANSACTIONS)
VIOLATIONS = terms_of("violations", WAITING, CONTENT)


@pytest.mark.parametrize(
    ("workload", "told"),
    [
        ("receipts", "yorutsuke jobs --open"),
        ("receipts-trial", "yorutsuke jobs --open"),
        ("violations", "yorutsuke --workload violations jobs --open"),
        ("violations-trial", "yorutsuke --workload violations jobs --open"),
    ],
)
def test_a_command_names_every_workload_but_the_one_that_is_meant_anyway(workload: str, told: str) -> None:
    assert command(workload, "jobs --open") == told


def test_every_kind_of_contradiction_says_how_to_mend_it_in_the_words_of_each_workload() -> None:
    of_receipts = {kind: how_to_mend(kind, RECEIPTS) for kind in Kind}
    of_violations = [how_to_mend(kind, VIOLATIONS) for kind in Kind]

    assert "add the image again with `yorutsuke receipts add`" in of_receipts[Kind.LETTER_WITHOUT_RECORD]
    assert "`yorutsuke dead-letters redrive ID`" in of_receipts[Kind.FAILED_WITHOUT_LETTER]
    for foreign in ("image", "photo", "transaction", "uploadedAt", "yorutsuke receipts", "{"):
        assert not any(foreign in mend for mend in of_violations), foreign


def test_a_pause_says_whose_submission_waits_and_what_ends_it() -> None:
    since = datetime(2026, 1, 9, 17, tzinfo=timezone.utc)

    told = str(Pause("odd prices", "aoi", since, "violations"))

    assert told.startswith("submission of violations is paused by aoi")
    assert "`yorutsuke --workload violations resume`" in told


def test_the_operations_page_says_of_each_kind_how_receipts_are_mended() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")

    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    told = {row[0].split("`")[1]: row[-1] for row in rows}

    assert {kind: told.get(kind) for kind in Kind} == {kind: how_to_mend(kind, RECEIPTS) for kind in Kind}
