"""The comparison itself: what counts as allowed, and as used. A proof that cannot fail proves nothing."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from yorutsuke_pipeline_tests.security.permissions.need import Need
from yorutsuke_pipeline_tests.security.permissions.policies import forbidden, grants_of, unused
from yorutsuke_pipeline_tests.security.permissions.wire_needs import needs_of

BUCKET = "arn:aws:s3:::receipts"
READ_UPLOADS = Need("s3:GetObject", f"{BUCKET}/uploads/mai/a.png")
PASS_ROLE = Need(
    "iam:PassRole", "arn:aws:iam::1:role/batch", frozenset({("iam:PassedToService", "bedrock.amazonaws.com")})
)


def document(actions: Any, resources: Any, **others: Any) -> dict[str, Any]:  # noqa: ANN401 — IAM takes one or several
    return {"Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources, **others}]}


@pytest.mark.parametrize(
    ("actions", "resources", "is_allowed"),
    [
        ("s3:GetObject", f"{BUCKET}/uploads/*", True),
        (["s3:PutObject", "s3:Get*"], [BUCKET, f"{BUCKET}/*"], True),
        ("*", "*", True),
        ("s3:GetObject", f"{BUCKET}/uploads/mai/?.png", True),
        ("s3:GetObject", f"{BUCKET}/processed/*", False),
        ("s3:GetObject", BUCKET, False),
        ("s3:PutObject", f"{BUCKET}/uploads/*", False),
        ("s3:GetObject", f"{BUCKET}/uploads/[mai]*", False),
    ],
)
def test_a_call_is_allowed_by_its_action_on_its_resource(actions: Any, resources: Any, is_allowed: bool) -> None:  # noqa: ANN401, FBT001 — as above; a test's parameter
    told = forbidden([READ_UPLOADS], grants_of(document(actions, resources)))

    assert told == ([] if is_allowed else [str(READ_UPLOADS)])


def test_every_action_on_every_resource_of_a_statement_must_be_used() -> None:
    grants = list(
        grants_of(document(["s3:GetObject", "s3:PutObject"], [f"{BUCKET}/uploads/*", f"{BUCKET}/processed/*"]))
    )

    assert unused(grants, [READ_UPLOADS]) == [
        f"s3:GetObject on {BUCKET}/processed/*",
        f"s3:PutObject on {BUCKET}/processed/*",
        f"s3:PutObject on {BUCKET}/uploads/*",
    ]


@pytest.mark.parametrize(
    ("condition", "is_allowed"),
    [
        ({"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}, True),
        ({"StringLike": {"iam:PassedToService": ["ecs*", "bedrock.*"]}}, True),
        ({"StringEquals": {"iam:PassedToService": "bedrock.*"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/team": "night"}}, False),
    ],
)
def test_a_condition_must_hold_for_what_the_request_says(condition: dict[str, Any], is_allowed: bool) -> None:  # noqa: FBT001 — as above
    grants = list(grants_of(document("iam:PassRole", "*", Condition=condition)))

    assert (forbidden([PASS_ROLE], grants) == []) is is_allowed


def test_each_value_of_a_condition_must_be_used() -> None:
    condition = {"StringLike": {"s3:prefix": ["batch-output/*", "processed/*"]}}
    listing = Need("s3:ListBucket", BUCKET, frozenset({("s3:prefix", "processed/2026-01-09/")}))

    grants = list(grants_of(document("s3:ListBucket", BUCKET, Condition=condition)))

    assert forbidden([listing], grants) == []
    assert unused(grants, [listing]) == [f"s3:ListBucket on {BUCKET} if s3:prefix is 'batch-output/*'"]


def test_figures_under_another_name_than_the_policys_are_forbidden() -> None:
    grants = list(
        grants_of(
            document("cloudwatch:PutMetricData", "*", Condition={"StringEquals": {"cloudwatch:namespace": "Yorutsuke"}})
        )
    )
    needs = [
        Need("cloudwatch:PutMetricData", "*", frozenset({("cloudwatch:namespace", name)}))
        for name in ("Yorutsuke", "AWS/Bedrock")
    ]

    assert forbidden(needs, grants) == ["cloudwatch:PutMetricData on * with cloudwatch:namespace = 'AWS/Bedrock'"]


@pytest.mark.parametrize(("key", "is_allowed"), [("SWITCH#receipts", True), ("receipts-2026-01-09-001", False)])
def test_a_row_is_deleted_only_if_its_key_is_like_the_policys(key: str, is_allowed: bool) -> None:  # noqa: FBT001 — as above
    condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "SWITCH#*"}}
    grants = list(grants_of(document("dynamodb:DeleteItem", "*", Condition=condition)))
    need = Need("dynamodb:DeleteItem", "table", frozenset({("dynamodb:LeadingKeys", key)}))

    assert (forbidden([need], grants) == []) is is_allowed


def test_a_request_that_names_no_prefix_fails_a_condition_on_it() -> None:
    told_of_absence = Need("s3:ListBucket", BUCKET)
    condition = {"StringLike": {"s3:prefix": "*"}}

    assert forbidden([told_of_absence], grants_of(document("s3:ListBucket", BUCKET, Condition=condition))) != []


@pytest.mark.parametrize(
    "others",
    [
        {"Effect": "Deny"},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"NotAction": "s3:*", "Action": None},
    ],
)
def test_a_statement_that_is_not_understood_is_an_error(others: dict[str, Any]) -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **others}

    with pytest.raises(LookupError):
        list(grants_of({"Statement": [{name: value for name, value in statement.items() if value is not None}]}))


def request(url: str, body: str = "", **headers: str) -> AWSPreparedRequest:
    named = HTTPHeaders.from_dict({name.replace("_", "-"): value for name, value in headers.items()})
    return AWSPreparedRequest("POST", url, named, body.encode(), stream_output=False)


@pytest.mark.parametrize(
    ("service", "operation", "sent", "needed"),
    [
        (
            "s3",
            "CopyObject",
            request("http://aws/receipts/processed/a.png", x_amz_copy_source="receipts/uploads/%E5%A4%9C%20b.png"),
            {Need("s3:GetObject", f"{BUCKET}/uploads/夜 b.png"), Need("s3:PutObject", f"{BUCKET}/processed/a.png")},
        ),
        (
            "s3",
            "DeleteObjects",
            request("http://aws/receipts?delete", "<Delete><Object><Key>a</Key><ETag>e</ETag></Object></Delete>"),
            {Need("s3:DeleteObject", f"{BUCKET}/a"), Need("s3:GetObject", f"{BUCKET}/a")},
        ),
        (
            "s3",
            "ListObjectsV2",
            request("http://aws/receipts?list-type=2&prefix=batch-output%2Fabc%2F"),
            {Need("s3:ListBucket", BUCKET, frozenset({("s3:prefix", "batch-output/abc/")}))},
        ),
        (
            "dynamodb",
            "ExecuteStatement",
            request("http://aws/", '{"Statement": "SELECT * FROM \\"t\\".\\"userId-date\\" WHERE userId = ?"}'),
            {Need("dynamodb:PartiQLSelect", "arn:aws:dynamodb:us-east-1:000000000000:table/t/index/userId-date")},
        ),
        (
            "dynamodb",
            "BatchGetItem",
            request("http://aws/", '{"RequestItems": {"a": {}, "b": {}}}'),
            {
                Need("dynamodb:BatchGetItem", f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}")
                for name in ("a", "b")
            },
        ),
        (
            "dynamodb",
            "TransactWriteItems",
            request(
                "http://aws/",
                '{"TransactItems": [{"Put": {"TableName": "a"}}, {"Update": {"TableName": "b"}}, '
                '{"ConditionCheck": {"TableName": "b"}}]}',
            ),
            {
                Need("dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:000000000000:table/a"),
                Need("dynamodb:UpdateItem", "arn:aws:dynamodb:us-east-1:000000000000:table/b"),
                Need("dynamodb:ConditionCheckItem", "arn:aws:dynamodb:us-east-1:000000000000:table/b"),
            },
        ),
        (
            "dynamodb",
            "DeleteItem",
            request("http://aws/", '{"TableName": "a", "Key": {"intentId": {"S": "k"}, "item": {"S": "i"}}}'),
            {
                Need(
                    "dynamodb:DeleteItem",
                    "arn:aws:dynamodb:us-east-1:000000000000:table/a",
                    frozenset({("dynamodb:LeadingKeys", "k")}),
                )
            },
        ),
        (
            "sqs",
            "DeleteMessageBatch",
            request("http://aws/", '{"QueueUrl": "http://aws/000000000000/events", "Entries": []}'),
            {Need("sqs:DeleteMessage", "arn:aws:sqs:us-east-1:000000000000:events")},
        ),
        (
            "sns",
            "Publish",
            request("http://aws/", "Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A1%3Aalerts"),
            {Need("sns:Publish", "arn:aws:sns:us-east-1:1:alerts")},
        ),
        (
            "iam",
            "GetRole",
            request("http://aws/", "Action=GetRole&RoleName=batch"),
            {Need("iam:GetRole", "arn:aws:iam::000000000000:role/batch")},
        ),
        (
            "sqs",
            "GetQueueAttributes",
            request("http://aws/", '{"QueueUrl": "http://aws/000000000000/events", "AttributeNames": ["All"]}'),
            {Need("sqs:GetQueueAttributes", "arn:aws:sqs:us-east-1:000000000000:events")},
        ),
        (
            "cloudwatch",
            "PutMetricData",
            request("http://aws/", '{"Namespace": "Yorutsuke", "MetricData": []}'),
            {Need("cloudwatch:PutMetricData", "*", frozenset({("cloudwatch:namespace", "Yorutsuke")}))},
        ),
        ("sts", "GetCallerIdentity", request("http://aws/", "Action=GetCallerIdentity"), set()),
    ],
)
def test_what_a_request_needs_is_read_off_the_wire(
    service: str, operation: str, sent: AWSPreparedRequest, needed: set[Need]
) -> None:
    assert set(needs_of(service, operation, sent)) == needed


@pytest.mark.parametrize(("service", "operation"), [("s3", "PutBucketAcl"), ("sqs", "PurgeQueue"), ("iam", "PutRole")])
def test_a_call_that_nobody_has_thought_of_is_an_error(service: str, operation: str) -> None:
    with pytest.raises(LookupError):
        list(needs_of(service, operation, request("http://aws/receipts/key")))
