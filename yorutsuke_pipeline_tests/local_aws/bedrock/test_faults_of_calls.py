import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    HTTPClientError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from yorutsuke_pipeline_tests.local_aws.bedrock.caller import Aws


def hit(operation: str, kind: str, **more: object) -> dict[str, object]:
    return {"operation": operation, "kind": kind, **more}


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("throttle", "ThrottlingException", 429),
        ("internal_error", "InternalServerException", 500),
        ("unavailable", "ServiceUnavailableException", 503),
        ("access_denied", "AccessDeniedException", 403),
        ("validation", "ValidationException", 400),
        ("conflict", "ConflictException", 400),
        ("quota_exceeded", "ServiceQuotaExceededException", 400),
        ("not_found", "ResourceNotFoundException", 404),
        ("model_timeout", "ModelTimeoutException", 408),
    ],
)
def test_the_first_calls_of_an_operation_are_refused_and_then_no_more(
    aws: Aws, kind: str, code: str, status: int
) -> None:
    aws.set_faults(calls=[hit("ListModelInvocationJobs", kind, times=2)])

    for _ in range(2):
        with pytest.raises(ClientError) as caught:
            aws.bedrock.list_model_invocation_jobs()
        assert caught.value.response["Error"]["Code"] == code
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status

    assert aws.bedrock.list_model_invocation_jobs()["invocationJobSummaries"] is not None


def test_only_the_nth_call_is_hit_and_other_operations_are_not(aws: Aws) -> None:
    aws.set_faults(calls=[hit("ListModelInvocationJobs", "throttle", skip=1, message="slowly")])

    aws.bedrock.list_model_invocation_jobs()
    aws.create("unharmed", "in/")
    with pytest.raises(ClientError, match="slowly"):
        aws.bedrock.list_model_invocation_jobs()


def test_boto3s_own_retry_gets_through_a_throttled_create(aws: Aws) -> None:
    aws.set_faults(calls=[hit("CreateModelInvocationJob", "throttle", times=1)])

    answer = aws.client("bedrock", attempts=3).create_model_invocation_job(**aws.request("patient", "in/"))

    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


@pytest.mark.parametrize("kind", ["internal_error", "disconnect"])
def test_an_answer_lost_after_its_effect_leaves_a_job_that_the_same_token_finds(aws: Aws, kind: str) -> None:
    name = f"lost-{kind.replace('_', '-')}"
    aws.set_faults(calls=[hit("CreateModelInvocationJob", kind, after_effect=True)])
    request = aws.request(name, "in/", clientRequestToken=f"token-{name}")

    with pytest.raises((ClientError, HTTPClientError, ResponseStreamingError)):
        aws.bedrock.create_model_invocation_job(**request)

    (made,) = aws.bedrock.list_model_invocation_jobs(nameContains=name)["invocationJobSummaries"]
    assert made["clientRequestToken"] == f"token-{name}"
    assert aws.bedrock.create_model_invocation_job(**request)["jobArn"] == made["jobArn"]


def test_a_connection_that_breaks_before_the_effect_leaves_no_job(aws: Aws) -> None:
    aws.set_faults(calls=[hit("CreateModelInvocationJob", "disconnect")])

    with pytest.raises((ConnectionClosedError, HTTPClientError, ResponseStreamingError)):
        aws.create("never-made", "in/")

    assert aws.bedrock.list_model_invocation_jobs(nameContains="never-made")["invocationJobSummaries"] == []


def test_a_call_that_hangs_ends_with_the_clients_own_timeout(aws: Aws) -> None:
    aws.set_faults(calls=[hit("ListModelInvocationJobs", "hang")])

    with pytest.raises(ReadTimeoutError):
        aws.client("bedrock", read_timeout=0.2).list_model_invocation_jobs()

    assert aws.bedrock.list_model_invocation_jobs()["ResponseMetadata"]["HTTPStatusCode"] == 200
