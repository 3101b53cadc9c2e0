"""Queues and their policies, read back from SQS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.infra.readings.reading import Reading, found_or_none, without_defaults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yorutsuke_pipeline.infra.intrinsics import Resource

_NO_QUEUE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_DEFAULTS = {
    "DelaySeconds": "0",
    "VisibilityTimeout": "30",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "SqsManagedSseEnabled": "true",
}
_JSON = frozenset({"RedrivePolicy", "RedriveAllowPolicy"})
# AWS raised the default from 256 KiB to 1 MiB: that it is either means nothing.
_IF_DECLARED = frozenset({"MaximumMessageSize"})
_PROPERTIES = frozenset({*_DEFAULTS, *_JSON, *_IF_DECLARED, "QueueName", "FifoQueue", "KmsMasterKeyId"})


def _attributes(sqs: Any, name: str) -> Mapping[str, str] | None:  # noqa: ANN401 — boto3 makes its clients as it runs
    """Return a queue's attributes, asked by its name: its URL is another on the embedded AWS."""
    found = found_or_none(sqs.get_queue_url, _NO_QUEUE, QueueName=name)
    if found is None:
        return None
    attributes: Mapping[str, str] = sqs.get_queue_attributes(QueueUrl=found["QueueUrl"], AttributeNames=["All"]).get(
        "Attributes", {}
    )
    return attributes


def _read_queue(sqs: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — as above
    told = _attributes(sqs, resource.name)
    if told is None:
        return None
    declared = resource.properties
    found = {
        name: json.loads(value) if name in _JSON else value
        for name, value in told.items()
        if name in _PROPERTIES and (name not in _IF_DECLARED or name in declared)
    }
    return {"QueueName": resource.name, **without_defaults(found, _DEFAULTS, declared)}


def _read_policy(sqs: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — as above
    """Read the policies of all queues that it is for; where they are not the same, as a document for each."""
    documents = {}
    for url in resource.properties["Queues"]:
        name = str(url).rpartition("/")[2]
        policy = (_attributes(sqs, name) or {}).get("Policy")
        if not policy:
            return None
        documents[name] = json.loads(policy)
    first, *others = documents.values()
    same = all(other == first for other in others)
    return {"Queues": resource.properties["Queues"], "PolicyDocument": first if same else documents}


QUEUE = Reading("AWS::SQS::Queue", "sqs", _PROPERTIES, _read_queue)
QUEUE_POLICY = Reading("AWS::SQS::QueuePolicy", "sqs", frozenset({"Queues", "PolicyDocument"}), _read_policy)
