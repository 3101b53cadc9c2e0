"""The sensor's rules: what the service says of jobs, and when the second half may run."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.batch_job import ENDINGS_AT_THE_SERVICE, VANISHED
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline_tests.engine.interruptions import Calls
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of
from yorutsuke_pipeline_tests.fakes.batch_service import CreateAnswer, FakeBatchService

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.watching import Progress


def submitted(count: int = 3) -> Night:
    night = night_of(count)
    night.submit()
    return night


def look(night: Night, calls: Calls | None = None) -> Progress:
    watch = night.stages(calls.watch if calls else lambda port: port).watch
    (progress,) = watch.look(list(night.ledger.open_intents("receipts")))
    return progress


@pytest.mark.parametrize("status", ["Submitted", "Validating", "Scheduled", "InProgress", "Stopping", "BrandNewStatus"])
def test_a_status_that_is_not_terminal_means_to_keep_waiting_even_if_nobody_has_heard_of_it(status: str) -> None:
    night = submitted()
    night.service.end("job000000001", status)

    assert not look(night).is_ready
    assert night.ledger.rows[FIRST, 1].status == status


@pytest.mark.parametrize("status", sorted(ENDINGS_AT_THE_SERVICE))
def test_every_terminal_status_lets_the_second_half_run(status: str) -> None:
    night = submitted()
    night.service.end("job000000001", status, message="so it is")

    progress = look(night)

    assert progress.is_ready
    assert [job.status for job in progress.changed] == [status]
    assert (night.ledger.rows[FIRST, 1].message, night.ledger.rows[FIRST, 1].completed_at) == (
        "so it is",
        night.clock.now(),
    )


def test_all_jobs_must_have_ended() -> None:
    night = submitted(8)
    night.service.end("job000000001")

    assert not look(night).is_ready
    night.service.end("job000000002")
    assert look(night).is_ready


def test_looking_again_at_what_has_not_changed_writes_nothing() -> None:
    night, calls = submitted(), Calls()

    progress = look(night, calls)

    assert progress.changed == ()
    assert "save_job" not in calls.names


def test_an_ended_job_is_not_asked_about_any_more() -> None:
    night, calls = submitted(), Calls()
    night.service.end("job000000001")
    look(night)

    assert look(night, calls).is_ready
    assert "get" not in calls.names


def test_many_jobs_are_asked_about_in_one_listing() -> None:
    night, calls = submitted(16), Calls()

    look(night, calls)

    assert len(night.service.states) == 4
    assert (calls.names.count("since"), calls.names.count("get")) == (1, 0)


def test_a_job_that_a_listing_leaves_out_is_asked_for_by_itself() -> None:
    night, calls = submitted(16), Calls()
    early = night.clock.now() - timedelta(days=2)
    state = night.service.states["job000000001"]
    night.service.states["job000000001"] = type(state)(**{**vars(state), "submitted_at": early, "status": "InProgress"})

    look(night, calls)

    assert calls.names.count("get") == 1
    assert night.ledger.rows[FIRST, 1].status == "InProgress"


def test_a_job_that_the_service_denies_is_waited_for_until_it_could_not_live_any_more() -> None:
    night = submitted()
    night.service.states.clear()

    night.clock.advance(timedelta(hours=47))
    assert not look(night).is_ready
    night.clock.advance(timedelta(hours=2))
    progress = look(night)

    assert progress.is_ready
    assert [(job.status, job.message) for job in progress.changed] == [
        (VANISHED, "the service does not know this job any more"),
    ]


def test_a_clock_that_steps_back_gives_no_job_up() -> None:
    night = submitted()
    night.service.states.clear()
    night.clock.advance(timedelta(days=-30))

    assert not look(night).is_ready


def test_two_looks_at_once_both_see_the_end_and_one_writes_it_down() -> None:
    night = submitted()
    night.service.end("job000000001")
    quiet = Calls()
    other = submitted()
    other.service.end("job000000001")
    look(other, quiet)

    progress = look(night, Calls(quiet.number_of("save_job"), meanwhile=lambda: look(night)))

    assert progress.is_ready
    assert night.ledger.rows[FIRST, 1].version == other.ledger.rows[FIRST, 1].version


def test_a_sealed_intent_awaits_submission_and_is_not_ready_although_its_first_job_has_ended() -> None:
    night = night_of(8)
    night.service = FakeBatchService([CreateAnswer.CREATED, CreateAnswer.SLOTS_FULL], clock=night.clock)
    night.submit()
    night.service.end("job000000001")

    progress = look(night)

    assert progress.awaits_submission
    assert not progress.is_ready


@pytest.mark.parametrize(
    ("stop_before", "status"),
    [
        (lambda night: night.stages().collector.collect(DAY), IntentStatus.COLLECTED),
        (lambda night: night.stages().recorder.record(DAY), IntentStatus.RECORDED),
    ],
    ids=["collected", "recorded"],
)
def test_a_second_half_that_was_begun_is_ready_to_be_finished(
    stop_before: Callable[[Night], object],
    status: IntentStatus,
) -> None:
    night = submitted()
    night.end_jobs()
    night.stages().collector.collect(DAY)
    stop_before(night)

    progress = look(night)

    assert progress.intent.status is status
    assert progress.is_ready
