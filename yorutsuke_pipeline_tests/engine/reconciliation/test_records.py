"""Images against their claims, transactions and dead letters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of
from yorutsuke_pipeline_tests.engine.reconciliation.nights import (
    closed_night,
    fixed,
    found,
    found_in_day,
    reconciler_of,
)

TRANSACTION = ("user-1", record_id("img-1"))


def night_with_a_failed_image() -> Night:
    night = night_of(4)
    night.answers["img-1"] = "no receipt at all"
    night.stubborn.add("img-1")
    night.run_until_settled()
    assert night.row("img-1")["status"] == "failed"
    return night


@pytest.mark.parametrize("holder", [FIRST, "receipts-2026-01-09-077"])
def test_a_claim_of_a_closed_intent_or_of_none_is_void_and_let_go(holder: str) -> None:
    night = closed_night()
    night.clock.advance(timedelta(hours=1))
    night.arrive("img-9", intentId=holder, attempts=2, lastReason="no total")

    void = [("void_claim", "img-9")]
    assert [found(night), found_in_day(night), fixed(night), found(night)] == [void, void, void, []]
    row = night.row("img-9")
    assert ("intentId" in row, row["attempts"], row["lastReason"]) == (False, 2, "no total")


def test_a_claim_that_a_run_is_just_letting_go_is_not_void() -> None:
    night = closed_night()
    night.arrive("img-9", intentId=FIRST)

    assert found(night) == []


def test_a_lost_transaction_is_written_again_from_the_answer_that_was_paid_for() -> None:
    night = closed_night()
    row = night.table.rows.pop(TRANSACTION)
    night.clock.advance(timedelta(days=2))

    lost = [("record_without_result", "img-1")]
    assert [found(night), found_in_day(night), fixed(night), found(night)] == [lost, lost, lost, []]
    assert night.table.rows[TRANSACTION] == row
    assert len(night.service.requests) == 1


def test_a_lost_transaction_whose_answer_has_expired_is_told() -> None:
    night = closed_night()
    del night.table.rows[TRANSACTION]
    del night.objects.contents[f"batch-work/{FIRST}/answers.jsonl"]
    del night.objects.contents[f"batch-work/{FIRST}/outcomes.jsonl"]

    assert [found(night), fixed(night)] == [[("record_without_result", "img-1")], []]


def test_a_transaction_that_a_person_puts_back_meanwhile_is_not_overwritten() -> None:
    night = closed_night()
    row = night.table.rows.pop(TRANSACTION)

    for lost in reconciler_of(night).of_day(DAY):
        night.table.rows[TRANSACTION] = {**row, "merchant": "by hand"}
        assert lost.mended()

    assert night.table.rows[TRANSACTION]["merchant"] == "by hand"


def test_a_guests_transaction_that_lived_its_time_is_not_missed() -> None:
    night = night_of(3, rows={"img-1": {"userId": "guest-7"}})
    night.run_until_settled()
    del night.table.rows["guest-7", record_id("img-1")]
    too_early = found(night)
    night.clock.advance(timedelta(days=60))

    assert (too_early, found(night)) == ([("record_without_result", "img-1")], [])


def test_a_transaction_whose_image_has_no_row_is_told() -> None:
    night = closed_night()
    del night.pending.rows["img-1"]

    told = found_in_day(night)

    assert ("result_without_record", "img-1") in told
    assert {kind for kind, _ in told} == {"result_without_record", "copy_without_record"}
    assert found(night) == told
    assert fixed(night) == []


def test_a_transaction_that_a_person_entered_needs_no_image() -> None:
    night = closed_night()
    night.table.rows["user-1", "by-hand"] = {"userId": "user-1", "transactionId": "by-hand", "amount": 5}

    assert found(night) == []


def test_an_image_that_would_be_paid_for_again_is_told() -> None:
    night = closed_night()
    night.row("img-1").update(status="pending", pendingDate=DAY.isoformat())
    del night.row("img-1")["intentId"]
    del night.row("img-1")["archivedKey"]

    told = found_in_day(night)

    assert ("answered_in_line", "img-1") in told
    assert {kind for kind, _ in told} == {"answered_in_line", "misplaced_copy"}


def test_a_failed_image_without_a_dead_letter_is_told_unless_a_person_discarded_it() -> None:
    night = night_with_a_failed_image()
    quiet = found(night)
    for key in [key for key in night.objects.contents if key.startswith("dead-letters/")]:
        del night.objects.contents[key]
    at_once = found(night)
    night.clock.advance(timedelta(hours=1))
    later = [found(night), found_in_day(night), fixed(night)]
    night.row("img-1")["discardedAt"] = "2026-01-11T00:00:00.000Z"

    told = [("failed_without_letter", "img-1")]
    assert [quiet, at_once, *later, found(night)] == [[], [], told, told, [], []]


def test_a_dead_letter_whose_image_has_no_row_is_told() -> None:
    night = night_with_a_failed_image()
    del night.pending.rows["img-1"]
    del night.objects.contents["uploads/user-1/img-1.png"]

    assert found(night) == found_in_day(night) == [("letter_without_record", "img-1")]


@pytest.mark.parametrize("line", [None, "tomorrow"])
def test_an_image_that_no_run_can_see_is_put_in_the_line_of_its_day(line: str | None) -> None:
    night = closed_night()
    night.arrive("img-9", uploadedAt="2026-01-08T15:30:00.000Z", pendingDate=line)

    hidden = [("hidden_record", "img-9")]
    assert [found(night), fixed(night), found(night)] == [hidden, hidden, []]
    assert night.row("img-9")["pendingDate"] == "2026-01-09"
    night.run()
    assert night.row("img-9")["status"] == "processed"


@pytest.mark.parametrize("uploaded_at", [None, "yesterday"])
def test_an_image_that_no_run_can_see_and_nothing_dates_is_told(uploaded_at: str | None) -> None:
    night = closed_night()
    changes: dict[str, Any] = {"pendingDate": None} if uploaded_at else {}
    night.arrive("img-9", uploadedAt=uploaded_at, **changes)

    assert [found(night), fixed(night)] == [[("hidden_record", "img-9")], []]


def test_a_status_that_is_none_is_told() -> None:
    night = closed_night()
    night.arrive("img-9", status="done")

    assert [found(night), fixed(night)] == [[("unknown_status", "img-9")], []]


def test_a_processed_image_that_still_stands_in_line_is_taken_out() -> None:
    night = closed_night()
    night.row("img-1")["pendingDate"] = DAY.isoformat()

    still = [("processed_in_line", "img-1")]
    assert [found(night), found_in_day(night), fixed(night), found(night)] == [still, still, still, []]


def test_two_faults_of_one_image_are_both_told_and_mended() -> None:
    night = closed_night()
    night.clock.advance(timedelta(hours=1))
    night.arrive("img-9", intentId=FIRST, uploadedAt="2026-01-09T03:00:00.000Z", pendingDate=None)

    both = [("hidden_record", "img-9"), ("void_claim", "img-9")]
    assert [found(night), fixed(night), found(night)] == [both, both, []]


def test_what_belongs_to_other_days_is_left_to_them() -> None:
    night = closed_night()
    night.arrive("img-9", uploadedAt="2026-02-08T15:30:00.000Z", pendingDate=None)

    assert found(night) == []
