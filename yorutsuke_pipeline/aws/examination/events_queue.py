"""The queue of events about jobs: whether one is read, and whether its dead-letter queue is empty."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.examination.finding import Finding, Look
from yorutsuke_pipeline.aws.failures import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient

_SETTING = "YORUTSUKE_EVENTS_QUEUE_URL"


def examine_events_queue(sqs: Callable[[], SQSClient], url: str | None) -> Finding:
    """Return what there is at `url`. The days go on without any queue, so that none is configured is no fault."""
    if url is None:
        look = Look("events queue", Target("the settings", _SETTING), "")
        return look.worth_a_look(
            "none is read: each tick asks Bedrock about all open jobs",
            f"set {_SETTING} to the stack's output BatchEventsQueueUrl",
        )
    name = url.rpartition("/")[2]
    look = Look("events queue", Target(f"queue {name}", _SETTING), "sqs:GetQueueAttributes")
    return look.find(lambda: _examine(sqs(), look, url))


def _examine(sqs: SQSClient, look: Look, url: str) -> Finding:
    place, _, name = url.rpartition("/")
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages", "RedrivePolicy"])
    attributes = told.get("Attributes", {})
    if "RedrivePolicy" not in attributes:
        found = f"{name} has no dead-letter queue: a message that cannot be read comes again until it expires"
        return look.worth_a_look(found, "deploy infra/template.yaml")
    # SQS takes no dead-letter queue of another account or region.
    dead = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"].rpartition(":")[2]
    depth = _depth(sqs, f"{place}/{dead}")
    if depth:
        remedy = "read them, then purge it (docs/operations.md, alarm batch-events-dead)"
        return look.worth_a_look(f"messages in its dead-letter queue {dead}: {depth}", remedy)
    waiting = attributes.get("ApproximateNumberOfMessages", "0")
    return look.good(f"{name}: {waiting} waiting in it, none in its dead-letter queue")


def _depth(sqs: SQSClient, url: str) -> int:
    """Return roughly how many messages a queue holds."""
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(told.get("Attributes", {}).get("ApproximateNumberOfMessages", 0))
