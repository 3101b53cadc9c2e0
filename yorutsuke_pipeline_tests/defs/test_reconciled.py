"""The check that compares everything of a day."""

from __future__ import annotations

import dagster as dg

from yorutsuke_pipeline_tests.defs.days import INGESTED_HALF, SUBMITTED_HALF, materialize
from yorutsuke_pipeline_tests.engine.nights import Night, night_of


def reconciled(night: Night) -> dg.AssetCheckEvaluation:
    """Run the day's second half; return what the check says."""
    result = materialize(night, *INGESTED_HALF)
    (check,) = [each for each in result.get_asset_check_evaluations() if each.check_name == "reconciled"]
    return check


def test_a_day_whose_job_ended_badly_and_was_asked_again_tells_one_story() -> None:
    night = night_of(3)
    night.unanswered.add("img-3")
    for half in (SUBMITTED_HALF, INGESTED_HALF, SUBMITTED_HALF):
        materialize(night, *half)
        night.end_jobs()

    check = reconciled(night)

    assert check.passed
    assert check.metadata["contradictions"].value == 0
    assert len(night.ledger.intents) == 2


def test_contradictions_are_counted_named_and_told_how_to_mend() -> None:
    night = night_of(3)
    materialize(night, *SUBMITTED_HALF)
    night.end_jobs()
    materialize(night, *INGESTED_HALF)
    night.table.rows.clear()

    check = reconciled(night)

    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert check.metadata["contradictions"].value == 3
    assert "record\\_without\\_result" in str(check.metadata["kinds"].value)
    assert "img-2" in str(check.metadata["first"].value)
    assert check.metadata["command"].value == "yorutsuke reconcile --from 2026-01-09 --to 2026-01-09 --fix"


def test_what_an_app_calls_its_images_stays_text_in_its_cell() -> None:
    night = night_of(3)
    materialize(night, *SUBMITTED_HALF)
    night.end_jobs()
    night.arrive("<img src=x onerror=alert(1)>", intentId="receipts-2026-01-09-077")

    check = reconciled(night)

    assert "<img" not in str(check.metadata["first"].value)
    assert "&lt;img src=x" in str(check.metadata["first"].value)
