"""Which half a failed day needs again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone

import pytest

from yorutsuke_pipeline.engine.batch_job import BatchJob, JobMode
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.engine.retrying import Half, retry_of, waits_for_submission
from yorutsuke_pipeline.engine.watching import Progress

INTENT = Intent(
    intent_id="receipts-2026-01-09-001",
    workload="receipts",
    day=date(2026, 1, 9),
    model_id="amazon.nova-lite-v1:0",
    prompt_version="1",
    trace_id="t",
    created_at=datetime(2026, 1, 9, 17, tzinfo=timezone.utc),
)
SECOND = replace(INTENT, intent_id="receipts-2026-01-09-002")


JOB = BatchJob(INTENT.intent_id, 1, JobMode.BATCH, "n", "t", "k", "e", 100, 1, job_id="abc")
ENDED = replace(JOB, status="Failed")
RUNNING = replace(JOB, status="InProgress")


def seen(intent: Intent, status: IntentStatus, *jobs: BatchJob) -> Progress:
    return Progress(replace(intent, status=status), jobs)


@pytest.mark.parametrize(
    "progress",
    [
        seen(INTENT, IntentStatus.SUBMITTED, ENDED),
        seen(INTENT, IntentStatus.COLLECTED, ENDED),
        seen(INTENT, IntentStatus.RECORDED, ENDED),
    ],
)
def test_a_day_whose_jobs_have_ended_needs_its_answers_read(progress: Progress) -> None:
    retry = retry_of([progress], something_waits=True)

    assert retry is not None
    assert retry.half is Half.INGEST
    assert INTENT.intent_id in retry.reason


@pytest.mark.parametrize("status", [IntentStatus.OPEN, IntentStatus.MANIFESTED])
def test_a_day_that_failed_before_submission_is_submitted(status: IntentStatus) -> None:
    retry = retry_of([seen(INTENT, status)], something_waits=False)

    assert retry is not None
    assert retry.half is Half.SUBMIT


def test_answers_that_are_paid_for_come_before_a_second_submission() -> None:
    progress = [seen(INTENT, IntentStatus.MANIFESTED), seen(SECOND, IntentStatus.SUBMITTED, ENDED)]

    retry = retry_of(progress, something_waits=True)

    assert retry is not None
    assert retry.half is Half.INGEST


def test_a_day_whose_jobs_run_is_left_to_the_sensor() -> None:
    assert retry_of([seen(INTENT, IntentStatus.SUBMITTED, ENDED, RUNNING)], something_waits=False) is None


def test_records_that_a_failed_job_gave_back_are_submitted_anew() -> None:
    retry = retry_of([], something_waits=True)

    assert retry is not None
    assert retry.half is Half.SUBMIT


def test_a_day_with_nothing_left_to_do_is_turned_green_by_the_half_that_changes_nothing() -> None:
    retry = retry_of([], something_waits=False)

    assert retry is not None
    assert retry.half is Half.INGEST


def test_an_image_whose_job_runs_does_not_wait_for_submission() -> None:
    submitted = replace(INTENT, status=IntentStatus.SUBMITTED)
    claimed = PendingRecord("a", intent_id=INTENT.intent_id)

    assert not waits_for_submission([claimed], [submitted])
    assert waits_for_submission([claimed, PendingRecord("late")], [submitted])


def test_an_image_that_an_unsubmitted_intent_has_claimed_waits_for_submission() -> None:
    assert waits_for_submission([PendingRecord("a", intent_id=INTENT.intent_id)], [INTENT])
