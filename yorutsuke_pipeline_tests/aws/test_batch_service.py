"""Bedrock's control plane behind the adapter, over a scripted wire: what each answer says of the job."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from yorutsuke_pipeline.aws.batch_service import BedrockBatchService
from yorutsuke_pipeline.aws.clients import AwsClients
from yorutsuke_pipeline.engine.batch_job import JobRequest
from yorutsuke_pipeline.engine.errors import (
    ConfigurationError,
    InDoubtError,
    PermanentError,
    SlotsFullError,
    SubmissionRefusedError,
    ThrottledError,
    TransientError,
)
from yorutsuke_pipeline_tests.aws.wire import IMPATIENT, UNHURRIED, URL, Wire, answer, closed, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSResponse

    from yorutsuke_pipeline.aws.patience import Patience

ARN = "arn:aws:bedrock:us-east-1:000000000000:model-invocation-job/abcdefghijkl"
REQUEST = JobRequest(
    job_name="receipts-2026-01-09-001-001",
    client_request_token="f" * 64,
    model_id="amazon.nova-lite-v1:0",
    role_arn="arn:aws:iam::000000000000:role/batch",
    input_uri="s3://receipts/batch-input/receipts-2026-01-09-001/part-0001.jsonl",
    output_uri="s3://receipts/batch-output/",
    timeout_hours=24,
    tags=(("env", "dev"),),
)


Made = tuple[BedrockBatchService, Wire]


@pytest.fixture(scope="module")
def clients() -> AwsClients:
    return AwsClients("us-east-1", URL, placeholder_credentials=True)


@pytest.fixture
def service(clients: AwsClients) -> Iterator[Callable[..., Made]]:
    with ExitStack() as attached:

        def make(*answers: AWSResponse | Exception, patience: Patience = UNHURRIED) -> Made:
            wire = attached.enter_context(Wire(list(answers)).attached(clients.bedrock))
            return BedrockBatchService(clients.bedrock, patience), wire

        yield make


def summary(**others: Any) -> dict[str, Any]:  # noqa: ANN401 — any JSON
    told = {"jobArn": ARN, "jobName": REQUEST.job_name, "clientRequestToken": REQUEST.client_request_token}
    return {**told, **others}


def test_a_job_is_created_with_all_that_was_written_down(service: Callable[..., Made]) -> None:
    bedrock, wire = service(answer({"jobArn": ARN}))

    assert bedrock.create(REQUEST) == ARN

    assert wire.bodies() == [
        {
            "jobName": REQUEST.job_name,
            "clientRequestToken": REQUEST.client_request_token,
            "modelId": REQUEST.model_id,
            "roleArn": REQUEST.role_arn,
            "inputDataConfig": {"s3InputDataConfig": {"s3InputFormat": "JSONL", "s3Uri": REQUEST.input_uri}},
            "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": REQUEST.output_uri}},
            "timeoutDurationInHours": 24,
            "tags": [{"key": "env", "value": "dev"}],
        },
    ]


@pytest.mark.parametrize(
    "fault",
    [
        refusal("InternalServerException", 500),
        refusal("ServiceUnavailable", 503),
        refusal("ConflictException"),
        closed(),
        ReadTimeoutError(endpoint_url=URL),
        ConnectTimeoutError(endpoint_url=URL),
    ],
)
def test_what_may_have_taken_effect_is_a_doubt_and_is_not_asked_again(
    service: Callable[..., Made], fault: AWSResponse | Exception
) -> None:
    bedrock, wire = service(fault)

    with pytest.raises(InDoubtError, match=REQUEST.job_name):
        bedrock.create(REQUEST)

    assert len(wire.requests) == 1


def test_a_throttled_create_is_tried_again_with_the_same_token(service: Callable[..., Made]) -> None:
    bedrock, wire = service(refusal("ThrottlingException", 429), answer({"jobArn": ARN}))

    assert bedrock.create(REQUEST) == ARN

    assert [body["clientRequestToken"] for body in wire.bodies()] == [REQUEST.client_request_token] * 2


def test_throttling_beyond_patience_is_without_effect(service: Callable[..., Made]) -> None:
    bedrock, _ = service(refusal("ThrottlingException", 429), patience=IMPATIENT)

    with pytest.raises(ThrottledError):
        bedrock.create(REQUEST)


def test_a_throttle_after_a_repeated_try_is_a_doubt(service: Callable[..., Made], clients: AwsClients) -> None:
    # A client that repeats by itself: its first try may have made the job.
    bedrock, _ = service(refusal("InternalServerException", 500), refusal("ServiceQuotaExceededException"))
    repeat: Any = lambda attempts, **_: 0.0 if attempts == 1 else None  # noqa: E731 — botocore's hook, in one line
    clients.bedrock.meta.events.register_first("needs-retry", repeat)

    with pytest.raises(InDoubtError):
        bedrock.create(REQUEST)

    clients.bedrock.meta.events.unregister("needs-retry", repeat)


def test_a_full_quota_is_waited_out_elsewhere(service: Callable[..., Made]) -> None:
    bedrock, wire = service(refusal("ServiceQuotaExceededException"))

    with pytest.raises(SlotsFullError):
        bedrock.create(REQUEST)

    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("code", "status", "named"),
    [
        ("AccessDeniedException", 403, "YORUTSUKE_ROLE_ARN"),
        ("ResourceNotFoundException", 404, "YORUTSUKE_MODEL_ID"),
        ("ValidationException", 400, "YORUTSUKE_MODEL_ID"),
    ],
)
def test_a_refusal_says_what_to_change(service: Callable[..., Made], code: str, status: int, named: str) -> None:
    bedrock, _ = service(refusal(code, status, "the service's own words"))

    with pytest.raises(SubmissionRefusedError, match=named) as caught:
        bedrock.create(REQUEST)

    assert "the service's own words" in str(caught.value)


def test_expired_credentials_are_a_matter_of_configuration(service: Callable[..., Made]) -> None:
    bedrock, _ = service(refusal("ExpiredTokenException", 403))

    with pytest.raises(ConfigurationError, match="AWS_PROFILE"):
        bedrock.create(REQUEST)


def test_a_job_is_found_by_name_and_token_beyond_the_first_page(service: Callable[..., Made]) -> None:
    others = [summary(jobName=REQUEST.job_name + "-b"), summary(clientRequestToken="0" * 64)]
    bedrock, wire = service(
        answer({"invocationJobSummaries": others, "nextToken": "more"}),
        answer({"invocationJobSummaries": [summary(status="InProgress")]}),
    )

    found = bedrock.find(REQUEST.job_name, REQUEST.client_request_token)

    assert found is not None
    assert (found.job_id, found.status) == ("abcdefghijkl", "InProgress")
    assert f"nameContains={REQUEST.job_name}" in wire.requests[0].url


def test_a_job_of_another_token_is_not_ours(service: Callable[..., Made]) -> None:
    bedrock, _ = service(answer({"invocationJobSummaries": [summary(clientRequestToken="0" * 64)]}))

    assert bedrock.find(REQUEST.job_name, REQUEST.client_request_token) is None


def test_a_job_of_that_name_without_a_token_is_taken_for_ours(service: Callable[..., Made]) -> None:
    silent = {"jobArn": ARN, "jobName": REQUEST.job_name}
    bedrock, _ = service(answer({"invocationJobSummaries": [silent]}))

    assert bedrock.find(REQUEST.job_name, REQUEST.client_request_token) is not None


def test_a_look_up_that_fails_is_never_an_answer(service: Callable[..., Made]) -> None:
    bedrock, _ = service(refusal("InternalServerException", 500), patience=IMPATIENT)

    with pytest.raises(TransientError):
        bedrock.find(REQUEST.job_name, REQUEST.client_request_token)


def test_a_state_is_read_whole(service: Callable[..., Made]) -> None:
    whole = summary(
        status="PartiallyCompleted",
        message="3 records failed",
        submitTime="2026-01-09T17:00:00Z",
        endTime="2026-01-09T18:00:00Z",
        totalRecordCount=120,
        processedRecordCount=120,
        successRecordCount=117,
        errorRecordCount=3,
    )
    bedrock, _ = service(answer(whole))

    state = bedrock.get("abcdefghijkl")

    assert state is not None
    assert state.submitted_at == datetime(2026, 1, 9, 17, tzinfo=timezone.utc)
    assert state.ended_at == datetime(2026, 1, 9, 18, tzinfo=timezone.utc)
    assert (state.total_count, state.success_count, state.error_count) == (120, 117, 3)
    assert state.message == "3 records failed"
    assert state.has_ended


def test_all_but_the_arn_may_be_absent(service: Callable[..., Made]) -> None:
    bedrock, _ = service(answer({"jobArn": ARN}))

    state = bedrock.get("abcdefghijkl")

    assert state is not None
    assert (state.message, state.ended_at, state.total_count) == (None, None, None)
    assert not state.has_ended


def test_a_job_that_the_service_does_not_know_is_none(service: Callable[..., Made]) -> None:
    bedrock, _ = service(refusal("ResourceNotFoundException", 404))

    assert bedrock.get("abcdefghijkl") is None


def test_a_look_at_a_job_outlasts_a_bad_moment(service: Callable[..., Made]) -> None:
    bedrock, _ = service(refusal("ThrottlingException", 429), closed(), answer(summary(status="Completed")))

    state = bedrock.get("abcdefghijkl")

    assert state is not None
    assert state.status == "Completed"


def test_recent_jobs_are_listed_a_thousand_a_page(service: Callable[..., Made]) -> None:
    bedrock, wire = service(
        answer({"invocationJobSummaries": [summary()], "nextToken": "more"}),
        answer({"invocationJobSummaries": [summary(status="Failed")]}),
    )
    moment = datetime(2026, 1, 9, tzinfo=timezone(timedelta(hours=9)))

    states = list(bedrock.since(moment))

    assert [state.status for state in states] == ["Unknown", "Failed"]
    assert "maxResults=1000" in wire.requests[0].url
    assert "submitTimeAfter=2026-01-08T15" in wire.requests[0].url


@pytest.mark.parametrize("code", ["ConflictException", "ValidationException"])
def test_a_refusal_to_stop_a_job_that_has_ended_is_its_ending(service: Callable[..., Made], code: str) -> None:
    bedrock, _ = service(refusal(code), answer(summary(status="Completed")))

    state = bedrock.stop("abcdefghijkl")

    assert state is not None
    assert state.status == "Completed"


def test_a_refusal_to_stop_a_job_that_runs_is_an_error(service: Callable[..., Made]) -> None:
    bedrock, _ = service(refusal("ConflictException"), answer(summary(status="InProgress")))

    with pytest.raises(PermanentError, match="could not stop job abcdefghijkl"):
        bedrock.stop("abcdefghijkl")


def test_a_stop_that_is_throttled_is_asked_for_again(service: Callable[..., Made]) -> None:
    bedrock, wire = service(refusal("ThrottlingException", 429), answer({}), answer(summary(status="Stopping")))

    state = bedrock.stop("abcdefghijkl")

    assert state is not None
    assert (state.status, len(wire.requests)) == ("Stopping", 3)


def test_who_may_not_stop_jobs_is_told_so(service: Callable[..., Made]) -> None:
    bedrock, _ = service(refusal("AccessDeniedException", 403))

    with pytest.raises(ConfigurationError, match="stop job abcdefghijkl"):
        bedrock.stop("abcdefghijkl")
