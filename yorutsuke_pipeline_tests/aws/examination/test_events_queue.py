"""The queue of events: whether one is read, and what lies in its dead-letter queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.examination.events_queue import examine_events_queue
from yorutsuke_pipeline.aws.examination.finding import Finding, State
from yorutsuke_pipeline_tests.aws.examination.conftest import ACCOUNT, REGION, told

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.clients import AwsClients

PLACE = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}"
REDRIVE = json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:events-dead", "maxReceiveCount": 5})
ASKED = ["ApproximateNumberOfMessages", "RedrivePolicy"]


def examined(clients: AwsClients, dead: str) -> Finding:
    """Examine a queue with a message in it, and so many in its dead-letter queue."""
    with told(clients.sqs) as stub:
        stub.add_response(
            "get_queue_attributes",
            {"Attributes": {"ApproximateNumberOfMessages": "1", "RedrivePolicy": REDRIVE}},
            {"QueueUrl": f"{PLACE}/events", "AttributeNames": ASKED},
        )
        stub.add_response(
            "get_queue_attributes",
            {"Attributes": {"ApproximateNumberOfMessages": dead}},
            {"QueueUrl": f"{PLACE}/events-dead", "AttributeNames": ASKED[:1]},
        )
        return examine_events_queue(lambda: clients.sqs, f"{PLACE}/events")


def test_a_queue_whose_dead_letter_queue_is_empty_is_good(clients: AwsClients) -> None:
    found = examined(clients, "0")

    assert (found.state, found.found) == (State.GOOD, "events: 1 waiting in it, none in its dead-letter queue")


def test_messages_that_nobody_could_read_are_told_with_where_to_look(clients: AwsClients) -> None:
    found = examined(clients, "7")

    assert (found.state, found.found) == (State.LOOK, "messages in its dead-letter queue events-dead: 7")
    assert "docs/operations.md" in found.remedy


def test_a_queue_without_a_dead_letter_queue_is_worth_a_look(clients: AwsClients) -> None:
    with told(clients.sqs) as stub:
        stub.add_response("get_queue_attributes", {"Attributes": {"ApproximateNumberOfMessages": "0"}})
        found = examine_events_queue(lambda: clients.sqs, f"{PLACE}/events")

    assert (found.state, found.remedy) == (State.LOOK, "deploy infra/template.yaml")


def test_a_queue_that_is_not_there_must_be_mended_by_its_setting(clients: AwsClients) -> None:
    with told(clients.sqs) as stub:
        stub.add_client_error("get_queue_attributes", "AWS.SimpleQueueService.NonExistentQueue")
        found = examine_events_queue(lambda: clients.sqs, f"{PLACE}/events")

    assert found.state is State.MEND
    assert "YORUTSUKE_EVENTS_QUEUE_URL" in found.remedy


def test_without_a_queue_nobody_is_asked_and_the_stacks_output_is_named(clients: AwsClients) -> None:
    with told(clients.sqs):
        found = examine_events_queue(lambda: clients.sqs, None)

    assert found.state is State.LOOK
    assert found.remedy == "set YORUTSUKE_EVENTS_QUEUE_URL to the stack's output BatchEventsQueueUrl"
