"""Buckets and their policies, read back from S3."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.infra.readings.reading import Reading, found_or_none, without_defaults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yorutsuke_pipeline.infra.intrinsics import Resource

# HeadBucket has no body to hold a code, only the status.
_NO_BUCKET = frozenset({"404", "NoSuchBucket"})
_NO_ENCRYPTION = frozenset({"ServerSideEncryptionConfigurationNotFoundError"})
_NO_PUBLIC_ACCESS_BLOCK = frozenset({"NoSuchPublicAccessBlockConfiguration"})
_NO_OWNERSHIP = frozenset({"OwnershipControlsNotFoundError"})
_NO_LIFECYCLE = frozenset({"NoSuchLifecycleConfiguration"})
_NO_POLICY = frozenset({"NoSuchBucketPolicy", "NoSuchBucket"})
# What S3 gives every bucket since 2023.
_DEFAULTS = {
    "BucketEncryption": {
        "ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": None}
        ]
    },
    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    "PublicAccessBlockConfiguration": {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    },
}
# CloudFormation's kinds of notification: what S3 calls each, and who is told.
_TOLD = {
    "QueueConfigurations": ("QueueConfigurations", "Queue"),
    "TopicConfigurations": ("TopicConfigurations", "Topic"),
    "LambdaConfigurations": ("LambdaFunctionConfigurations", "Function"),
}


def _read_bucket(s3: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — boto3 makes its clients as it runs
    name = resource.name
    if found_or_none(s3.head_bucket, _NO_BUCKET, Bucket=name) is None:
        return None
    access = found_or_none(s3.get_public_access_block, _NO_PUBLIC_ACCESS_BLOCK, Bucket=name) or {}
    ownership = found_or_none(s3.get_bucket_ownership_controls, _NO_OWNERSHIP, Bucket=name) or {}
    lifecycle = found_or_none(s3.get_bucket_lifecycle_configuration, _NO_LIFECYCLE, Bucket=name) or {}
    found = {
        "BucketName": name,
        "VersioningConfiguration": {"Status": s3.get_bucket_versioning(Bucket=name).get("Status")},
        "BucketEncryption": _encryption(found_or_none(s3.get_bucket_encryption, _NO_ENCRYPTION, Bucket=name) or {}),
        "PublicAccessBlockConfiguration": access.get("PublicAccessBlockConfiguration"),
        "OwnershipControls": ownership.get("OwnershipControls"),
        "LifecycleConfiguration": {"Rules": [_lifecycle_rule(rule) for rule in lifecycle.get("Rules", [])]},
        "NotificationConfiguration": _notification(s3.get_bucket_notification_configuration(Bucket=name)),
    }
    return without_defaults(found, _DEFAULTS, resource.properties)


def _encryption(answer: Mapping[str, Any]) -> dict[str, Any]:
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    return {
        "ServerSideEncryptionConfiguration": [
            {
                "ServerSideEncryptionByDefault": rule.get("ApplyServerSideEncryptionByDefault"),
                "BucketKeyEnabled": rule.get("BucketKeyEnabled") or None,
            }
            for rule in rules
        ]
    }


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """S3's own form of a rule as CloudFormation has it; what is not known here stays as it is, and so differs."""
    own = {key: value for key, value in rule.items() if key not in ("ID", "Filter", "Prefix", "Expiration")}
    expiration, chosen = rule.get("Expiration", {}), rule.get("Filter", {})
    return {
        **own,
        "Id": rule.get("ID"),
        "Prefix": rule.get("Prefix", chosen.get("Prefix", "")),
        "ExpirationInDays": expiration.get("Days"),
        "ExpiredObjectDeleteMarker": expiration.get("ExpiredObjectDeleteMarker"),
        "Filter": {key: value for key, value in chosen.items() if key != "Prefix"},
    }


def _notification(answer: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        kind: [_told_of(event, each, target) for each in answer[theirs] for event in each["Events"]]
        for kind, (theirs, target) in _TOLD.items()
        if theirs in answer
    }
    if "EventBridgeConfiguration" in answer:
        told["EventBridgeConfiguration"] = {"EventBridgeEnabled": True}
    return told


def _told_of(event: str, configuration: Mapping[str, Any], target: str) -> dict[str, Any]:
    """One event of S3's form of a notification as CloudFormation has it."""
    rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    # S3 itself writes Prefix and Suffix, and promises no order.
    named = sorted((rule["Name"].lower(), rule["Value"]) for rule in rules)
    return {
        "Event": event,
        target: configuration.get(f"{target}Arn", configuration.get("LambdaFunctionArn")),
        "Filter": {"S3Key": {"Rules": [{"Name": name, "Value": value} for name, value in named]}},
    }


def _read_policy(s3: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — as above
    bucket = resource.properties["Bucket"]
    answer = found_or_none(s3.get_bucket_policy, _NO_POLICY, Bucket=bucket)
    return None if answer is None else {"Bucket": bucket, "PolicyDocument": json.loads(answer["Policy"])}


BUCKET = Reading(
    "AWS::S3::Bucket",
    "s3",
    frozenset(
        {
            "BucketName",
            "VersioningConfiguration",
            "BucketEncryption",
            "PublicAccessBlockConfiguration",
            "OwnershipControls",
            "LifecycleConfiguration",
            "NotificationConfiguration",
        }
    ),
    _read_bucket,
)
BUCKET_POLICY = Reading("AWS::S3::BucketPolicy", "s3", frozenset({"Bucket", "PolicyDocument"}), _read_policy)
