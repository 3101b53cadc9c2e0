"""What a person decides about records that failed, on whole nights."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from yorutsuke_pipeline.engine.dead_letter_box import Case, DeadLetterBox, Standing
from yorutsuke_pipeline.engine.errors import BudgetExceededError
from yorutsuke_pipeline.engine.redriving import Decision, Redriver, Verdict
from yorutsuke_pipeline.engine.table_shapes import terms_of
from yorutsuke_pipeline.workloads.receipts.tables import IMAGES, TRANSACTIONS
from yorutsuke_pipeline.workloads.violations.tables import WAITING
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.invariants import READS, check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, POLICY, Night, night_of, picture, pictured, source_key
from yorutsuke_pipeline_tests.fakes.intent_ledger import FakeIntentLedger
from yorutsuke_pipeline_tests.fakes.record_table import FakeRecordTable

TERMS = terms_of("receipts", IMAGES, TRANSACTIONS)


def case_of(night: Night, identity: str) -> Case:
    box = DeadLetterBox("receipts", night.pending, night.ledger, night.objects, concurrency=1)
    (found,) = box.look_up([identity])
    assert found.case is not None
    return found.case


def redrive(night: Night, identity: str, *, even_discarded: bool = False) -> Decision:
    return Redriver(night.pending, night.ledger, TERMS).redrive(case_of(night, identity), even_discarded=even_discarded)


def discard(night: Night, identity: str) -> Decision:
    return Redriver(night.pending, night.ledger, TERMS).discard(case_of(night, identity), "a photo\nof a cat")


def a_stubborn_night(max_attempts: int = 3) -> Night:
    """Return a settled night after which img-1 waits for a person, its answers rejected as often as is allowed."""
    night = night_of(3, policy=replace(POLICY, max_attempts=max_attempts))
    night.answers["img-1"] = "no receipt at all"
    night.stubborn = {"img-1"}
    night.run_until_settled()
    return night


def a_night_without_a_photo() -> Night:
    """Return a settled night after which img-2, whose object is not in the bucket, waits for a person."""
    night = night_of(3, sources={"img-2": None}, rows={"img-2": {"hadSource": False}})
    night.run_until_settled()
    return night


def a_collected_night() -> Night:
    """Return a night whose answers are collected, two of which are to be rejected for good."""
    night = night_of(3, policy=replace(POLICY, max_attempts=1))
    night.answers |= {"img-1": "no receipt at all", "img-2": "nor is this"}
    night.submit()
    night.end_jobs()
    night.stages().collector.collect(DAY)
    return night


def prompts(night: Night, identity: str) -> list[str]:
    """Return what the model was told about an image in batch jobs and on demand, the newest last."""
    parts = [key for key in night.objects.contents if key.startswith("batch-input/")]
    bodies = [line["modelInput"] for key in sorted(parts) for line in night.lines_of(key)]
    return [body["messages"][0]["content"][1]["text"] for body in bodies if pictured(body) == identity]


def test_a_record_whose_attempts_were_used_up_is_asked_again_with_the_reason_and_accepted() -> None:
    night = a_stubborn_night()
    reason = night.row("img-1")["lastReason"]
    asked_before = len(prompts(night, "img-1"))
    night.stubborn = set()

    decision = redrive(night, "img-1")

    assert (decision.verdict, decision.day) == (Verdict.DONE, DAY)
    assert (night.row("img-1")["status"], night.row("img-1")["attempts"]) == ("pending", 0)
    night.run_until_settled()
    assert len(prompts(night, "img-1")) == asked_before + 1
    assert f"An earlier answer was not accepted: {reason}" in prompts(night, "img-1")[-1]
    assert "shop of img-1" in night.merchants()
    assert case_of(night, "img-1").standing is Standing.ACCEPTED
    check_settled(night)


def test_a_record_that_fails_again_has_had_all_its_attempts_again_and_waits_with_all_its_letters() -> None:
    night = a_stubborn_night()
    redrive(night, "img-1")

    night.run_until_settled()

    case = case_of(night, "img-1")
    assert case.standing is Standing.WAITS_FOR_A_PERSON
    assert [letter.attempts for letter in case.letters] == [1, 2, 3] * 2
    assert [letter.raw for letter in case.letters] == ["no receipt at all"] * 6
    assert len({letter.intent_id for letter in case.letters}) == 6
    check_settled(night)


def test_a_record_that_was_never_asked_about_is_asked_without_a_reason_that_says_nothing_to_the_model() -> None:
    night = a_night_without_a_photo()
    night.objects.contents[source_key("img-2")] = picture("img-2")
    night.row("img-2")["hadSource"] = True

    redrive(night, "img-2")

    night.run_until_settled()
    (prompt,) = prompts(night, "img-2")
    assert "earlier answer" not in prompt
    assert "shop of img-2" in night.merchants()
    check_settled(night)


def test_a_second_person_finds_the_record_in_line_and_changes_nothing() -> None:
    night = a_stubborn_night()
    seen = case_of(night, "img-1")
    rules = Redriver(night.pending, night.ledger, TERMS)
    rules.redrive(seen, even_discarded=False)
    before = dict(night.row("img-1"))

    late, again = rules.redrive(seen, even_discarded=False), redrive(night, "img-1")

    assert [late.verdict, again.verdict] == [Verdict.LEFT_ALONE] * 2
    assert again.why == "it is back in line already, for 2026-01-09"
    assert night.row("img-1") == before


def test_a_discarded_record_is_left_alone_unless_it_is_named() -> None:
    night = a_stubborn_night()

    assert discard(night, "img-1").verdict is Verdict.DONE

    assert case_of(night, "img-1").standing is Standing.DISCARDED
    assert night.row("img-1")["discardReason"] == "a photo of a cat"
    assert redrive(night, "img-1").verdict is Verdict.LEFT_ALONE
    assert discard(night, "img-1").why == "it was discarded already: a photo of a cat"
    assert redrive(night, "img-1", even_discarded=True).verdict is Verdict.DONE
    assert case_of(night, "img-1").standing is Standing.BACK_IN_LINE


def test_a_discarded_record_is_out_of_every_later_night() -> None:
    night = a_stubborn_night()
    discard(night, "img-1")
    source = source_key("img-1")

    night.run_until_settled()

    assert night.objects.contents[source] == picture("img-1")
    check_settled(night)


def test_what_was_accepted_is_neither_put_back_nor_given_up() -> None:
    night = night_of(3)
    night.answers["img-1"] = "no receipt at all"
    night.run_until_settled()

    redriven, discarded = redrive(night, "img-1"), discard(night, "img-1")

    assert (redriven.verdict, redriven.why) == (Verdict.LEFT_ALONE, "it was accepted since, and has a transaction")
    assert discarded.verdict is Verdict.REFUSED
    check_settled(night)


def test_a_record_is_put_back_into_the_day_it_was_in_whatever_its_row_says_since() -> None:
    night = a_stubborn_night()
    night.row("img-1")["uploadedAt"] = "2026-02-01T03:00:00.000Z"

    assert redrive(night, "img-1").day == DAY


def test_without_its_intent_the_time_of_upload_says_the_day_in_tokyo() -> None:
    night = a_stubborn_night()
    night.row("img-1").update(lastIntentId="unknown", uploadedAt="2026-01-09T15:00:00.000Z")

    assert redrive(night, "img-1").day == date(2026, 1, 10)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"uploadedAt": None}, "has no uploadedAt"),
        ({"uploadedAt": "yesterday", "lastIntentId": None}, "'yesterday' is no time"),
        ({"uploadedAt": "2026-01-09T03:00:00", "lastIntentId": 7}, "is no time"),
        ({"status": "odd"}, "status 'odd' is none of pending, processed and failed"),
    ],
)
def test_a_row_that_does_not_allow_it_is_refused_with_what_to_do(changes: dict[str, object], words: str) -> None:
    night = a_stubborn_night()
    row = {name: value for name, value in (night.row("img-1") | changes).items() if value is not None}
    night.pending.rows["img-1"] = dict(row)

    decision = redrive(night, "img-1")

    assert decision.verdict is Verdict.REFUSED
    assert words in str(decision.why)
    assert night.row("img-1") == row


def test_whichever_attribute_dates_a_workloads_records_says_the_day() -> None:
    row = {"violationId": "v-1", "status": "failed", "requestedAt": "2026-01-09T15:00:00.000Z"}
    table = FakeRecordTable([row], WAITING)
    case = Case("v-1", "v-1", (), table.find("v-1"))

    decision = Redriver(table, FakeIntentLedger()).redrive(case, even_discarded=False)

    assert (decision.verdict, decision.day) == (Verdict.DONE, date(2026, 1, 10))
    assert [record.identity for record in table.pending(date(2026, 1, 10))] == ["v-1"]


def test_a_record_whose_row_is_gone_is_refused() -> None:
    night = a_stubborn_night()
    del night.pending.rows["img-1"]

    assert "its row is gone; add the image again" in str(redrive(night, "img-1").why)
    assert discard(night, "img-1").verdict is Verdict.REFUSED


def test_a_record_is_not_put_back_into_an_intent_that_counts_it_as_turned_away() -> None:
    night = night_of(3, sources={"img-2": None}, policy=replace(POLICY, budget_usd=Decimal(0)))
    with pytest.raises(BudgetExceededError):
        night.submit()

    decision = redrive(night, "img-2")

    assert decision.verdict is Verdict.REFUSED
    assert decision.why == f"{FIRST} is not sealed yet; materialize 2026-01-09 first"
    assert night.row("img-2")["status"] == "failed"


def test_a_night_killed_anywhere_after_a_redrive_is_finished_by_running_it_again() -> None:
    for at in count(1):
        # Two, because an answer on demand that got lost is an attempt that nobody can use.
        night = a_stubborn_night(max_attempts=2)
        redrive(night, "img-1")
        night.stubborn = set()
        calls = Calls(at, Interruption.KILL)
        with suppress(Killed):
            night.run(night.stages(calls.watch))
        if calls.interrupted in READS:
            continue  # leaves what dying before the next write leaves
        night.run_until_settled()
        check_settled(night)
        assert "shop of img-1" in night.merchants()
        if not calls.was_reached:
            break
    assert at > 20, "the night made far fewer calls than it must"


def test_a_record_put_back_while_its_intent_is_still_being_recorded_is_asked_again() -> None:
    night, twin, quiet = a_collected_night(), a_collected_night(), Calls()
    twin.stages(quiet.watch).recorder.record(DAY)
    second_failure = quiet.names.index("fail", quiet.number_of("fail")) + 1
    with pytest.raises(Killed):
        night.stages(Calls(second_failure, Interruption.KILL).watch).recorder.record(DAY)
    assert (night.row("img-1")["status"], night.row("img-2")["status"]) == ("failed", "pending")

    assert redrive(night, "img-1").verdict is Verdict.DONE
    night.run_until_settled()

    assert night.row("img-1")["status"] == "processed"
    assert night.row("img-2")["status"] == "failed"
    check_settled(night)
