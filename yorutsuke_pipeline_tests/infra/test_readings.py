"""Each type of resource, deployed on the embedded AWS from a small template of its own, and read back."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.infra.comparison import ResourceDrift, State, compare
from yorutsuke_pipeline.infra.intrinsics import Resource, resources_of
from yorutsuke_pipeline.infra.naming import NAMINGS, Account
from yorutsuke_pipeline.infra.readings import READINGS
from yorutsuke_pipeline.infra.readings.bucket import BUCKET
from yorutsuke_pipeline.infra.template import Template
from yorutsuke_pipeline_tests.local_aws.clients import client

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint

ACCOUNT = Account("000000000000", "us-east-1")


def allowing(action: str, resource: object, **more: object) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


# The embedded AWS has none: `test_violations_stack.py` reads them back from answers written down.
NOT_EMBEDDED = {"AWS::S3Tables::TableBucket"}
ENDING = {"S3Key": {"Rules": [{"Name": "suffix", "Value": ".out"}]}}
RESOURCES: dict[str, dict[str, Any]] = {
    "Bucket": {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "BucketName": "readings",
            "VersioningConfiguration": {"Status": "Enabled"},
            "NotificationConfiguration": {
                "QueueConfigurations": [
                    {"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": ["Queue", "Arn"]}, "Filter": ENDING}
                ]
            },
        },
    },
    "BucketPolicy": {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": "Bucket"},
            "PolicyDocument": allowing("s3:GetObject", {"Fn::Sub": "${Bucket.Arn}/*"}, Principal="*"),
        },
    },
    "Table": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": "readings",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        },
    },
    "Dead": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "readings-dead"}},
    "Queue": {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "QueueName": "readings",
            "VisibilityTimeout": 60,
            "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": 3},
        },
    },
    "QueuePolicy": {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [{"Ref": "Queue"}],
            "PolicyDocument": allowing("sqs:SendMessage", {"Fn::GetAtt": ["Queue", "Arn"]}, Principal="*"),
        },
    },
    "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "readings"}},
    "TopicPolicy": {
        "Type": "AWS::SNS::TopicPolicy",
        "Properties": {
            "Topics": [{"Ref": "Topic"}],
            "PolicyDocument": allowing("sns:Publish", {"Ref": "Topic"}, Principal="*"),
        },
    },
    "Subscription": {
        "Type": "AWS::SNS::Subscription",
        "Properties": {
            "TopicArn": {"Ref": "Topic"},
            "Protocol": "sqs",
            "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]},
        },
    },
    "Rule": {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Name": "readings",
            "Description": "of this test",
            "EventPattern": {"source": ["test.readings"]},
            "Targets": [{"Id": "queue", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}],
        },
    },
    "Alarm": {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": "readings",
            "Namespace": "Test",
            "MetricName": "Failures",
            "Dimensions": [{"Name": "Env", "Value": "dev"}],
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 5,
            "ComparisonOperator": "GreaterThanThreshold",
            "AlarmActions": [{"Ref": "Topic"}],
        },
    },
    "LogGroup": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/readings", "RetentionInDays": 30}},
    "Policy": {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "ManagedPolicyName": "readings",
            "PolicyDocument": allowing("s3:ListBucket", {"Fn::GetAtt": ["Bucket", "Arn"]}),
        },
    },
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "readings",
            "AssumeRolePolicyDocument": allowing("sts:AssumeRole", "*"),
            "ManagedPolicyArns": [{"Ref": "Policy"}],
            "Policies": [{"PolicyName": "own", "PolicyDocument": allowing("s3:GetObject", "*")}],
        },
    },
}


@pytest.fixture(scope="module")
def aws(embedded_aws: Endpoint) -> Callable[[str], Any]:
    """The clients of an AWS on which the resources are deployed."""
    made: dict[str, Any] = {}

    def of(service: str) -> Any:  # noqa: ANN401 — boto3 makes its clients as it runs
        return made.setdefault(service, made.get(service) or client(embedded_aws, service))

    body = json.dumps({"Resources": RESOURCES})
    of("cloudformation").create_stack(StackName="readings", TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
    while (stack := of("cloudformation").describe_stacks(StackName="readings")["Stacks"][0])[
        "StackStatus"
    ] == "CREATE_IN_PROGRESS":
        time.sleep(0.02)
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return of


def compared(aws: Callable[[str], Any], **changes: dict[str, Any]) -> dict[str, ResourceDrift]:
    """Compare all; or those that are changed, as if the template had other properties or names for them."""
    document = {
        name: {**told, "Properties": {**told["Properties"], **changes.get(name, {})}}
        for name, told in RESOURCES.items()
    }
    resources = resources_of(Template(json.dumps({"Resources": document})), ACCOUNT, {})
    asked = [resource for resource in resources if not changes or resource.logical_id in changes]
    return {drift.resource.logical_id: drift for drift in compare(asked, READINGS, aws)}


def test_the_examples_are_of_every_type_that_can_be_read() -> None:
    assert {told["Type"] for told in RESOURCES.values()} == set(READINGS) - NOT_EMBEDDED


def test_what_was_deployed_is_equal(aws: Callable[[str], Any]) -> None:
    assert [
        (each.resource.logical_id, each.differences, each.why)
        for each in compared(aws).values()
        if each.differences or each.why
    ] == []


@pytest.mark.parametrize(
    ("logical_id", "wanted", "path"),
    [
        ("Bucket", {"VersioningConfiguration": {}}, "VersioningConfiguration"),
        ("Bucket", {"NotificationConfiguration": {}}, "NotificationConfiguration"),
        ("Bucket", {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}}, "OwnershipControls.Rules"),
        ("BucketPolicy", {"PolicyDocument": allowing("s3:*", "*")}, "PolicyDocument.Statement.Action"),
        ("Table", {"DeletionProtectionEnabled": True}, "DeletionProtectionEnabled"),
        ("Table", {"TimeToLiveSpecification": {"AttributeName": "x", "Enabled": True}}, "TimeToLiveSpecification"),
        ("Queue", {"VisibilityTimeout": 61}, "VisibilityTimeout"),
        ("Queue", {"RedrivePolicy": {"maxReceiveCount": 4}}, "RedrivePolicy.maxReceiveCount"),
        ("Dead", {"MessageRetentionPeriod": 1209600}, "MessageRetentionPeriod"),
        ("QueuePolicy", {"PolicyDocument": allowing("sqs:*", "*")}, "PolicyDocument.Statement.Action"),
        ("Topic", {"DisplayName": "Others"}, "DisplayName"),
        ("TopicPolicy", {"PolicyDocument": allowing("sns:*", "*")}, "PolicyDocument.Statement.Action"),
        ("Rule", {"State": "DISABLED"}, "State"),
        ("Rule", {"EventPattern": {"source": ["aws.s3"]}}, "EventPattern.source"),
        ("Rule", {"Targets": []}, "Targets"),
        ("Alarm", {"Threshold": 6}, "Threshold"),
        ("Alarm", {"AlarmActions": []}, "AlarmActions"),
        ("Alarm", {"TreatMissingData": "notBreaching"}, "TreatMissingData"),
        ("LogGroup", {"RetentionInDays": 7}, "RetentionInDays"),
        ("Policy", {"PolicyDocument": allowing("s3:*", "*")}, "PolicyDocument.Statement.Action"),
        ("Role", {"ManagedPolicyArns": []}, "ManagedPolicyArns"),
        ("Role", {"MaxSessionDuration": 7200}, "MaxSessionDuration"),
        ("Role", {"Policies": [{"PolicyName": "own", "PolicyDocument": {}}]}, "Policies[own].PolicyDocument"),
    ],
)
def test_what_is_otherwise_than_the_template_has_it_differs(
    aws: Callable[[str], Any], logical_id: str, wanted: dict[str, Any], path: str
) -> None:
    found = compared(aws, **{logical_id: wanted})[logical_id]

    assert found.state is State.DIFFERS
    assert path in {each.path for each in found.differences}


def test_a_notification_is_the_same_in_s3s_own_spelling_and_order() -> None:
    class Bucket:
        """S3 as it describes a bucket that has nothing but a notification."""

        def get_bucket_notification_configuration(self, **_: object) -> dict[str, Any]:
            rules = [{"Name": "Suffix", "Value": ".out"}, {"Name": "Prefix", "Value": "a/"}]
            told = {"Id": "1", "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": rules}}}
            return {
                "QueueConfigurations": [{**told, "QueueArn": "arn:q"}],
                "LambdaFunctionConfigurations": [{**told, "LambdaFunctionArn": "arn:f"}],
            }

        def __getattr__(self, _name: str) -> Callable[..., dict[str, Any]]:
            return lambda **_: {}

    rules = [{"Name": "prefix", "Value": "a/"}, {"Name": "suffix", "Value": ".out"}]
    told = {"Event": "s3:ObjectCreated:*", "Filter": {"S3Key": {"Rules": rules}}}
    wanted = {
        "QueueConfigurations": [{**told, "Queue": "arn:q"}],
        "LambdaConfigurations": [{**told, "Function": "arn:f"}],
    }

    found = BUCKET.read(Bucket(), Resource("Mine", "AWS::S3::Bucket", {"BucketName": "mine"}, "mine"))

    assert found is not None
    assert found["NotificationConfiguration"] == wanted


def test_what_is_not_there_is_missing(aws: Callable[[str], Any]) -> None:
    names = [naming.name for naming in NAMINGS.values()]
    elsewhere = {
        name: {key: f"no-{name.lower()}"}
        for name, told in RESOURCES.items()
        for key in told["Properties"]
        if key in names
    }
    # These have no name of their own, and are looked for at what they belong to.
    attached: dict[str, dict[str, Any]] = {"BucketPolicy": {}, "QueuePolicy": {}, "TopicPolicy": {}, "Subscription": {}}

    found = compared(aws, **elsewhere, **attached)

    assert {name: str(each.state) for name, each in found.items()} == dict.fromkeys(RESOURCES, "missing")
