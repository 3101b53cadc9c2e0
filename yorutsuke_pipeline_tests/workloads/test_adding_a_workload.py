"""docs/adding-a-workload.md, done as it says: its code, its tables, its commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline_tests.workloads.written_workload import WrittenWorkload, commands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def written(tmp_path: Path) -> WrittenWorkload:
    """The document's files, and Dagster's own, which would warn without it."""
    workload = WrittenWorkload(tmp_path)
    workload.write()
    (workload.folder / "dagster.yaml").touch()
    return workload


@pytest.fixture
def deployed(written: WrittenWorkload) -> Iterator[WrittenWorkload]:
    """The same, with its tables."""
    try:
        written.deploy()
        yield written
    finally:
        written.run("yorutsuke aws stop")


def test_dagster_finds_the_definitions_valid(written: WrittenWorkload) -> None:
    written.run(_typed("dagster definitions validate"))


# One test, because workers that share the tests of a file among them would each do all of the day again.
def test_the_day_that_the_document_describes_ends_in_moods_and_a_dead_letter(deployed: WrittenWorkload) -> None:
    deployed.put("from-hakone")
    deployed.put("from-oslo", text="It rains and rains.")
    deployed.put("from-work", text="The address has changed.")
    deployed.put("from-nowhere", text=None)

    deployed.run_day()

    moods = {row["postcardId"]: row for row in deployed.rows("postcard-moods")}
    assert {identity: row["mood"] for identity, row in moods.items()} == {
        "from-hakone": "happy",
        "from-oslo": "sad",
        "from-work": "neutral",
    }
    assert {(row["intentId"], row["promptVersion"]) for row in moods.values()} == {
        ("postcards-2026-01-09-001", "postcards-1")
    }
    waiting = {row["postcardId"]: row for row in deployed.rows("pending-postcards")}
    assert (waiting["from-hakone"]["status"], waiting["from-nowhere"]["status"]) == ("processed", "failed")
    assert [identity for identity, row in waiting.items() if "pendingDate" in row] == []
    (intent,) = deployed.said(_typed("yorutsuke --workload postcards jobs"))["intents"]
    assert (intent["status"], intent["successCount"], intent["rejectedBeforeCount"]) == ("closed", 3, 1)
    assert [(job["mode"], job["status"]) for job in intent["jobs"]] == [("batch", "Completed")]
    letters = json.dumps(deployed.said(_typed("yorutsuke --workload postcards dead-letters")))
    assert "postcard 'from-nowhere' has no text" in letters
    assert "from-oslo" not in letters


def _typed(beginning: str) -> str:
    """Return the one command of the document that begins so."""
    (command,) = (command for command in commands() if command.startswith(beginning))
    return command
