"""One pass over what the jobs wrote, whatever it looks like: each claimed record gets exactly one outcome."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yorutsuke_pipeline.engine.batch_job import ENDINGS_AT_THE_SERVICE, VANISHED
from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline_tests.engine.interruptions import Calls
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, SECOND, night_of
from yorutsuke_pipeline_tests.engine.outputs import ANSWERS, JOB, answered, collect


def test_each_record_is_answered_and_the_echoed_image_is_left_behind() -> None:
    night = answered()

    report = collect(night)

    kept = night.lines_of(ANSWERS)
    assert report.counts == {"answered": 4}
    assert sorted(line["identity"] for line in kept) == ["img-1", "img-2", "img-3", "img-4"]
    assert not any("modelInput" in line for line in kept)
    assert (report.disagreements, report.waiting) == ((), ())
    assert night.ledger.intents[FIRST].status is IntentStatus.COLLECTED


def test_what_was_used_is_settled_at_the_price_of_a_batch() -> None:
    night = answered()

    (intent,) = collect(night).collected

    assert intent.usage is not None
    assert (intent.usage.input_tokens, intent.usage.output_tokens) == (4_000, 400)
    assert intent.cost_usd == (4_000 * Decimal("0.06") + 400 * Decimal("0.24")) / 1_000_000 / 2


def test_jobs_that_still_run_are_waited_for_and_nothing_is_written() -> None:
    night = night_of(4)
    night.submit()

    report = collect(night)

    assert [intent.intent_id for intent in report.waiting] == [FIRST]
    assert ANSWERS not in night.objects.contents


def test_an_intent_that_an_earlier_run_collected_does_not_wait_for_a_later_one() -> None:
    night = answered()
    collect(night)
    for number in range(5, 9):
        night.arrive(f"img-{number}")
    night.submit()

    report = collect(night)

    assert [intent.intent_id for intent in report.waiting] == [SECOND]
    assert [intent.intent_id for intent in report.resumed] == [FIRST]
    assert not report.must_wait


def test_the_days_intents_are_listed_once_however_many_states_they_are_in() -> None:
    night, calls = answered(), Calls()

    night.stages(calls.watch).collector.collect(DAY)

    assert calls.names.count("orders") == 1


def test_output_that_is_there_before_the_job_has_ended_is_not_read() -> None:
    night = answered()
    night.service.end(JOB, "InProgress")

    assert collect(night).collected == ()


@pytest.mark.parametrize("status", sorted(ENDINGS_AT_THE_SERVICE))
def test_whatever_the_ending_what_was_answered_is_kept(status: str) -> None:
    night = answered()
    night.put_output(JOB, night.output(JOB)[:3])
    night.service.end(JOB, status)

    assert collect(night).counts == {"answered": 3, "missing": 1}
    missing = [line["jobEndedWell"] for line in night.lines_of(ANSWERS) if line["outcome"] == "missing"]
    assert missing == [status == "Completed"]


@pytest.mark.parametrize("content", [b"", b"not json\n", b'{"recordId": "a", "part": 1}\n'])
def test_a_manifest_of_ours_that_was_changed_releases_nothing(content: bytes) -> None:
    night = answered()
    night.objects.contents[f"batch-work/{FIRST}/records.jsonl"] = content

    with pytest.raises(PermanentError, match=f"batch-work/{FIRST}/records.jsonl"):
        collect(night)

    assert night.ledger.intents[FIRST].status is IntentStatus.SUBMITTED
    assert night.row("img-1")["intentId"] == FIRST


def test_a_vanished_jobs_records_go_back_in_line_without_an_attempt() -> None:
    night = answered()
    night.ledger.rows[FIRST, 1] = type(night.ledger.rows[FIRST, 1])(
        **{**vars(night.ledger.rows[FIRST, 1]), "status": VANISHED},
    )
    night.put_output(JOB, [])

    collect(night)
    night.stages().recorder.record(DAY)

    assert (night.row("img-1")["attempts"], "intentId" in night.row("img-1")) == (0, False)
