"""What the answers become: transactions, dead letters, and places in line."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.engine.errors import ManifestChangedError, UnwrittenError
from yorutsuke_pipeline.engine.events import EventName
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, POLICY, Night, night_of
from yorutsuke_pipeline_tests.fakes.model import RECEIPT

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.results import ResultsReport

JOB = "job000000001"


def receipt(**changes: Any) -> str:  # noqa: ANN401 — answers hold anything
    return json.dumps({**RECEIPT, **changes})


def collected(answers: dict[str, str] | None = None) -> Night:
    """Return a night of four images, whose job has answered like that."""
    night = night_of(4)
    night.answers = answers or {}
    night.submit()
    night.end_jobs()
    night.stages().collector.collect(DAY)
    return night


def record(night: Night) -> ResultsReport:
    return night.stages().recorder.record(DAY)


def test_accepted_answers_become_transactions_that_say_where_they_came_from() -> None:
    night = collected()

    report = record(night)

    assert report.endings == {"accepted": 4}
    row = night.table.rows["user-1", record_id("img-1")]
    assert (row["imageId"], row["jobId"], row["intentId"]) == ("img-1", JOB, FIRST)
    assert row["traceId"] == night.ledger.intents[FIRST].trace_id
    assert len(report.preview) == 4
    assert night.ledger.intents[FIRST].status is IntentStatus.RECORDED
    assert report.dead_letter_keys == []


def test_a_rejected_answer_is_a_dead_letter_and_its_image_goes_back_in_line_with_the_reason() -> None:
    night = collected({"img-2": receipt(amount=0)})

    report = record(night)

    assert (report.endings, report.rejects) == ({"accepted": 3, "rejected": 1}, {"amount": 1})
    (letter,) = night.lines_of(f"dead-letters/{JOB}.jsonl")
    assert (letter["identity"], letter["recordId"], letter["isFinal"]) == ("img-2", record_id("img-2"), False)
    assert json.loads(letter["raw"])["amount"] == 0
    assert letter["line"] == 2
    row = night.row("img-2")
    assert (row["status"], row["attempts"], "intentId" in row) == ("pending", 1, False)
    assert row["lastReason"] == "amount '0' is not greater than 0 and less than 10^12"


def test_the_next_night_asks_again_with_the_reason_and_the_answer_is_accepted() -> None:
    night = collected({"img-2": receipt(amount=0)})

    night.run_until_settled()

    assert night.row("img-2")["status"] == "processed"
    assert len(night.table.rows) == 4
    check_settled(night)


def test_after_the_last_attempt_the_image_waits_for_a_person() -> None:
    night = night_of(4, policy=replace(POLICY, max_attempts=2))
    night.answers, night.stubborn = dict.fromkeys(night.pending.rows, "no"), set(night.pending.rows)

    reports = night.run_until_settled()

    assert [report.results.final_count for report in reports] == [0, 4]
    assert {row["status"] for row in night.pending.rows.values()} == {"failed"}
    assert {row["attempts"] for row in night.pending.rows.values()} == {2}
    check_settled(night)


def test_missing_of_a_job_that_ended_badly_was_no_attempt() -> None:
    night = night_of(4)
    night.submit()
    night.end("Failed")
    night.stages().collector.collect(DAY)

    report = record(night)

    assert (report.endings, report.rejects) == ({"missing": 4}, {})
    assert [(row["attempts"], "lastReason" in row) for row in night.pending.rows.values()] == [(0, False)] * 4


def test_missing_of_a_job_that_completed_was_an_attempt() -> None:
    night = night_of(4)
    night.submit()
    night.end("Completed", [])
    night.stages().collector.collect(DAY)

    report = record(night)

    assert (report.endings, report.rejects) == ({"rejected": 4}, {"no_answer": 4})
    assert {row["attempts"] for row in night.pending.rows.values()} == {1}


def test_a_transaction_that_a_person_has_edited_is_never_overwritten() -> None:
    night = collected()
    edited = {"userId": "user-1", "transactionId": record_id("img-1"), "imageId": "img-1", "merchant": "mine"}
    night.table.rows["user-1", record_id("img-1")] = {**edited, "editedAt": "2026-01-09T20:00:00Z"}

    report = record(night)

    assert report.kept_edited_count == 1
    assert night.table.rows["user-1", record_id("img-1")]["merchant"] == "mine"
    assert report.endings == {"accepted": 4}


def test_two_receipts_alike_are_both_kept_with_a_warning() -> None:
    night = collected({"img-1": receipt(merchant="twin"), "img-2": receipt(merchant="twin")})

    report = record(night)

    assert report.warnings == {"looks_like_another": 2}
    assert len(night.table.rows) == 4


def test_a_receipt_like_one_of_an_earlier_night_is_pointed_out() -> None:
    night = collected()
    night.run_until_settled()
    night.answers["img-late"] = receipt(merchant="shop of img-1")
    night.arrive("img-late")

    night.run_until_settled()

    assert night.table.rows["user-1", record_id("img-late")]["warnings"] == ["looks_like_another"]
    assert night.table.rows["user-1", record_id("img-1")]["warnings"] == []


def test_rows_that_cannot_be_written_stop_the_stage_and_the_next_run_writes_them() -> None:
    night = collected()
    night.table.unwritable = {record_id("img-3")}

    with pytest.raises(UnwrittenError, match=record_id("img-3")):
        record(night)
    assert night.ledger.intents[FIRST].status is IntentStatus.COLLECTED
    assert night.row("img-3")["intentId"] == FIRST

    night.table.unwritable = set()
    assert record(night).endings == {"accepted": 4}


@pytest.mark.parametrize("content", [None, b"", b"not json\n"])
def test_answers_that_have_expired_or_were_changed_lose_no_record(content: bytes | None) -> None:
    night = collected()
    key = f"batch-work/{FIRST}/answers.jsonl"
    del night.objects.contents[key]
    if content is not None:
        night.objects.contents[key] = content

    with pytest.raises(ManifestChangedError, match=key):
        record(night)

    assert night.ledger.intents[FIRST].status is IntentStatus.COLLECTED


def test_an_unreadable_line_is_a_dead_letter_of_nobody() -> None:
    night = night_of(4)
    night.submit()
    night.end_jobs()
    night.put_output(JOB, [*night.output(JOB), b"garbage"])
    night.stages().collector.collect(DAY)

    report = record(night)

    (letter,) = night.lines_of(f"dead-letters/{JOB}.jsonl")
    assert (letter["identity"], letter["recordId"], letter["line"], letter["raw"]) == (None, None, 5, "garbage")
    assert (report.endings, report.rejects) == ({"accepted": 4}, {"line_not_json": 1})


def test_a_refusal_that_holds_half_a_surrogate_pair_becomes_a_reason_that_can_be_stored() -> None:
    night = night_of(4)
    night.submit()
    night.end_jobs()
    refusal = json.dumps({"recordId": record_id("img-1"), "error": {"errorMessage": "bad \ud800\nimage"}}).encode()
    night.put_output(JOB, [refusal, *night.output(JOB)[1:]])
    night.stages().collector.collect(DAY)

    record(night)

    night.row("img-1")["lastReason"].encode()
    assert night.row("img-1")["lastReason"] == "the model refused with unknown: bad ? image"


def test_events_name_the_record_and_the_kind_of_fault_and_nothing_of_the_receipt() -> None:
    night = collected({"img-2": receipt(amount="my secret amount")})

    record(night)

    (event,) = night.events.named(EventName.RECORD_REJECTED)
    assert dict(event.facts) == {"recordId": record_id("img-2"), "kind": "amount", "line": 2}
    assert "secret" not in event.as_json()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("```json\n" + receipt() + "\n```", None),
        ("Here you are: " + receipt(), None),
        (receipt() + receipt(), None),
        (receipt() + receipt(amount=2), "answer_ambiguous"),
        (receipt()[:-10], "answer_not_json"),
        ("", "answer_empty"),
        (receipt(amount="1,500"), None),
        (receipt(date="令和8年1月9日"), None),
        (receipt(date="26/1/9"), "date"),
        (receipt(date="2026-02-30"), "date"),
        (receipt(category="food"), "category"),
        (receipt(amount=[1500]), "amount"),
        (receipt(description="x" * 200_000), "answer_too_long"),
        ('{"unreadable": true, "reason": "too dark"}', "unreadable"),
    ],
)
def test_an_answer_is_a_transaction_or_a_named_reject(text: str, kind: str | None) -> None:
    night = collected({"img-1": text})

    report = record(night)

    assert report.rejects == ({kind: 1} if kind else {})
    assert len(night.table.rows) == (3 if kind else 4)
