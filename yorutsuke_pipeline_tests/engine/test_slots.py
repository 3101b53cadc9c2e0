"""Slots: no more jobs are created than the service's own list leaves room for, and none is waited for in vain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from yorutsuke_pipeline.engine.batch_job import PLANNED, JobState
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline_tests.engine.interruptions import Calls
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, POLICY, Night, night_of, with_quotas
from yorutsuke_pipeline_tests.fakes.batch_service import CreateAnswer, FakeBatchService

NOVA_LITE = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


def sealed(count: int, running_jobs: int) -> Night:
    """Return a night of jobs of four records, sealed, in an account with so many slots."""
    night = night_of(count, policy=with_quotas(running_jobs=running_jobs))
    night.stages().manifest.write(DAY)
    return night


def put_foreign_job(
    night: Night, model_id: str | None = NOVA_LITE, status: str = "InProgress", *, hours: int = 1
) -> None:
    """Let the service have another job of the account."""
    job_id = f"foreign{len(night.service.states):05d}"
    begun = night.clock.now() - timedelta(hours=hours)
    arn = f"arn:aws:bedrock:us-east-1:000000000000:model-invocation-job/{job_id}"
    night.service.states[job_id] = JobState(
        job_id, arn, "others", "token", status, submitted_at=begun, model_id=model_id
    )


def test_as_many_jobs_are_created_as_the_list_leaves_slots_and_no_create_is_wasted() -> None:
    night = sealed(12, running_jobs=2)

    report = night.stages().submitter.submit(DAY)

    assert (night.service.asked_count, report.waiting_for_slots) == (2, 1)
    assert night.ledger.rows[FIRST, 3].status == PLANNED
    assert night.ledger.intents[FIRST].status is IntentStatus.MANIFESTED


def test_every_job_is_submitted_in_the_end_and_once() -> None:
    night = sealed(12, running_jobs=1)

    for _ in range(3):
        night.stages().submitter.submit(DAY)
        night.end_jobs()
    night.run_until_settled()

    check_settled(night)
    assert night.service.asked_count == 3


@pytest.mark.parametrize(
    ("model", "status", "is_free"),
    [
        (NOVA_LITE, "Submitted", False),
        (NOVA_LITE, "Stopping", False),
        (NOVA_LITE, "BrandNewStatus", False),
        ("arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.amazon.nova-lite-v1:0", "InProgress", False),
        (None, "InProgress", False),
        (NOVA_LITE, "Stopped", True),
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "InProgress", True),
    ],
)
def test_a_slot_is_taken_by_any_live_job_of_the_base_model(model: str | None, status: str, *, is_free: bool) -> None:
    night = sealed(3, running_jobs=1)
    put_foreign_job(night, model, status)

    report = night.stages().submitter.submit(DAY)

    assert report.waiting_for_slots == (0 if is_free else 1)


def test_a_job_that_has_waited_for_a_week_still_takes_its_slot() -> None:
    night = sealed(3, running_jobs=1)
    put_foreign_job(night, status="Scheduled", hours=7 * 24)

    assert night.stages().submitter.submit(DAY).waiting_for_slots == 1


def test_a_quota_of_zero_is_an_error_that_says_what_to_do() -> None:
    night = sealed(3, running_jobs=0)

    with pytest.raises(ConfigurationError, match="Ask for an increase"):
        night.stages().submitter.submit(DAY)

    assert (night.service.asked_count, night.ledger.rows[FIRST, 1].status) == (0, PLANNED)


def test_a_slot_denied_while_no_job_is_running_is_an_error_and_no_endless_wait() -> None:
    night = sealed(3, running_jobs=1)
    night.service = FakeBatchService([CreateAnswer.SLOTS_FULL], clock=night.clock)

    with pytest.raises(ConfigurationError, match="no job is running"):
        night.stages().submitter.submit(DAY)

    assert night.ledger.rows[FIRST, 1].status == PLANNED


def test_a_slot_that_somebody_quicker_took_is_waited_for_and_no_further_job_is_tried() -> None:
    night = sealed(12, running_jobs=100)
    night.service = FakeBatchService([CreateAnswer.SLOTS_FULL], clock=night.clock)
    put_foreign_job(night)

    report = night.stages().submitter.submit(DAY)

    assert (report.waiting_for_slots, night.service.asked_count) == (3, 1)


def test_what_goes_on_demand_needs_no_slot_and_no_list() -> None:
    night, calls = sealed(2, running_jobs=0), Calls()

    report = night.stages(calls.watch).submitter.submit(DAY)

    assert report.waiting_for_slots == 0
    assert "since" not in calls.names


def test_a_model_changed_meanwhile_is_given_the_slots_of_its_own() -> None:
    night = sealed(3, running_jobs=1)
    put_foreign_job(night)
    night.policy = replace(POLICY, model_id="amazon.nova-pro-v1:0", quotas=night.policy.quotas)

    night.submit()

    (request,) = night.service.requests.values()
    assert request.model_id == "amazon.nova-pro-v1:0"


def test_a_job_that_has_just_ended_may_still_be_counted_so_its_slot_is_waited_for() -> None:
    night = sealed(4, running_jobs=5)
    night.service = FakeBatchService([CreateAnswer.SLOTS_FULL] * 2, clock=night.clock)
    put_foreign_job(night, status="Completed")
    (job_id,) = night.service.states
    ended = replace(night.service.states[job_id], ended_at=night.clock.now() - timedelta(minutes=1))
    night.service.states[job_id] = ended

    assert night.stages().submitter.submit(DAY).waiting_for_slots == 1

    night.clock.advance(timedelta(hours=1))
    with pytest.raises(ConfigurationError, match="no job is running"):
        night.stages().submitter.submit(DAY)
