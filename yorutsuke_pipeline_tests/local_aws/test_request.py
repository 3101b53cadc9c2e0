from __future__ import annotations

import pytest

from yorutsuke_pipeline.local_aws.request import Effect, Request


def signed(service: str, **headers: str) -> dict[str, str]:
    scope = f"AWS4-HMAC-SHA256 Credential=KEY/20260109/us-east-1/{service}/aws4_request, SignedHeaders=host"
    return {"authorization": scope, **{name.replace("_", "-"): value for name, value in headers.items()}}


def request(method: str, path: str, headers: dict[str, str] | None = None, query: str = "") -> Request:
    return Request(method=method, path=path, query=query, headers=headers or {})


@pytest.mark.parametrize(
    ("asked", "is_for_bedrock"),
    [
        (request("POST", "/model-invocation-job", signed("bedrock")), True),
        (request("GET", "/anything", signed("bedrock")), True),
        (request("POST", "/", signed("servicequotas")), True),
        (request("GET", "/model/x/invoke", signed("s3")), False),
        (request("GET", "/model-invocation-job", signed("s3")), False),
        (request("GET", "/model-invocation-jobs", {"authorization": "Bearer key"}), True),
        (request("GET", "/model-invocation-job/abc"), True),
        (request("POST", "/model/arn:aws:bedrock:us-east-1:1:inference-profile/us.x/converse"), True),
        (request("GET", "/model/receipt.jpg"), False),
        (request("GET", "/model-invocation-jobs-archive/x"), False),
        (request("GET", "/k", query="X-Amz-Credential=KEY%2F20260109%2Fus-east-1%2Fbedrock%2Faws4_request"), True),
        (request("PUT", "/_yorutsuke/bedrock/faults"), True),
        (request("GET", "/_yorutsuke/health"), False),
    ],
)
def test_bedrock_gets_what_is_signed_for_it_and_unsigned_paths_that_only_it_has(
    asked: Request, *, is_for_bedrock: bool
) -> None:
    assert asked.is_for_bedrock is is_for_bedrock


def target(name: str, service: str = "dynamodb") -> dict[str, str]:
    return signed(service, x_amz_target=name)


FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


@pytest.mark.parametrize(
    ("asked", "body", "effect"),
    [
        (request("POST", "/", target("DynamoDB_20120810.PutItem")), b"{}", Effect.ROWS),
        (request("POST", "/", target("DynamoDB_20120810.ExecuteTransaction")), b"{}", Effect.ROWS),
        (request("POST", "/", target("DynamoDB_20120810.ExecuteStatement")),
         b'{"Statement": "DELETE FROM t WHERE id = \'SELECT \'"}', Effect.ROWS),
        (request("POST", "/", target("DynamoDB_20120810.ExecuteStatement")), b"{}", Effect.ROWS),
        (request("POST", "/", target("DynamoDB_20120810.ExecuteStatement")),
         b'{"Statement": "SELECT * FROM t"}', Effect.NOTHING),
        (request("POST", "/", target("DynamoDB_20120810.Query")), b"{}", Effect.NOTHING),
        (request("POST", "/", target("DynamoDB_20120810.BatchGetItem")), b"{}", Effect.NOTHING),
        (request("POST", "/", target("DynamoDB_20120810.CreateTable")), b"{}", Effect.EVERYTHING),
        (request("POST", "/", target("AmazonSQS.ReceiveMessage", "sqs")), b"{}", Effect.SERVICE),
        (request("POST", "/", target("AmazonSQS.GetQueueUrl", "sqs")), b"{}", Effect.NOTHING),
        (request("POST", "/", signed("iam") | FORM), b"Action=CreateRole&RoleName=r", Effect.SERVICE),
        (request("POST", "/", signed("iam") | FORM), b"Action=GetRole&RoleName=r", Effect.NOTHING),
        (request("POST", "/", signed("cloudformation") | FORM), b"Action=CreateStack", Effect.EVERYTHING),
        (request("POST", "/", signed("cloudformation") | FORM), b"Action=DescribeStacks", Effect.NOTHING),
        (request("POST", "/service/GraniteServiceVersion20100801/operation/PutMetricData", signed("monitoring")),
         b"", Effect.TELEMETRY),
        (request("POST", "/2015-03-31/functions", signed("lambda")), b"{}", Effect.SERVICE),
        (request("GET", "/2015-03-31/functions", signed("lambda")), b"", Effect.NOTHING),
        (request("PUT", "/bucket", signed("s3")), b"", Effect.SERVICE),
        (request("PUT", "/bucket/", signed("s3"), "lifecycle"), b"", Effect.SERVICE),
        (request("PUT", "/bucket/key", signed("s3")), b"", Effect.OBJECTS),
        (request("POST", "/bucket", signed("s3"), "delete"), b"", Effect.OBJECTS),
        (request("GET", "/bucket/key", signed("s3")), b"", Effect.NOTHING),
        (request("PUT", "/bucket/key"), b"", Effect.OBJECTS),
        (request("POST", "/_ministack/reset"), b"", Effect.EVERYTHING),
    ],
)  # fmt: skip
def test_what_a_request_changes_is_told_from_its_wire_form(asked: Request, body: bytes, effect: Effect) -> None:
    assert asked.effect(body) is effect
