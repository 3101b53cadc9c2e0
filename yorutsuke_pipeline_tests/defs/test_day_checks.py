"""The checks of a day: what passes, and what does not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from yorutsuke_pipeline_tests.defs.days import INGESTED_HALF, SUBMITTED_HALF, materialize
from yorutsuke_pipeline_tests.engine.nights import FIRST, night_of
from yorutsuke_pipeline_tests.fakes.prices import FixedPrices

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.engine.nights import Night


def _checked(night: Night) -> dict[str, bool]:
    result = materialize(night, *INGESTED_HALF)
    return {evaluation.check_name: evaluation.passed for evaluation in result.get_asset_check_evaluations()}


def test_a_good_day_passes_every_check() -> None:
    night = night_of(3)
    materialize(night, *SUBMITTED_HALF)
    night.end_jobs()

    passed = _checked(night)

    assert passed == {
        "jobs_ended_well": True,
        "every_record_accounted_for": True,
        "failures_at_most_five_percent": True,
        "cost_within_estimate": True,
        "reconciled": True,
    }


def test_one_rejected_answer_of_three_is_more_than_five_percent() -> None:
    night = night_of(3)
    night.answers["img-1"] = '{"unreadable": true, "reason": "too dark"}'
    materialize(night, *SUBMITTED_HALF)
    night.end_jobs()

    passed = _checked(night)

    assert not passed["failures_at_most_five_percent"]
    assert passed["every_record_accounted_for"]


def test_a_job_that_ended_badly_is_seen_until_a_later_intent_has_asked_again() -> None:
    night = night_of(3)
    night.unanswered.add("img-3")
    materialize(night, *SUBMITTED_HALF)
    night.end_jobs()

    first, killed_and_run_again = _checked(night), _checked(night)
    materialize(night, *SUBMITTED_HALF)
    night.end_jobs()
    retried = _checked(night)

    endings = [passed["jobs_ended_well"] for passed in (first, killed_and_run_again, retried)]
    assert endings == [False, False, True]


def test_a_claim_left_behind_by_a_closed_intent_is_found() -> None:
    night = night_of(3)
    materialize(night, *SUBMITTED_HALF)
    night.end_jobs()
    materialize(night, *INGESTED_HALF)
    night.arrive("img-9", intentId=FIRST)

    assert not _checked(night)["every_record_accounted_for"]


def test_a_day_that_cost_more_than_its_estimate_does_not_pass() -> None:
    night = night_of(3)
    materialize(night, *SUBMITTED_HALF)
    intent = night.ledger.intent(FIRST)
    assert intent is not None
    night.ledger.save(replace(intent, estimate_usd=Decimal("0.0000001")))
    night.end_jobs()

    assert not _checked(night)["cost_within_estimate"]


def test_an_unknown_price_does_not_pass_as_cheap() -> None:
    night = night_of(3)
    night.prices = FixedPrices(None)
    materialize(night, *SUBMITTED_HALF)
    night.end_jobs()

    assert not _checked(night)["cost_within_estimate"]
