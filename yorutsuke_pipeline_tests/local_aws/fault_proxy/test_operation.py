"""Every call is named as botocore, which made it, would name it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from yorutsuke_pipeline.local_aws.bedrock.shapes import service_model
from yorutsuke_pipeline.local_aws.fault_proxy.operation import Operation, read_operation

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.model import Shape

# Operations that are the same on the wire as a newer one, or as one that is called more often.
TWINS = {
    "GetBucketLifecycle": "GetBucketLifecycleConfiguration",
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
    "ListDirectoryBuckets": "ListBuckets",
}
ANOTHER_SERVICES = {"WriteGetObjectResponse"}  # signed as s3-object-lambda
BEDROCK = ["CreateModelInvocationJob", "GetModelInvocationJob", "ListModelInvocationJobs", "StopModelInvocationJob"]
RUNTIME = ["InvokeModel", "Converse", "InvokeModelWithResponseStream", "ConverseStream"]


class HeardError(Exception):
    """It was said; no answer comes."""


class Ear:
    """A client's network: hears what is sent, and sends nothing."""

    def __init__(self, service: str) -> None:
        make: Any = boto3.client
        self.client = make(
            service,
            endpoint_url="http://127.0.0.1:1",
            region_name="us-east-1",
            aws_access_key_id="anyone",
            aws_secret_access_key="anything",
            config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
        )
        self.client.meta.events.register_first("before-send", self._hear)
        self.heard: list[Operation] = []

    def say(self, name: str, parameters: dict[str, Any]) -> Operation:
        """Call an operation, and return what it was read as."""
        with pytest.raises(HeardError):
            self.client._make_api_call(name, parameters)
        return self.heard[-1]

    def _hear(self, request: AWSPreparedRequest, **_: object) -> None:
        parts = urlsplit(request.url)
        given: dict[str, Any] = dict(request.headers.items())  # text or bytes
        headers = {name.lower(): value.decode() if isinstance(value, bytes) else value for name, value in given.items()}
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        body: Any = request.body or b""
        body = body.read() if hasattr(body, "read") else body
        sent = body.encode() if isinstance(body, str) else bytes(body)
        self.heard.append(read_operation(str(request.method), target, headers, sent))
        raise HeardError


def least(shape: Shape | None) -> Any:  # noqa: ANN401 — a value of any shape
    """Return the smallest value of a shape: what is required, and no more."""
    kind = shape.type_name if shape else "structure"
    if shape is None or kind == "structure":
        return {name: least(shape.members[name]) for name in shape.required_members} if shape else {}  # type: ignore[attr-defined]
    if kind in ("list", "map"):
        return [least(shape.member)] if kind == "list" else {"a": least(shape.value)}  # type: ignore[attr-defined]
    if kind == "string":
        return (getattr(shape, "enum", None) or ["a-bucket"])[0]
    return {"blob": b"a", "boolean": True, "timestamp": 0}.get(kind, 1)


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_every_operation_of_the_service_is_named_as_botocore_names_it(service: str) -> None:
    ear, model = Ear(service), service_model(service)
    wrong = {}

    for name in set(model.operation_names) - ANOTHER_SERVICES:
        heard = ear.say(name, least(model.operation_model(name).input_shape))
        if heard.name != TWINS.get(name, name) or heard.service != service:
            wrong[name] = heard

    assert wrong == {}


@pytest.mark.parametrize(("service", "names"), [("bedrock", BEDROCK), ("bedrock-runtime", RUNTIME)])
def test_the_batch_api_and_the_runtime_are_named_and_sign_as_bedrock(service: str, names: list[str]) -> None:
    ear, model = Ear(service), service_model(service)
    wrong = {}

    for name in names:
        heard = ear.say(name, least(model.operation_model(name).input_shape))
        if (heard.service, heard.name) != ("bedrock", name):
            wrong[name] = heard

    assert wrong == {}


@pytest.mark.parametrize(
    ("service", "name", "parameters", "heard"),
    [
        ("sqs", "SendMessage", {"QueueUrl": "http://q", "MessageBody": "b"}, "sqs:SendMessage"),
        ("sts", "GetCallerIdentity", {}, "sts:GetCallerIdentity"),
        ("cloudformation", "DescribeStacks", {}, "cloudformation:DescribeStacks"),
    ],
)
def test_other_services_are_named_by_their_protocol(
    service: str, name: str, parameters: dict[str, Any], heard: str
) -> None:
    assert str(Ear(service).say(name, parameters)) == heard


DYNAMODB = {"x-amz-target": "DynamoDB_20120810.Any"}
UNSIGNED: dict[str, str] = {}
ODD_KEY = "r%C3%A9%2Fa%20b"


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "subject"),
    [
        ("GET", f"/bucket/{ODD_KEY}", UNSIGNED, b"", "bucket/ré/a b"),
        ("GET", "/bucket/?list-type=2&prefix=secret", UNSIGNED, b"", "bucket"),
        ("POST", "/", DYNAMODB, b'{"TableName": "t", "Item": {"amount": {"N": "1"}}}', "t"),
        ("POST", "/", DYNAMODB, b'{"RequestItems": {"t": [], "u": []}}', "t,u"),
        (
            "POST",
            "/",
            DYNAMODB,
            b'{"TransactItems": [{"Put": {"TableName": "t"}}, {"Update": {"TableName": "u"}}]}',
            "t,u",
        ),
        ("POST", "/", DYNAMODB, b"\xff", ""),
        ("POST", "/", DYNAMODB, b"[1]", ""),
        ("POST", "/model-invocation-job", UNSIGNED, json.dumps({"jobName": "a-job"}).encode(), "a-job"),
        ("POST", "/model-invocation-job/an-id/stop", UNSIGNED, b"", "an-id"),
    ],
)
def test_the_subject_is_a_key_a_table_or_a_job_and_never_content(
    method: str, target: str, headers: dict[str, str], body: bytes, subject: str
) -> None:
    assert read_operation(method, target, headers, body).subject == subject


def test_a_call_that_nobody_knows_has_a_name_too() -> None:
    assert str(read_operation("PATCH", "/bucket/key", {}, b"")) == "s3:Unknown"
    assert str(read_operation("POST", "/bucket", {}, b"")) == "s3:PostObject"
    assert read_operation("POST", "/model-invocation-jobs", {}, b"").name == "Unknown"
