"""The lookout: what hints change about the looks, and what a lost, doubled, foreign or late one does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from yorutsuke_pipeline.engine.errors import ConfigurationError, TransientError
from yorutsuke_pipeline.engine.lookout import Lookout, Sighting
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.nights import FIRST, Night, night_of
from yorutsuke_pipeline_tests.fakes.hint_queue import FakeHintQueue

FIRST_JOB, SECOND_JOB = "job000000001", "job000000002"
EVERY = timedelta(minutes=5)


def submitted() -> Night:
    """Return a night with two jobs at the service."""
    night = night_of(8)
    night.submit()
    return night


def look(
    night: Night, queue: FakeHintQueue, calls: Calls | None = None, *, polled_at: datetime | None = None
) -> Sighting:
    """Look, the last poll having been this very moment if nothing else is said."""
    watch = night.stages(calls.watch if calls else lambda port: port).watch
    return Lookout(watch, queue, EVERY).look(["receipts"], polled_at=polled_at or night.clock.now())


def statuses(night: Night) -> list[str]:
    return [night.ledger.rows[FIRST, number].status for number in (1, 2)]


def test_between_two_polls_the_service_is_asked_about_hinted_jobs_alone() -> None:
    night, calls = submitted(), Calls()
    night.service.end(FIRST_JOB)
    night.service.end(SECOND_JOB)

    look(night, FakeHintQueue(SECOND_JOB), calls)

    assert statuses(night) == ["Submitted", "Completed"]
    assert calls.names.count("get") == 1


def test_without_a_hint_the_service_is_not_asked_at_all_until_the_next_poll() -> None:
    night, calls = submitted(), Calls()
    night.service.end(FIRST_JOB)
    began = night.clock.now()

    night.clock.advance(EVERY - timedelta(seconds=1))
    early = look(night, FakeHintQueue(), calls, polled_at=began)
    assert {"get", "since"} & set(calls.names) == set()

    night.clock.advance(timedelta(seconds=1))
    late = look(night, FakeHintQueue(), polled_at=began)

    # A lost event costs time and nothing else.
    assert statuses(night) == ["Completed", "Submitted"]
    assert (early.polled_at, late.polled_at) == (began, night.clock.now())


def test_the_first_look_and_one_after_the_clock_was_set_back_ask_about_all_jobs() -> None:
    night = submitted()
    night.service.end(FIRST_JOB)
    lookout = Lookout(night.stages().watch, FakeHintQueue(), EVERY)

    first = lookout.look(["receipts"], polled_at=None)
    assert statuses(night) == ["Completed", "Submitted"]

    night.service.end(SECOND_JOB)
    lookout.look(["receipts"], polled_at=first.polled_at + timedelta(days=1))
    assert statuses(night) == ["Completed", "Completed"]


def test_a_hint_is_believed_only_as_far_as_the_service_says_so_itself() -> None:
    night = submitted()

    sighting = look(night, FakeHintQueue(FIRST_JOB))

    assert not sighting.progress[0].is_ready
    assert statuses(night) == ["Submitted", "Submitted"]


def test_doubled_hints_are_one_question_and_all_of_them_are_settled() -> None:
    night, calls = submitted(), Calls()
    queue = FakeHintQueue(FIRST_JOB, FIRST_JOB, FIRST_JOB)

    sighting = look(night, queue, calls)

    assert (sighting.hint_count, calls.names.count("get"), queue.hints) == (3, 1, [])


def test_a_hint_of_a_job_that_is_not_ours_is_settled_and_counted() -> None:
    night, queue = submitted(), FakeHintQueue("foreignjob01")

    sighting = look(night, queue)

    assert (sighting.hint_count, sighting.foreign_count, queue.hints) == (0, 1, [])


def test_a_late_hint_of_a_closed_intents_job_is_ours_and_changes_nothing() -> None:
    night = submitted()
    night.run()
    rows, queue = dict(night.ledger.rows), FakeHintQueue(FIRST_JOB)

    sighting = look(night, queue)

    assert (sighting.hint_count, sighting.foreign_count, queue.hints) == (1, 0, [])
    assert night.ledger.rows == rows


def test_a_hint_of_another_workloads_job_is_not_lost_on_that_workload() -> None:
    night = submitted()
    night.service.end(FIRST_JOB)
    night.ledger.intents[FIRST] = replace(night.ledger.intents[FIRST], workload="violations")

    sighting = look(night, FakeHintQueue(FIRST_JOB))

    assert (sighting.progress, sighting.hint_count) == ([], 1)
    assert statuses(night) == ["Completed", "Submitted"]


@pytest.mark.parametrize("error", [TransientError("no answer"), ConfigurationError("no such queue")])
def test_a_queue_that_cannot_be_read_makes_the_look_a_poll(error: Exception) -> None:
    night, queue = submitted(), FakeHintQueue()
    night.service.end(FIRST_JOB)
    queue.error = error

    sighting = look(night, queue)

    assert sighting.trouble == str(error)
    assert statuses(night) == ["Completed", "Submitted"]


def test_a_message_that_cannot_be_deleted_comes_again_and_does_no_harm() -> None:
    night, queue = submitted(), FakeHintQueue(FIRST_JOB)
    night.service.end(FIRST_JOB)
    queue.settle_error = TransientError("not deleted")

    assert look(night, queue).trouble == "not deleted"
    queue.settle_error = None
    again = look(night, queue)

    assert (again.trouble, again.hint_count, queue.hints) == ("", 1, [])


def test_a_look_that_is_killed_anywhere_leaves_the_message_to_the_next_one() -> None:
    undisturbed, calls = submitted(), Calls()
    undisturbed.service.end(FIRST_JOB)
    look(undisturbed, FakeHintQueue(FIRST_JOB), calls)

    for number in range(1, len(calls.names) + 1):
        night, queue = submitted(), FakeHintQueue(FIRST_JOB)
        night.service.end(FIRST_JOB)
        with pytest.raises(Killed):
            look(night, queue, Calls(number, Interruption.KILL))
        assert queue.hints

        look(night, queue)
        assert (statuses(night), queue.hints) == (["Completed", "Submitted"], [])
