"""A trial asks about processed records once, changes nothing else, and is met by no stage of the night."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.errors import BudgetExceededError, LostRaceError, PermanentError
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, pictured
from yorutsuke_pipeline_tests.engine.test_switch import PAUSE
from yorutsuke_pipeline_tests.engine.trials.stages import OTHER_MODEL, TRIAL, asked, ended_night, records_of, trials

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.engine.nights import Night


def test_a_sample_below_the_minimum_is_asked_on_demand_under_the_other_model() -> None:
    night = ended_night(6)

    intent = asked(night, most=2)

    assert (intent.intent_id, intent.status, intent.model_id) == (TRIAL, IntentStatus.COLLECTED, OTHER_MODEL)
    assert (len(night.model.asked), intent.record_count) == (2, 2)
    assert intent.cost_usd is not None
    assert intent.cost_usd > 0


def test_a_whole_day_goes_as_a_batch_job_of_its_own_name_and_tags() -> None:
    night = ended_night(4)
    before = set(night.service.requests)

    asked(night)

    (job_id,) = set(night.service.requests) - before
    request = night.service.requests[job_id]
    assert (request.job_name, request.model_id) == (f"{TRIAL}-001-dev", OTHER_MODEL)
    assert ("workload", "receipts-trial") in request.tags
    assert night.model.asked == []


def test_a_trial_changes_no_image_no_transaction_and_no_intent_of_the_night() -> None:
    night = ended_night(4)
    before = copy.deepcopy((night.pending.rows, night.table.rows, night.ledger.intents[FIRST]))

    asked(night)

    assert (night.pending.rows, night.table.rows, night.ledger.intents[FIRST]) == before
    assert list(night.ledger.open_intents("receipts")) == []


def test_the_night_runs_past_an_open_trial_without_noticing_it() -> None:
    night = ended_night(4)
    asked(night)
    night.arrive("img-late")

    reports = [night.run() for _ in range(2)]

    assert night.row("img-late")["status"] == "processed"
    assert [intent.workload for report in reports for intent in report.archive.closed] == ["receipts"]
    assert night.ledger.intents[TRIAL].status is IntentStatus.COLLECTED


def test_the_same_sample_is_drawn_again_in_whatever_order_the_day_was_processed() -> None:
    night = ended_night(6)
    records = records_of(night, most=3)
    first = [record.identity for record in records.pending(DAY)]
    key = next(key for key in night.objects.contents if key.endswith("outcomes.jsonl"))
    lines = night.objects.contents[key].splitlines(keepends=True)
    night.objects.contents[key] = b"".join(reversed(lines))

    assert [record.identity for record in records.pending(DAY)] == first
    assert len(first) == 3


def test_a_prompt_of_ones_own_is_asked_and_its_version_follows_from_its_text() -> None:
    night = ended_night(4)

    intent = asked(night, prompt="What is this?", most=1)
    (body,) = night.model.asked

    assert body["messages"][0]["content"][1]["text"] == "What is this?"
    assert intent.prompt_version == trials(night, prompt="What is this?").workload.prompt_version
    assert intent.prompt_version != trials(night, prompt="What is that?").workload.prompt_version


def test_the_earlier_rejection_of_a_record_is_not_in_the_question_of_a_trial() -> None:
    night = ended_night(4)
    for row in night.pending.rows.values():
        row["lastReason"] = "the amount was missing"

    asked(night, most=1)

    assert "the amount was missing" not in json.dumps(night.model.asked)


def test_nothing_is_paid_for_before_a_trial_is_asked_and_a_discarded_one_leaves_its_number_behind() -> None:
    night = ended_night(4)
    rules = trials(night, most=2)
    sealed = rules.seal(DAY)
    assert sealed is not None

    rules.discard(sealed)

    assert night.model.asked == []
    assert night.ledger.intents[TRIAL].status is IntentStatus.CLOSED
    assert asked(night, most=2).intent_id == "receipts-trial-2026-01-09-002"


def test_a_trial_that_was_sealed_and_not_asked_makes_way_for_another_sample() -> None:
    night = ended_night(4)
    trials(night, most=1).seal(DAY)

    sealed = trials(night, most=2).seal(DAY)

    assert sealed is not None
    assert (sealed.record_count, night.ledger.intents[TRIAL].status) == (2, IntentStatus.CLOSED)


@pytest.mark.parametrize("most", [2, 4], ids=["on demand", "batch"])
def test_killed_at_any_call_and_started_again_it_asks_about_no_record_twice(most: int) -> None:
    calls = Calls()
    night = ended_night(4)
    asked(night, most=most, wrap=calls.watch)
    assert len(calls.names) > 10

    for at in range(1, len(calls.names) + 1):
        night = ended_night(4)
        jobs_before = len(night.service.requests)
        with pytest.raises(Killed):
            asked(night, most=most, wrap=Calls(at, Interruption.KILL).watch)

        night.end_jobs()
        # If it was asked to its end, starting it again is refused: what is left is to look at it.
        with suppress(PermanentError):
            asked(night, most=most)
        collected = trials(night).collect(trials(night).newest_of(DAY))

        assert collected is not None, calls.names[at - 1]
        assert collected.record_count == most
        images = [pictured(body) for body in night.model.asked]
        assert sorted(images) == sorted(set(images)), calls.names[at - 1]
        assert len(night.service.requests) - jobs_before == (0 if most == 2 else 1), calls.names[at - 1]


def test_the_same_trial_is_not_paid_for_again_while_the_first_is_open() -> None:
    night = ended_night(4)
    asked(night, most=2)

    with pytest.raises(PermanentError, match=f"trial show {TRIAL}"):
        trials(night, most=2).seal(DAY)


def test_another_model_can_be_tried_beside_it() -> None:
    night = ended_night(4)
    asked(night, most=2)

    assert asked(night, most=2, model_id="amazon.nova-micro-v1:0").model_id == "amazon.nova-micro-v1:0"
    assert trials(night).newest_of(DAY).intent_id == "receipts-trial-2026-01-09-002"


def test_a_trial_whose_list_has_expired_does_not_stand_in_the_way_of_the_next_one() -> None:
    night = ended_night(4)
    expired = trials(night, most=2).seal(DAY)
    assert expired is not None
    trials(night, most=2).ask(expired)
    jobs = night.ledger.jobs(TRIAL)
    del night.objects.contents[layout.records_key_of(jobs[0].part_key)]

    other = asked(night, most=2, model_id="amazon.nova-micro-v1:0")
    closed = trials(night).close(other, accepted=2)

    assert (other.intent_id, other.status) == ("receipts-trial-2026-01-09-002", IntentStatus.COLLECTED)
    assert closed.status is IntentStatus.CLOSED
    assert night.ledger.intents[TRIAL].status is IntentStatus.SUBMITTED


def test_a_trial_over_the_budget_is_refused_before_anything_is_asked() -> None:
    night = ended_night(4)
    night.policy = replace(night.policy, budget_usd=Decimal("0.0000001"))

    with pytest.raises(BudgetExceededError):
        trials(night).seal(DAY)

    assert night.model.asked == []


def refused_trial(night: Night) -> str:
    """Seal a trial, let the daily budget refuse it, and return in which words."""
    rules = trials(night, most=2)
    sealed = rules.seal(DAY)
    assert sealed is not None
    night.policy = replace(night.policy, daily_budget_usd=Decimal("0.0000001"))
    with pytest.raises(BudgetExceededError) as refused:
        trials(night, most=2).ask(sealed)
    return str(refused.value)


def test_a_trial_that_does_not_fit_into_the_daily_budget_says_how_it_goes_on_now_and_whenever_it_is_looked_at() -> None:
    night = ended_night(4)
    said = refused_trial(night)
    rules = trials(night)

    with pytest.raises(PermanentError) as shown:
        rules.collect(rules.named(TRIAL))

    assert "does not fit into the daily budget of" in said
    assert "or start the trial again on another day, or give it up: `yorutsuke trial discard" in said
    assert "materialize" not in said
    assert str(shown.value) == said


def test_a_trial_that_has_room_again_says_only_that_it_waits_to_be_started() -> None:
    night = ended_night(4)
    refused_trial(night)
    night.policy = replace(night.policy, daily_budget_usd=None)
    rules = trials(night)

    with pytest.raises(PermanentError, match=f"{TRIAL} is not asked to its end; start it again"):
        rules.collect(rules.named(TRIAL))


def test_what_is_reserved_for_a_trial_does_not_stand_against_itself() -> None:
    night = ended_night(4)
    sealed = trials(night, most=2).seal(DAY)
    assert sealed is not None
    assert sealed.estimate_usd is not None
    spent = sum((entry.amounts.usd for entry in night.spending_book.entries.values()), Decimal(0))
    night.policy = replace(night.policy, daily_budget_usd=spent + sealed.estimate_usd)
    trials(night).submitter.spending.reserve(sealed, sealed.estimate_usd)

    with pytest.raises(PermanentError, match="is not asked to its end; start it again"):
        trials(night).collect(trials(night).named(TRIAL))


def test_a_trial_that_was_never_made_ready_says_so() -> None:
    night = ended_night(4)
    night.policy = replace(night.policy, budget_usd=Decimal("0.0000001"))
    with pytest.raises(BudgetExceededError, match="Raise YORUTSUKE_BUDGET_USD, then start the trial again"):
        trials(night).seal(DAY)

    with pytest.raises(PermanentError, match=f"{TRIAL} was not made ready: a budget refused it"):
        trials(night).collect(trials(night).named(TRIAL))


def test_while_paused_a_trial_is_not_asked_and_goes_on_after_resume() -> None:
    night = ended_night(4)
    night.switch.pause(PAUSE)
    rules = trials(night, most=2)
    sealed = rules.seal(DAY)
    assert sealed is not None

    report = rules.ask(sealed)
    asked_in_pause = len(night.model.asked)
    night.switch.resume()
    rules.ask(sealed)

    assert (report.paused is not None, asked_in_pause, len(night.model.asked)) == (True, 0, 2)


def test_a_day_whose_outcomes_have_expired_is_found_again_by_its_archive() -> None:
    night = ended_night(4)
    night.pending.rows["img-other-day"] = {
        **night.row("img-1"),
        "imageId": "img-other-day",
        "archivedKey": "processed/2026-01-08/x.png",
    }
    before = [record.identity for record in records_of(night, most=2).pending(DAY)]
    for key in [key for key in night.objects.contents if key.endswith("outcomes.jsonl")]:
        del night.objects.contents[key]

    assert [record.identity for record in records_of(night, most=2).pending(DAY)] == before
    assert asked(night).record_count == 4


def test_a_day_without_processed_records_has_nothing_to_try() -> None:
    assert trials(ended_night(0)).seal(DAY) is None


def test_a_copy_that_is_gone_is_left_out_and_the_others_are_asked_about() -> None:
    night = ended_night(4)
    gone = next(key for key in night.objects.contents if key.startswith("processed/"))
    del night.objects.contents[gone]

    intent = asked(night)

    assert (intent.record_count, intent.rejected_count) == (3, 1)
    assert {row["status"] for row in night.pending.rows.values()} == {"processed"}


def test_a_trial_whose_job_runs_is_neither_collected_nor_discarded() -> None:
    night = ended_night(4)
    rules = trials(night)
    sealed = rules.seal(DAY)
    assert sealed is not None
    rules.ask(sealed)
    running = rules.named(TRIAL)

    assert rules.collect(running) is None
    with pytest.raises(PermanentError, match=f"yorutsuke jobs stop {TRIAL}"):
        rules.discard(running)


def test_what_is_asked_is_what_was_confirmed_also_if_another_command_sealed_more_meanwhile() -> None:
    night = ended_night(4)
    confirmed = trials(night, most=1).seal(DAY)
    assert confirmed is not None
    other = trials(night).seal(DAY)
    assert other is not None
    jobs_before = len(night.service.requests)

    with pytest.raises(LostRaceError, match=f"{TRIAL} since its estimate was shown.*start the trial again"):
        trials(night, most=1).ask(confirmed)

    assert (night.model.asked, len(night.service.requests)) == ([], jobs_before)
    trials(night).ask(other)
    assert len(night.service.requests) == jobs_before + 1


def test_asking_one_trial_asks_no_other_one_of_the_day() -> None:
    night = ended_night(4)
    sealed = trials(night, most=1).seal(DAY)
    assert sealed is not None
    unasked = night.ledger.intents[TRIAL]
    other = "receipts-trial-2026-01-09-002"
    night.ledger.intents[other] = replace(unasked, intent_id=other)
    night.ledger.rows[other, 1] = replace(night.ledger.rows[TRIAL, 1], intent_id=other)

    report = trials(night, most=1).ask(sealed)

    assert ([intent.intent_id for intent in report.intents], len(night.model.asked)) == ([TRIAL], 1)
    assert night.ledger.intents[other].status is IntentStatus.MANIFESTED


def test_a_name_that_is_no_trial_is_refused() -> None:
    night = ended_night(4)

    with pytest.raises(PermanentError, match="no trial 'receipts-2026-01-09-001'"):
        trials(night).named(FIRST)
    with pytest.raises(PermanentError, match="trial start 2026-01-09"):
        trials(night).newest_of(DAY)
