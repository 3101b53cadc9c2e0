"""Bedrock over a wire that misbehaves: one job, whatever became of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.batch_service import BedrockBatchService
from yorutsuke_pipeline.engine.batch_job import JobRequest
from yorutsuke_pipeline.engine.errors import (
    InDoubtError,
    SlotsFullError,
    SubmissionRefusedError,
    ThrottledError,
    TransientError,
)
from yorutsuke_pipeline_tests.aws.wire import IMPATIENT

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.aws.spoiled import Spoiled

CREATE = "CreateModelInvocationJob"
LIST = "ListModelInvocationJobs"


def job(spoiled: Spoiled, name: str) -> JobRequest:
    """Put a part and return the request for its job."""
    bucket, key = spoiled.straight.bucket, f"batch-input/{name}/part-0001.jsonl"
    spoiled.straight.clients.s3.put_object(Bucket=bucket, Key=key, Body=b"")
    return JobRequest(
        job_name=name,
        client_request_token=name * 3,
        model_id="amazon.nova-lite-v1:0",
        role_arn=spoiled.straight.role_arn,
        input_uri=f"s3://{bucket}/{key}",
        output_uri=f"s3://{bucket}/batch-output/",
        timeout_hours=24,
        tags=(),
    )


def jobs_named(spoiled: Spoiled, name: str) -> int:
    answer = spoiled.straight.clients.bedrock.list_model_invocation_jobs(nameContains=name)
    return len(answer["invocationJobSummaries"])


@pytest.mark.parametrize("kind", ["lost_answer", "truncated", "half_head", "timeout"])
def test_a_create_whose_answer_did_not_arrive_is_a_doubt_and_the_job_is_found(
    spoiled: Spoiled, name: str, kind: str
) -> None:
    request = job(spoiled, name)
    spoiled.spoil(CREATE, kind, **({"seconds": 0.01} if kind == "timeout" else {}))

    with pytest.raises(InDoubtError, match=name):
        spoiled.service.create(request)

    assert spoiled.tries(CREATE) == 1
    assert spoiled.service.find(name, request.client_request_token) is not None
    assert jobs_named(spoiled, name) == 1


@pytest.mark.parametrize("kind", ["reset", "server_error"])
def test_a_create_that_may_not_have_arrived_is_a_doubt_and_no_job_is_found(
    spoiled: Spoiled, name: str, kind: str
) -> None:
    request = job(spoiled, name)
    spoiled.spoil(CREATE, kind)

    with pytest.raises(InDoubtError, match=name):
        spoiled.service.create(request)

    assert spoiled.tries(CREATE) == 1
    assert spoiled.service.find(name, request.client_request_token) is None


def test_a_throttled_create_is_tried_again_and_makes_one_job(spoiled: Spoiled, name: str) -> None:
    spoiled.spoil(CREATE, "throttle", times=3)

    spoiled.service.create(job(spoiled, name))

    assert spoiled.tries(CREATE) == 4
    assert jobs_named(spoiled, name) == 1


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("ServiceQuotaExceededException", 400, SlotsFullError),
        ("ConflictException", 400, InDoubtError),
        ("AccessDeniedException", 403, SubmissionRefusedError),
        ("ResourceNotFoundException", 404, SubmissionRefusedError),
        ("ValidationException", 400, SubmissionRefusedError),
    ],
)
def test_a_refused_create_says_what_is_known_of_the_job(
    spoiled: Spoiled, name: str, code: str, status: int, error: type[Exception]
) -> None:
    spoiled.spoil(CREATE, "error", code=code, status=status)

    with pytest.raises(error, match=name):
        spoiled.service.create(job(spoiled, name))

    assert jobs_named(spoiled, name) == 0


@pytest.mark.parametrize("kind", ["server_error", "reset", "truncated", "half_head"])
def test_a_look_up_that_fails_for_ever_is_an_error_and_never_an_answer(spoiled: Spoiled, name: str, kind: str) -> None:
    spoiled.spoil(LIST, kind, times=None)

    with pytest.raises(TransientError, match=name):
        BedrockBatchService(spoiled.place.clients.bedrock, IMPATIENT).find(name, name)


def test_a_look_up_outlasts_a_bad_moment(spoiled: Spoiled, name: str) -> None:
    request = job(spoiled, name)
    spoiled.service.create(request)
    spoiled.spoil(LIST, "truncated", times=2)

    assert spoiled.service.find(name, request.client_request_token) is not None


def test_a_look_at_a_job_that_is_throttled_for_ever_says_so(spoiled: Spoiled, name: str) -> None:
    spoiled.spoil("GetModelInvocationJob", "throttle", times=None)

    with pytest.raises(ThrottledError, match=name):
        BedrockBatchService(spoiled.place.clients.bedrock, IMPATIENT).get(name)
