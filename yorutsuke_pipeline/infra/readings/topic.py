"""Topics, their subscriptions and policies, read back from SNS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.infra.readings.reading import Reading, found_or_none, without_defaults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yorutsuke_pipeline.infra.intrinsics import Resource

_NO_TOPIC = frozenset({"NotFound", "NotFoundException"})


def _read_topic(sns: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — boto3 makes its clients as it runs
    answer = found_or_none(sns.get_topic_attributes, _NO_TOPIC, TopicArn=resource.ref)
    if answer is None:
        return None
    told: Mapping[str, str] = answer["Attributes"]
    found: dict[str, Any] = {
        "TopicName": resource.name,
        "DisplayName": told.get("DisplayName") or None,
        "KmsMasterKeyId": told.get("KmsMasterKeyId") or None,
    }
    if "Subscription" in resource.properties:
        found["Subscription"] = _subscriptions(sns, resource.ref)
    # The embedded AWS shows a topic without a display name by its name.
    return without_defaults(found, {"DisplayName": resource.name}, resource.properties)


def _subscriptions(sns: Any, topic: str | None) -> list[dict[str, str]]:  # noqa: ANN401 — as above
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    return [
        {"Protocol": found["Protocol"], "Endpoint": found["Endpoint"]}
        for page in pages
        for found in page["Subscriptions"]
    ]


def _read_subscription(sns: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — as above
    wanted = {name: resource.properties.get(name) for name in ("Protocol", "Endpoint")}
    topic = resource.properties["TopicArn"]
    try:
        is_there = wanted in _subscriptions(sns, topic)
    except sns.exceptions.NotFoundException:
        is_there = False
    return {**wanted, "TopicArn": topic} if is_there else None


def _read_policy(sns: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — as above
    """Read the policies of all topics that it is for; where they are not the same, as a document for each."""
    documents = {}
    for arn in resource.properties["Topics"]:
        answer = found_or_none(sns.get_topic_attributes, _NO_TOPIC, TopicArn=arn)
        policy = (answer or {}).get("Attributes", {}).get("Policy")
        if not policy:
            return None
        documents[arn] = json.loads(policy)
    first, *others = documents.values()
    same = all(other == first for other in others)
    return {"Topics": resource.properties["Topics"], "PolicyDocument": first if same else documents}


TOPIC = Reading(
    "AWS::SNS::Topic", "sns", frozenset({"TopicName", "DisplayName", "KmsMasterKeyId", "Subscription"}), _read_topic
)
SUBSCRIPTION = Reading(
    "AWS::SNS::Subscription", "sns", frozenset({"TopicArn", "Protocol", "Endpoint"}), _read_subscription
)
TOPIC_POLICY = Reading("AWS::SNS::TopicPolicy", "sns", frozenset({"Topics", "PolicyDocument"}), _read_policy)
