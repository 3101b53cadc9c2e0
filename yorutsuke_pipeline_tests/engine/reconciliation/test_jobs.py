"""The service's own list of jobs against the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from yorutsuke_pipeline.engine.batch_job import PLANNED, SUBMITTING, WITHDRAWN
from yorutsuke_pipeline.engine.errors import InDoubtError
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of
from yorutsuke_pipeline_tests.engine.reconciliation.nights import closed_night, fixed, found, found_in_day
from yorutsuke_pipeline_tests.fakes.batch_service import CreateAnswer, FakeBatchService

NAME = f"{FIRST}-001-dev"
JOB = "job000000001"
STRANGER = "job000000099"


def submitted(count: int = 4) -> Night:
    night = night_of(count)
    night.submit()
    return night


def add_job(night: Night, name: str) -> None:
    """Let the service have a job that nobody here submitted."""
    like = next(iter(night.service.states.values()))
    night.service.states[STRANGER] = replace(like, job_id=STRANGER, job_name=name, client_request_token="another's")


def unanswered_submission(count: int = 3) -> Night:
    """Return a night whose only job was created, while every answer and every look-up got lost."""
    night = night_of(count)
    lost = InDoubtError("the look-up fails too")
    night.service = FakeBatchService([CreateAnswer.LOST], find_error=lost, clock=night.clock)
    night.stages().manifest.write(DAY)
    with pytest.raises(InDoubtError):
        night.stages().submitter.submit(DAY)
    night.service.find_error = None
    return night


@pytest.mark.parametrize("name", ["receipts-2026-01-09-007-001-dev", f"{FIRST}-009-dev"])
def test_a_job_of_our_name_that_the_ledger_does_not_have_is_unknown(name: str) -> None:
    night = submitted()
    add_job(night, name)

    assert found(night) == found_in_day(night) == [("unknown_job", STRANGER)]
    assert fixed(night) == []


@pytest.mark.parametrize(
    "name", ["other-2026-01-09-001-001-dev", f"{FIRST}-001-prod", "receipts-2026-01-08-001-001-dev"]
)
def test_jobs_of_other_names_deployments_and_days_are_none_of_this_days(name: str) -> None:
    night = submitted()
    add_job(night, name)

    assert found(night) == []


def test_a_second_job_of_one_name_is_doubled_and_the_ledgers_own_is_not() -> None:
    night = submitted()
    add_job(night, NAME)

    assert found(night) == found_in_day(night) == [("doubled_job", STRANGER)]


def test_a_job_whose_row_expired_after_its_end_is_not_unknown() -> None:
    night = closed_night()
    night.ledger.rows.clear()
    recently = found_in_day(night)
    night.clock.advance(timedelta(days=31))

    assert (recently, found_in_day(night)) == ([("unknown_job", JOB)], [])


@pytest.mark.parametrize("status", [SUBMITTING, PLANNED])
def test_a_job_that_runs_while_its_row_says_it_was_not_submitted_is_adopted_and_none_is_created(status: str) -> None:
    night = unanswered_submission()
    night.ledger.rows[FIRST, 1] = replace(night.ledger.rows[FIRST, 1], status=status)
    at_once = found(night)
    night.clock.advance(timedelta(minutes=20))

    seen = [found(night), found_in_day(night), fixed(night), found(night)]

    unadopted = [("unadopted_job", NAME)]
    assert (at_once, seen) == ([], [unadopted, unadopted, unadopted, []])
    assert night.ledger.rows[FIRST, 1].job_id == JOB
    assert night.service.asked_count == 1
    night.run_until_settled()
    assert len(night.service.requests) == 1


def test_a_job_that_the_service_does_not_know_is_lost_until_it_counts_as_vanished() -> None:
    night = submitted()
    del night.service.states[JOB]
    at_once = found(night)
    night.clock.advance(timedelta(hours=1))

    lost = [("lost_job", NAME)]
    assert [at_once, found(night), fixed(night)] == [[], lost, []]
    night.clock.advance(timedelta(hours=60))
    assert [found(night), fixed(night)] == [lost, lost]
    assert night.ledger.rows[FIRST, 1].status == "Vanished"
    assert found(night) == [("unfinished_intent", FIRST)]
    night.run_until_settled()
    assert found(night) == []


def test_an_ending_that_the_ledger_does_not_know_of_is_noted() -> None:
    night = submitted()
    night.end("Stopped")
    at_once = found(night)
    night.clock.advance(timedelta(hours=1))

    stale = [("stale_job", NAME)]
    assert [at_once, found(night), found_in_day(night), fixed(night), found(night)] == [[], stale, stale, stale, []]
    assert night.ledger.rows[FIRST, 1].status == "Stopped"


def test_a_job_that_was_given_up_and_runs_all_the_same_is_unknown() -> None:
    night = submitted()
    night.ledger.rows[FIRST, 1] = replace(night.ledger.rows[FIRST, 1], status=WITHDRAWN)

    assert found(night) == [("unknown_job", JOB)]


def test_a_fix_that_another_run_overtakes_is_no_error_and_left() -> None:
    night = unanswered_submission()
    night.clock.advance(timedelta(minutes=20))
    save_job = night.ledger.save_job

    def overtaken(job: object) -> object:
        night.ledger.rows[FIRST, 1] = replace(night.ledger.rows[FIRST, 1], version=9)
        return save_job(job)  # type: ignore[arg-type]

    night.ledger.save_job = overtaken  # type: ignore[method-assign,assignment]

    assert fixed(night) == []
