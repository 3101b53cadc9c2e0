"""Calls that are refused in the service's own words, and have no effect."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault, FaultKind
from yorutsuke_pipeline.local_aws.fault_proxy.refusal import error_form, refusal
from yorutsuke_pipeline_tests.local_aws.fault_proxy.conftest import item

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.local_aws.fault_proxy.conftest import Wire


def refused(wire: Wire, service: str, method: str, **parameters: Any) -> tuple[str, int]:  # noqa: ANN401 — of any call
    """Return the code and status that botocore understood."""
    with pytest.raises(ClientError) as error:
        getattr(wire.client(service), method)(**parameters)
    answer: Any = error.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("throttle", "ProvisionedThroughputExceededException", 400),
        ("server_error", "InternalServerError", 500),
        ("access_denied", "AccessDeniedException", 400),
        ("expired_token", "ExpiredTokenException", 400),
        ("clock_skew", "InvalidSignatureException", 400),
    ],
)
def test_dynamodb_refuses_in_json_and_writes_nothing(wire: Wire, key: str, kind: str, code: str, status: int) -> None:
    wire.fail("PutItem", kind)

    assert refused(wire, "dynamodb", "put_item", **item(key)) == (code, status)
    assert wire.item(key) is None


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("throttle", "SlowDown", 503),
        ("server_error", "InternalError", 500),
        ("access_denied", "AccessDenied", 403),
        ("expired_token", "ExpiredToken", 400),
        ("clock_skew", "RequestTimeTooSkewed", 403),
    ],
)
def test_s3_refuses_in_xml_before_the_body_is_sent_and_writes_nothing(
    wire: Wire, key: str, kind: str, code: str, status: int
) -> None:
    wire.fail("PutObject", kind)

    assert refused(wire, "s3", "put_object", Bucket=wire.bucket, Key=key, Body=b"a" * 100_000) == (code, status)
    assert not wire.is_object(key)


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("throttle", "ThrottlingException", 429),
        ("server_error", "InternalServerException", 500),
        ("access_denied", "AccessDeniedException", 403),
        ("expired_token", "ExpiredTokenException", 403),
        ("clock_skew", "InvalidSignatureException", 403),
    ],
)
def test_bedrock_refuses_with_the_code_in_a_header(wire: Wire, kind: str, code: str, status: int) -> None:
    wire.fail("bedrock:*", kind)

    assert refused(wire, "bedrock", "list_model_invocation_jobs") == (code, status)


@pytest.mark.parametrize(
    ("service", "method", "parameters", "answer"),
    [
        ("sqs", "list_queues", {}, ("ThrottlingException", 400)),
        ("cloudformation", "describe_stacks", {}, ("Throttling", 400)),
        ("bedrock-runtime", "invoke_model", {"modelId": "m", "body": b"{}"}, ("ThrottlingException", 429)),
    ],
)
def test_any_other_service_is_throttled_in_its_own_protocol(
    wire: Wire, service: str, method: str, parameters: dict[str, Any], answer: tuple[str, int]
) -> None:
    wire.fail("*", "throttle")

    assert refused(wire, service, method, **parameters) == answer


def test_the_answer_to_head_has_no_body_so_its_status_is_all_that_is_known(wire: Wire, key: str) -> None:
    wire.fail("HeadObject", "throttle")

    assert refused(wire, "s3", "head_object", Bucket=wire.bucket, Key=key) == ("503", 503)


def test_any_code_and_status_can_be_answered(wire: Wire, key: str) -> None:
    wire.fail("*", "error", code="TransactionConflictException", status=409)

    assert refused(wire, "dynamodb", "put_item", **item(key)) == ("TransactionConflictException", 409)


def test_a_kind_can_be_given_another_code(wire: Wire, key: str) -> None:
    wire.fail("PutItem", "throttle", code="ThrottlingException")

    assert refused(wire, "dynamodb", "put_item", **item(key)) == ("ThrottlingException", 400)


def test_botocore_tries_again_and_each_try_is_a_call_of_its_own(wire: Wire, key: str) -> None:
    wire.fail("PutItem", "throttle", times=2)

    wire.client("dynamodb", attempts=5).put_item(**item(key))

    assert wire.names() == ["dynamodb:PutItem"] * 3
    assert [call.number for call in wire.proxy.calls] == [1, 2, 3]
    assert wire.item(key) is not None


def test_a_connection_serves_on_after_a_refusal(wire: Wire, key: str) -> None:
    wire.fail("PutItem", "throttle")
    refused(wire, "dynamodb", "put_item", **item(key))

    wire.client("dynamodb").put_item(**item(key))

    assert len({call.connection for call in wire.proxy.calls}) == 1


@pytest.mark.parametrize("kind", ["throttle", "server_error", "access_denied", "expired_token", "clock_skew", "error"])
@pytest.mark.parametrize("service", ["s3", "dynamodb", "sqs", "bedrock", "iam"])
def test_every_service_has_words_for_every_refusal(kind: str, service: str) -> None:
    headers = {"dynamodb": {"x-amz-target": "a"}, "sqs": {"x-amz-target": "a"}}.get(service, {})
    if service == "iam":
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    fault = Fault(kind=FaultKind(kind), code="Odd" if kind == "error" else None)

    answer = refusal(fault, error_form(service, headers))

    assert answer.status >= HTTPStatus.BAD_REQUEST
    assert b"exceeded" not in answer.body or kind == "throttle"
    assert str(len(answer.body)) == dict(answer.headers)["content-length"]
