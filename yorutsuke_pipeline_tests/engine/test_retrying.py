"""Which half a failed day needs again, and whether anything in it waits for the first one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.batch_job import BatchJob, JobMode
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.retrying import Half, day_waits, retry_of
from yorutsuke_pipeline.engine.watching import Progress
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST
from yorutsuke_pipeline_tests.engine.ordered_nights import (
    ORDER_DAY,
    images_night,
    named,
    selected,
    violations_night,
)

if TYPE_CHECKING:
    from datetime import date

    from yorutsuke_pipeline_tests.engine.ordered_nights import OrderedNight

INTENT = Intent(
    intent_id=FIRST,
    workload="receipts",
    day=DAY,
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


def waits(night: OrderedNight, day: date) -> bool:
    return day_waits(night.pending, night.ledger, night.workload.name, day)


def test_an_image_whose_job_runs_does_not_wait_for_submission() -> None:
    night = images_night(3)
    night.prepare(DAY)
    with_its_job = waits(night, DAY)
    night.arrive("late")

    assert (with_its_job, waits(night, DAY)) == (False, True)


def test_an_image_that_an_unsubmitted_intent_has_claimed_waits_for_submission() -> None:
    night = images_night(3)
    night.stages().day_manifests.write(DAY)

    assert waits(night, DAY)


def test_an_image_that_a_closed_intent_still_has_claimed_waits_for_submission() -> None:
    night = images_night(1)
    night.ledger.create(replace(INTENT, status=IntentStatus.CLOSED))
    night.row("img-1")["intentId"] = INTENT.intent_id

    assert waits(night, DAY)


def test_an_image_waits_in_no_day_of_its_own_while_an_order_of_a_later_day_has_it() -> None:
    night = images_night(1)
    night.desk.place(named("img-1"))
    night.stages().day_manifests.write(ORDER_DAY)
    prepared = waits(night, DAY), waits(night, ORDER_DAY)
    night.prepare(ORDER_DAY)

    assert prepared == (False, True)
    assert (waits(night, DAY), waits(night, ORDER_DAY)) == (False, False)


def test_a_bad_ending_is_not_told_again_while_an_order_of_a_later_day_asks_about_what_it_left() -> None:
    night = images_night(3)
    night.unanswered = {"img-1"}
    night.prepare(DAY)
    night.end_jobs()
    told = night.ingest(DAY).archive.bad_endings
    night.desk.place(named("img-1"))
    night.prepare(ORDER_DAY)

    assert [job.intent_id for job in told] == [FIRST]
    assert night.stages().archiver.archive(DAY).bad_endings == []


def test_an_order_that_was_never_begun_waits_in_its_day_until_it_is_submitted() -> None:
    night = violations_night(3)
    night.desk.place(selected(3))
    just_placed = waits(night, ORDER_DAY)
    night.prepare(ORDER_DAY)

    assert (just_placed, waits(night, ORDER_DAY)) == (True, False)
