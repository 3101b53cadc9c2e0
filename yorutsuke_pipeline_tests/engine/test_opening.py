"""Opening: which intent a day goes on with, who may claim what, and when an intent is given up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from yorutsuke_pipeline.engine.errors import BudgetExceededError, LostRaceError
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.policy import BelowMinimum
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.invariants import READS, check_settled
from yorutsuke_pipeline_tests.engine.nights import (
    DAY,
    FIRST,
    POLICY,
    SECOND,
    Night,
    night_of,
)

SKIP = replace(POLICY, below_minimum=BelowMinimum.SKIP)


def test_a_day_without_images_opens_nothing_and_writes_nothing() -> None:
    night = night_of(0)
    calls = Calls()

    report = night.stages(calls.watch).manifest.write(DAY)

    assert report.intent is None
    assert {name for name in calls.names if name not in READS} == set()


def test_an_image_that_another_intent_has_claimed_is_left_to_it() -> None:
    night = night_of(4, rows={"img-2": {"intentId": "api-intent"}})
    night.stages().manifest.write(DAY)

    assert night.row("img-2")["intentId"] == "api-intent"
    assert night.ledger.intents[FIRST].record_count == 3


def test_the_claim_of_a_closed_intent_is_void() -> None:
    night = night_of(3)
    night.run_until_settled()
    night.arrive("img-late", intentId=FIRST, attempts=1, lastReason="amount")

    night.run()

    assert night.row("img-late")["status"] == "processed"
    assert night.row("img-late")["intentId"] == SECOND


def test_late_arrivals_get_an_intent_of_their_own_while_the_first_is_still_running() -> None:
    night = night_of(3)
    night.submit()
    night.arrive("img-late")

    report = night.stages().manifest.write(DAY)

    assert report.intent is not None
    assert (report.intent.intent_id, report.intent.record_count) == (SECOND, 1)
    assert night.ledger.intents[FIRST].status is IntentStatus.SUBMITTED
    assert night.row("img-1")["intentId"] == FIRST


def test_late_arrivals_before_the_seal_join_the_open_intent() -> None:
    night = night_of(3, policy=replace(POLICY, budget_usd=Decimal(0)))
    with pytest.raises(BudgetExceededError):
        night.stages().manifest.write(DAY)
    night.arrive("img-late")
    night.policy = POLICY

    report = night.stages().manifest.write(DAY)

    assert report.intent is not None
    assert (report.intent.intent_id, report.intent.record_count) == (FIRST, 4)


def test_writing_a_sealed_manifest_again_changes_nothing() -> None:
    night = night_of(3)
    first = night.stages().manifest.write(DAY)
    calls = Calls()

    again = night.stages(calls.watch).manifest.write(DAY)

    assert (again.intent, again.jobs) == (first.intent, first.jobs)
    assert {name for name in calls.names if name not in READS} == set()


def test_a_budget_that_is_passed_pays_nothing_and_keeps_the_claims() -> None:
    night = night_of(3, policy=replace(POLICY, budget_usd=Decimal("0.00001")))

    with pytest.raises(BudgetExceededError, match="YORUTSUKE_BUDGET_USD"):
        night.stages().manifest.write(DAY)
    night.stages().submitter.submit(DAY)

    assert night.ledger.intents[FIRST].status is IntentStatus.OPEN
    assert night.service.asked_count == 0


def test_fewer_images_than_a_batch_needs_are_left_waiting_if_the_policy_says_so() -> None:
    night = night_of(2, policy=SKIP)

    report = night.stages().manifest.write(DAY)

    assert (report.intent, report.left_waiting) == (None, 2)
    assert not night.ledger.intents
    assert "intentId" not in night.row("img-1")


def test_images_that_become_too_few_by_rejects_are_released_if_the_policy_says_so() -> None:
    night = night_of(3, sources={"img-2": b""}, policy=SKIP)

    report = night.stages().manifest.write(DAY)

    assert report.left_waiting == 2
    assert report.intent is not None
    assert report.intent.status is IntentStatus.CLOSED
    assert [("intentId" in night.row(name), night.row(name)["status"]) for name in ("img-1", "img-2", "img-3")] == [
        (False, "pending"),
        (False, "failed"),
        (False, "pending"),
    ]


def test_a_model_changed_before_submission_gives_the_intent_up_and_asks_anew() -> None:
    night = night_of(3)
    night.stages().manifest.write(DAY)
    night.policy = replace(POLICY, model_id="amazon.nova-pro-v1:0")

    report = night.stages().manifest.write(DAY)

    assert report.intent is not None
    assert (report.intent.intent_id, report.intent.model_id) == (SECOND, "amazon.nova-pro-v1:0")
    assert night.ledger.intents[FIRST].status is IntentStatus.CLOSED
    assert {row["intentId"] for row in night.pending.rows.values()} == {SECOND}


def about_to_be_given_up() -> Night:
    night = night_of(3)
    night.stages().manifest.write(DAY)
    night.policy = replace(POLICY, model_id="amazon.nova-pro-v1:0")
    return night


def test_an_intent_that_was_being_given_up_is_not_taken_up_again_when_the_setting_is_put_back() -> None:
    night, quiet = about_to_be_given_up(), Calls()
    about_to_be_given_up().stages(quiet.watch).manifest.write(DAY)
    dying = Calls(quiet.number_of("release") + 1, Interruption.KILL)
    with pytest.raises(Killed):
        night.stages(dying.watch).manifest.write(DAY)

    night.policy = POLICY
    night.run_until_settled()

    check_settled(night)
    assert [request.model_id for request in night.service.requests.values()] == [POLICY.model_id]


def test_a_model_changed_after_submission_changes_nothing_about_what_was_submitted() -> None:
    night = night_of(3)
    night.submit()
    night.policy = replace(POLICY, model_id="amazon.nova-pro-v1:0")

    report = night.stages().manifest.write(DAY)

    assert report.intent is None
    assert night.ledger.intents[FIRST].model_id == "amazon.nova-lite-v1:0"


def test_an_intent_that_another_run_has_sealed_meanwhile_is_not_written_again() -> None:
    night, quiet = night_of(3), Calls()
    night_of(3).stages(quiet.watch).manifest.write(DAY)
    overtaken = Calls(quiet.number_of("create"), meanwhile=lambda: night.stages().manifest.write(DAY))

    with pytest.raises(LostRaceError):
        night.stages(overtaken.watch).manifest.write(DAY)

    assert night.ledger.intents[FIRST].status is IntentStatus.MANIFESTED
