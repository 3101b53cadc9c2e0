"""Stopping jobs: what is at the service is stopped there, what would follow it is withdrawn, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yorutsuke_pipeline.engine.batch_job import SUBMITTING, WITHDRAWN
from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.events import EventName
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.stopping import StopOutcome, Stopper
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of
from yorutsuke_pipeline_tests.engine.test_switch import PAUSE
from yorutsuke_pipeline_tests.fakes.batch_service import CreateAnswer, FakeBatchService


def stopper(night: Night) -> Stopper:
    return Stopper(("receipts", "receipts-trial"), night.ledger, night.service, night.clock, night.events)


def submitted(count: int = 3, *answers: CreateAnswer) -> Night:
    night = night_of(count)
    night.service = FakeBatchService(answers, clock=night.clock)
    night.submit()
    return night


@pytest.mark.parametrize("name", [FIRST, f"{FIRST}-001-dev", "job000000001"], ids=["intent", "job's name", "job's id"])
def test_a_job_is_stopped_by_any_of_its_names(name: str) -> None:
    night = submitted()

    stops = stopper(night).stop(stopper(night).named(name))

    assert [stop.outcome for stop in stops] == [StopOutcome.STOPPING]
    assert night.service.states["job000000001"].status == "Stopping"


def test_what_a_stopped_job_answered_is_kept_and_the_rest_goes_back_in_line() -> None:
    night = submitted()
    stopper(night).stop(stopper(night).of_day(DAY))
    night.service.complete("job000000001", night.objects, night.say)
    kept = night.output("job000000001")[:1]
    night.end("Stopped", kept)

    night.run()

    assert len(night.table.rows) == 1
    assert [row["status"] for row in night.pending.rows.values()].count("pending") == 2


def test_all_open_jobs_of_a_day_are_stopped() -> None:
    night = submitted(8)

    stops = stopper(night).stop(stopper(night).of_day(DAY))

    assert [stop.outcome for stop in stops] == [StopOutcome.STOPPING, StopOutcome.STOPPING]
    assert {state.status for state in night.service.states.values()} == {"Stopping"}


def test_a_job_that_waits_for_a_slot_is_withdrawn_with_those_that_run_and_its_records_are_asked_about_again() -> None:
    night = submitted(8, CreateAnswer.CREATED, CreateAnswer.SLOTS_FULL)

    stops = stopper(night).stop(stopper(night).of_day(DAY))
    waiting = night.stages().submitter.submit(DAY)
    night.end("Stopped")
    night.run_until_settled()

    assert [(stop.job.number, stop.outcome) for stop in stops] == [
        (2, StopOutcome.WITHDRAWN),
        (1, StopOutcome.STOPPING),
    ]
    assert night.ledger.rows[FIRST, 2].status == WITHDRAWN
    assert (waiting.jobs[1].status, waiting.waiting_for_slots) == (WITHDRAWN, 0)
    check_settled(night)
    assert len(night.table.rows) == 8


def test_answers_of_an_intent_whose_rest_was_withdrawn_are_read_also_while_paused() -> None:
    night = submitted(8, CreateAnswer.CREATED, CreateAnswer.SLOTS_FULL)
    night.switch.pause(PAUSE)
    night.end_jobs()

    stopper(night).stop(stopper(night).of_day(DAY))

    assert night.ledger.intents[FIRST].status is IntentStatus.SUBMITTED
    assert len(night.run().raw_output.collected) == 1
    assert len(night.table.rows) == 4


def test_an_intent_whose_rest_was_withdrawn_tells_that_it_is_submitted_as_one_whose_last_job_was_created() -> None:
    night = submitted(8, CreateAnswer.CREATED, CreateAnswer.SLOTS_FULL)

    stopper(night).stop(stopper(night).of_day(DAY))
    night.stages().submitter.submit(DAY)

    (event,) = night.events.named(EventName.BATCH_SUBMITTED)
    assert (event.intent_id, dict(event.facts)) == (FIRST, {"jobs": 2, "records": 8})


def test_of_an_intent_that_is_not_submitted_nothing_is_stopped_or_withdrawn() -> None:
    night = night_of(3)
    night.stages().manifest.write(DAY)

    (stop,) = stopper(night).stop(stopper(night).of_day(DAY))

    assert stop.outcome is StopOutcome.LEFT
    assert "yorutsuke pause" in stop.reason
    assert night.ledger.rows[FIRST, 1].awaits_submission


def test_a_job_that_nobody_knows_of_for_sure_is_left_alone() -> None:
    night = submitted()
    night.ledger.rows[FIRST, 1] = replace(night.ledger.rows[FIRST, 1], status=SUBMITTING, job_id=None)

    (stop,) = stopper(night).stop(stopper(night).of_day(DAY))

    assert stop.outcome is StopOutcome.LEFT
    assert "submit_batch" in stop.reason


def test_a_job_that_ended_meanwhile_is_told_with_its_ending() -> None:
    night = submitted()
    meant = stopper(night).of_day(DAY)
    night.end_jobs()

    (stop,) = stopper(night).stop(meant)

    assert (stop.outcome, stop.reason) == (StopOutcome.ENDED, "it had ended already: Completed")


def test_a_job_that_the_service_does_not_know_is_told() -> None:
    night = submitted()
    meant = stopper(night).of_day(DAY)
    night.service.states.clear()

    (stop,) = stopper(night).stop(meant)

    assert stop.outcome is StopOutcome.LEFT
    assert "AWS_REGION" in stop.reason


def test_a_name_that_is_no_job_and_no_intent_is_refused() -> None:
    with pytest.raises(PermanentError, match="no job or intent 'job00000000x' is known"):
        stopper(submitted()).named("job00000000x")


def test_a_job_of_a_closed_intent_is_refused_with_how_it_ended() -> None:
    night = submitted()
    night.run()

    with pytest.raises(PermanentError, match="had ended already: Completed"):
        stopper(night).named("job000000001")
    with pytest.raises(PermanentError, match="it is closed"):
        stopper(night).named(FIRST)


def test_a_job_that_no_open_intent_has_is_not_touched_and_the_command_that_ends_it_is_named() -> None:
    night = submitted()
    job_id = "job00000000y"
    night.service.states[job_id] = replace(night.service.states["job000000001"], job_id=job_id)

    with pytest.raises(PermanentError, match=f"stop-model-invocation-job --job-identifier {job_id}"):
        stopper(night).named(job_id)
    assert night.service.states[job_id].status == "Submitted"
