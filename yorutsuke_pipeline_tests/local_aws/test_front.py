from __future__ import annotations

import asyncio
import http.client
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError

from yorutsuke_pipeline.local_aws.endpoint import client_environment, is_alive
from yorutsuke_pipeline.local_aws.front import Front
from yorutsuke_pipeline_tests.local_aws.clients import client
from yorutsuke_pipeline_tests.local_aws.quiet_bedrock import QuietBedrock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yorutsuke_pipeline.local_aws.emulator import Message, Receive, Scope, Send
    from yorutsuke_pipeline.local_aws.endpoint import Endpoint


def test_an_unmodified_client_needs_only_the_environment(
    embedded_aws: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in client_environment(embedded_aws).items():
        monkeypatch.setenv(name, value)
    session = boto3.Session()

    assert session.client("sts").get_caller_identity()["Account"] == embedded_aws.account_id
    assert "invocationJobSummaries" in session.client("bedrock").list_model_invocation_jobs()
    session.client("s3").head_bucket(Bucket=embedded_aws.outputs["ReceiptsBucketName"])


def test_a_bucket_named_like_a_bedrock_path_is_still_a_bucket(embedded_aws: Endpoint) -> None:
    s3 = client(embedded_aws, "s3")
    s3.create_bucket(Bucket="model")

    s3.put_object(Bucket="model", Key="x/invoke", Body=b"a receipt")

    assert s3.get_object(Bucket="model", Key="x/invoke")["Body"].read() == b"a receipt"


def test_bodies_of_30_mb_ranges_and_preconditions_work_as_on_s3(embedded_aws: Endpoint) -> None:
    s3, bucket = client(embedded_aws, "s3"), embedded_aws.outputs["ReceiptsBucketName"]
    content = bytes(range(256)) * 120_000

    etag = s3.put_object(Bucket=bucket, Key="front/large", Body=content)["ETag"]
    part = s3.get_object(Bucket=bucket, Key="front/large", Range="bytes=30000000-30000009", IfMatch=etag)

    assert part["Body"].read() == content[30_000_000:30_000_010]
    assert part["ContentRange"] == "bytes 30000000-30000009/30720000"
    source = {"CopySource": f"{bucket}/front/large", "CopySourceIfMatch": '"other"'}
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.get_object(Bucket=bucket, Key="front/large", IfMatch='"other"')
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=bucket, Key="front/large", Body=b"", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.copy_object(Bucket=bucket, Key="front/copy", **source)


def test_64_clients_keep_their_connections(embedded_aws: Endpoint) -> None:
    bucket = embedded_aws.outputs["ReceiptsBucketName"]
    client(embedded_aws, "s3").put_object(Bucket=bucket, Key="front/small", Body=b"small")

    def read_five_times(_: int) -> set[tuple[int, bytes]]:
        connection = http.client.HTTPConnection("127.0.0.1", embedded_aws.port)
        connection.connect()
        socket = connection.sock
        answers = set()
        for _ in range(5):
            connection.request("GET", f"/{bucket}/front/small")
            response = connection.getresponse()
            answers.add((response.status, response.read()))
        kept = connection.sock is socket
        connection.close()
        assert kept
        return answers

    with ThreadPoolExecutor(64) as clients:
        answers = set().union(*clients.map(read_five_times, range(64)))

    assert answers == {(200, b"small")}


def test_only_who_knows_the_instance_may_stop_the_server(embedded_aws: Endpoint) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", embedded_aws.port)
    connection.request("POST", "/_yorutsuke/stop", headers={"x-yorutsuke-instance": "a guess"})
    response = connection.getresponse()
    response.read()
    connection.close()

    assert response.status == 403
    assert is_alive(embedded_aws)


def test_an_object_that_is_replaced_while_it_is_read_is_read_as_it_was(embedded_aws: Endpoint) -> None:
    s3, bucket = client(embedded_aws, "s3"), embedded_aws.outputs["ReceiptsBucketName"]
    s3.put_object(Bucket=bucket, Key="front/replaced", Body=b"1" * 20_000_000)
    body = s3.get_object(Bucket=bucket, Key="front/replaced")["Body"]
    beginning = body.read(10)

    s3.put_object(Bucket=bucket, Key="front/replaced", Body=b"2" * 20_000_000)

    assert beginning + body.read() == b"1" * 20_000_000
    assert s3.get_object(Bucket=bucket, Key="front/replaced")["Body"].read() == b"2" * 20_000_000


def test_a_large_object_comes_with_the_same_headers_as_a_small_one(embedded_aws: Endpoint) -> None:
    s3, bucket = client(embedded_aws, "s3"), embedded_aws.outputs["ReceiptsBucketName"]

    def header_names(size: int, **asked: str) -> set[str]:
        s3.put_object(Bucket=bucket, Key=f"front/{size}", Body=bytes(size), Metadata={"of": "ours"})
        answer = s3.get_object(Bucket=bucket, Key=f"front/{size}", **asked)
        assert answer["Body"].read() == bytes(answer["ContentLength"])
        return set(answer["ResponseMetadata"]["HTTPHeaders"])

    assert header_names(5_000_000) == header_names(5_000)
    assert header_names(5_000_000, Range="bytes=7-99") == header_names(5_000, Range="bytes=7-99")


class Rest:
    """Stands in for MiniStack, and notes which requests reached it."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.reached.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})


async def ask(front: Front, path: str, *, user_agent: str = "boto3") -> int:
    """The status of the answer."""
    statuses = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        statuses.append(message.get("status"))

    headers = [(b"user-agent", user_agent.encode())]
    await front({"type": "http", "method": "GET", "path": path, "headers": headers}, receive, send)
    return int(statuses[0] or 0)


def a_front(rest: Rest) -> Front:
    async def send_event(_: Mapping[str, object]) -> None: ...

    bedrock = QuietBedrock(
        state_dir=Path(), s3_endpoint=str, region="us-east-1", account_id="0" * 12, send_event=send_event
    )
    return Front(rest=rest, bedrock=bedrock, instance="i", identity={})


def test_clients_wait_until_the_account_is_provisioned_and_the_provisioning_does_not() -> None:
    async def scenario() -> tuple[list[str], list[str]]:
        rest = Rest()
        front = a_front(rest)
        early = asyncio.ensure_future(ask(front, "/early-client"))
        await ask(front, "/provisioning", user_agent=f"Boto3/1 {front.provisioning_agent}")
        before = list(rest.reached)
        front.ready.set()
        await early
        return before, rest.reached

    before, after = asyncio.run(scenario())

    assert before == ["/provisioning"]
    assert after == ["/provisioning", "/early-client"]


def test_bedrock_answers_503_while_the_server_stops_so_that_clients_try_again() -> None:
    async def scenario() -> int:
        front = a_front(Rest())
        front.ready.set()
        front.stop_asked.set()
        return await ask(front, "/model-invocation-jobs")

    assert asyncio.run(scenario()) == 503
