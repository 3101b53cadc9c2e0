"""What `Ref` and `Fn::GetAtt` give for a resource that has its name in the template.

What belongs here: a line for each type of resource that the template refers to. All names are written in the template,
so what refers to them is known before anything is deployed.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html has the
return values of each type.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Account:
    """An account and region, as ARNs have them."""

    id: str
    region: str
    partition: str = "aws"


@dataclass(frozen=True)
class Naming:
    """How resources of one type are called.

    Attributes:
        name: The property that holds the name.
        ref: What `Ref` gives, with `{name}`, `{path}`, `{account}`, `{region}` and `{partition}` to be filled in.
        attributes: What `Fn::GetAtt` gives, by attribute, likewise.
    """

    name: str
    ref: str = "{name}"
    attributes: Mapping[str, str] = field(default_factory=dict)


_ARN = "arn:{partition}:%s:{region}:{account}:%s"
_GLOBAL_ARN = "arn:{partition}:iam::{account}:%s{path}{name}"
_QUEUE_URL = "https://sqs.{region}.amazonaws.com/{account}/{name}"
_TOPIC_ARN = _ARN % ("sns", "{name}")
_TABLE_BUCKET_ARN = _ARN % ("s3tables", "bucket/{name}")

NAMINGS: Mapping[str, Naming] = {
    "AWS::S3::Bucket": Naming("BucketName", attributes={"Arn": "arn:{partition}:s3:::{name}"}),
    "AWS::DynamoDB::Table": Naming("TableName", attributes={"Arn": _ARN % ("dynamodb", "table/{name}")}),
    "AWS::S3Tables::TableBucket": Naming("TableBucketName", _TABLE_BUCKET_ARN, {"TableBucketARN": _TABLE_BUCKET_ARN}),
    "AWS::SQS::Queue": Naming(
        "QueueName",
        _QUEUE_URL,
        {"Arn": _ARN % ("sqs", "{name}"), "QueueName": "{name}", "QueueUrl": _QUEUE_URL},
    ),
    "AWS::SNS::Topic": Naming("TopicName", _TOPIC_ARN, {"TopicArn": _TOPIC_ARN, "TopicName": "{name}"}),
    "AWS::Events::Rule": Naming("Name", attributes={"Arn": _ARN % ("events", "rule/{name}")}),
    "AWS::CloudWatch::Alarm": Naming("AlarmName", attributes={"Arn": _ARN % ("cloudwatch", "alarm:{name}")}),
    "AWS::Logs::LogGroup": Naming("LogGroupName", attributes={"Arn": _ARN % ("logs", "log-group:{name}:*")}),
    "AWS::IAM::Role": Naming("RoleName", attributes={"Arn": _GLOBAL_ARN % "role"}),
    "AWS::IAM::ManagedPolicy": Naming("ManagedPolicyName", _GLOBAL_ARN % "policy"),
}


def name_in(resource_type: str, properties: Mapping[str, Any]) -> str | None:
    """Return the name that resolved properties give to a resource; None if they give none."""
    naming = NAMINGS.get(resource_type)
    return None if naming is None else properties.get(naming.name)


def filled(pattern: str, name: str, properties: Mapping[str, Any], account: Account) -> str:
    """Fill in one of a naming's patterns."""
    return pattern.format(
        name=name,
        path=properties.get("Path", "/"),
        account=account.id,
        region=account.region,
        partition=account.partition,
    )
