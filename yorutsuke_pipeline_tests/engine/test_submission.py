"""Each job is submitted exactly once, whatever the service answers."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

import pytest
from botocore.session import get_session

from yorutsuke_pipeline.engine.batch_job import PLANNED, SUBMITTING, WITHDRAWN
from yorutsuke_pipeline.engine.errors import (
    ConfigurationError,
    InDoubtError,
    ManifestChangedError,
    SubmissionRefusedError,
    ThrottledError,
    TransientError,
)
from yorutsuke_pipeline.engine.events import EventName
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.settings import load_settings
from yorutsuke_pipeline_tests.engine.interruptions import Calls
from yorutsuke_pipeline_tests.engine.invariants import READS, check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, POLICY, SECOND, Night, night_of
from yorutsuke_pipeline_tests.fakes.batch_service import CreateAnswer, FakeBatchService


def sealed(count: int = 3, *answers: CreateAnswer) -> Night:
    """Return a night whose manifest is sealed, and whose service answers the first Creates like that."""
    night = night_of(count)
    night.service = FakeBatchService(answers, clock=night.clock)
    night.stages().manifest.write(DAY)
    return night


def test_a_job_is_created_under_the_name_and_token_that_were_written_down() -> None:
    night = sealed()

    report = night.stages().submitter.submit(DAY)

    (request,) = night.service.requests.values()
    (job,) = report.jobs
    assert (request.job_name, request.client_request_token) == (job.job_name, job.client_request_token)
    assert request.input_uri == f"s3://receipts/batch-input/{FIRST}/part-0001.jsonl"
    assert request.output_uri == "s3://receipts/batch-output/"
    assert request.tags == (("workload", "receipts"), ("day", "2026-01-09"), ("intent", FIRST))
    assert (job.job_id, job.status) == ("job000000001", "Submitted")
    assert night.ledger.intents[FIRST].status is IntentStatus.SUBMITTED
    assert len(night.events.named(EventName.BATCH_SUBMITTED)) == 1


def test_the_tags_of_a_job_are_such_as_the_service_takes() -> None:
    night = sealed()
    night.policy = load_settings({}).policy()
    night.stages().submitter.submit(DAY)
    shapes = get_session().get_service_model("bedrock")

    (request,) = night.service.requests.values()

    keys, values = zip(*request.tags, strict=True)
    assert keys == ("application", "env", "workload", "day", "intent")
    for shape, texts in (("TagKey", keys), ("TagValue", values)):
        allowed = shapes.shape_for(shape).metadata
        for text in texts:
            assert re.fullmatch(allowed["pattern"], text)
            assert allowed["min"] <= len(text) <= allowed["max"]


def test_submitting_again_asks_nothing_and_changes_nothing() -> None:
    night = sealed()
    night.stages().submitter.submit(DAY)
    calls = Calls()

    report = night.stages(calls.watch).submitter.submit(DAY)

    assert [job.job_id for job in report.jobs] == ["job000000001"]
    assert {name for name in calls.names if name not in READS} == set()


def test_an_answer_lost_after_the_job_was_created_adopts_the_job() -> None:
    night = sealed(3, CreateAnswer.LOST)

    report = night.stages().submitter.submit(DAY)

    assert [job.job_id for job in report.jobs] == list(night.service.states)
    assert night.service.asked_count == 1


def test_a_doubt_without_a_job_is_passed_on_and_the_next_run_creates_it_once() -> None:
    night = sealed(3, CreateAnswer.IN_DOUBT)
    with pytest.raises(InDoubtError):
        night.stages().submitter.submit(DAY)

    night.stages().submitter.submit(DAY)

    assert len(night.service.requests) == 1


def test_nothing_is_submitted_while_the_look_up_fails() -> None:
    night = sealed(3, CreateAnswer.LOST)
    night.service.find_error = TransientError("listing is down")
    for _ in range(3):
        with pytest.raises(TransientError, match="listing is down"):
            night.stages().submitter.submit(DAY)
    assert night.service.asked_count == 1

    night.service.find_error = None
    night.stages().submitter.submit(DAY)

    assert night.service.asked_count == 1
    assert night.ledger.intents[FIRST].status is IntentStatus.SUBMITTED


def test_an_adopted_job_brings_what_the_service_says_of_it() -> None:
    night = sealed(3, CreateAnswer.LOST)
    night.service.find_error = TransientError("listing is down")
    with pytest.raises(TransientError):
        night.stages().submitter.submit(DAY)
    night.service.find_error = None
    night.service.end("job000000001", "Failed", message="too few records")

    (job,) = night.stages().submitter.submit(DAY).jobs

    assert (job.status, job.message, job.completed_at) == ("Failed", "too few records", night.clock.now())


def test_a_refusal_is_believed_only_once_the_service_knows_no_such_job() -> None:
    night = sealed(3, CreateAnswer.REFUSED)

    with pytest.raises(SubmissionRefusedError):
        night.stages().submitter.submit(DAY)

    assert night.ledger.rows[FIRST, 1].status == PLANNED
    assert night.ledger.intents[FIRST].status is IntentStatus.MANIFESTED


def test_a_refusal_because_the_job_exists_already_adopts_it() -> None:
    night = sealed()
    night.stages().submitter.submit(DAY)
    job = night.ledger.rows[FIRST, 1]
    night.ledger.rows[FIRST, 1] = replace(job, status=PLANNED, job_id=None, job_arn=None)
    night.ledger.intents[FIRST] = replace(night.ledger.intents[FIRST], status=IntentStatus.MANIFESTED)
    night.service._create_answers = [CreateAnswer.REFUSED]

    (adopted,) = night.stages().submitter.submit(DAY).jobs

    assert adopted.job_id == job.job_id
    assert len(night.service.requests) == 1


def test_a_model_mended_after_a_refusal_lets_the_day_go_on() -> None:
    night = sealed(3, CreateAnswer.REFUSED)
    with pytest.raises(SubmissionRefusedError):
        night.stages().submitter.submit(DAY)
    night.policy = replace(POLICY, model_id="amazon.nova-pro-v1:0")

    night.submit()

    (request,) = night.service.requests.values()
    assert request.model_id == "amazon.nova-pro-v1:0"


def test_jobs_beyond_the_quota_wait_and_are_submitted_later() -> None:
    night = sealed(8, CreateAnswer.CREATED, CreateAnswer.SLOTS_FULL)

    first = night.stages().submitter.submit(DAY)
    second = night.stages().submitter.submit(DAY)

    assert (first.waiting_for_slots, second.waiting_for_slots) == (1, 0)
    assert [intent.status for intent in first.intents] == [IntentStatus.MANIFESTED]
    assert [intent.status for intent in second.intents] == [IntentStatus.SUBMITTED]
    assert len(night.service.requests) == 2


def test_a_throttled_create_leaves_the_job_planned_for_the_next_run() -> None:
    night = sealed(3, CreateAnswer.THROTTLED)
    with pytest.raises(ThrottledError):
        night.stages().submitter.submit(DAY)
    assert night.ledger.rows[FIRST, 1].status == PLANNED

    night.stages().submitter.submit(DAY)

    assert len(night.service.requests) == 1


@pytest.mark.parametrize("count", [3, 2], ids=["batch", "on demand"])
@pytest.mark.parametrize("content", [b"something else\n", None])
def test_a_part_that_was_changed_or_is_gone_is_not_submitted(count: int, content: bytes | None) -> None:
    night = sealed(count)
    key = f"batch-input/{FIRST}/part-0001.jsonl"
    del night.objects.contents[key]
    if content is not None:
        night.objects.contents[key] = content

    with pytest.raises(ManifestChangedError, match=key):
        night.stages().submitter.submit(DAY)

    assert (night.service.asked_count, night.model.asked) == (0, [])


def test_a_day_whose_part_was_changed_is_written_anew() -> None:
    night = sealed()
    night.objects.contents[f"batch-input/{FIRST}/part-0001.jsonl"] = b"something else\n"

    night.run_until_settled()

    assert len(night.table.rows) == 3
    assert [request.input_uri for request in night.service.requests.values()] == [
        f"s3://receipts/batch-input/{SECOND}/part-0001.jsonl",
    ]


@pytest.mark.parametrize("answer", [CreateAnswer.THROTTLED, CreateAnswer.SLOTS_FULL])
def test_a_job_once_in_doubt_is_looked_for_again_also_after_a_create_that_certainly_failed(
    answer: CreateAnswer,
) -> None:
    night, calls = sealed(3, answer), Calls()
    night.ledger.rows[FIRST, 1] = replace(night.ledger.rows[FIRST, 1], status=SUBMITTING)
    with suppress(ThrottledError, ConfigurationError):
        night.stages().submitter.submit(DAY)

    night.stages(calls.watch).submitter.submit(DAY)

    assert calls.names.index("find") < calls.names.index("create")


def test_a_part_that_was_changed_after_another_job_went_out_is_withdrawn_and_its_records_are_asked_about_anew() -> None:
    night = sealed(8, CreateAnswer.CREATED, CreateAnswer.SLOTS_FULL)
    night.stages().submitter.submit(DAY)
    changed = f"batch-input/{FIRST}.job-002/part-0002.jsonl"
    night.objects.contents[changed] = b"something else\n"

    first, *_ = night.run_until_settled()

    check_settled(night)
    assert [(job.number, job.status) for job in first.archive.bad_endings] == [(2, WITHDRAWN)]
    assert changed in str(first.archive.bad_endings[0].message)
    assert first.results.endings == {"accepted": 4, "missing": 4}
    assert len(night.table.rows) == 8
    assert night.service.asked_count == 3


def test_a_row_that_says_submitting_is_never_created_before_the_service_was_asked_for_it() -> None:
    night = sealed()
    night.ledger.rows[FIRST, 1] = replace(night.ledger.rows[FIRST, 1], status=SUBMITTING)
    calls = Calls()

    night.stages(calls.watch).submitter.submit(DAY)

    assert calls.names.index("find") < calls.names.index("create")
