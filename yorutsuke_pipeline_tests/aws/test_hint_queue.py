"""The events queue in SQS: what is received, what is settled, and what becomes of what nobody can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.hint_queue import SqsHintQueue
from yorutsuke_pipeline.engine.errors import ConfigurationError, TransientError
from yorutsuke_pipeline.engine.hints import Hint
from yorutsuke_pipeline_tests.aws.test_event_messages import JOB, job_event

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from yorutsuke_pipeline_tests.aws.places import Place


@dataclass(frozen=True)
class Queue:
    """A queue with its dead-letter queue, where a message goes that was received twice and not deleted."""

    client: SQSClient
    url: str
    dead_url: str

    @property
    def hints(self) -> SqsHintQueue:
        return SqsHintQueue(self.client, self.url)

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.client.send_message(QueueUrl=self.url, MessageBody=body)

    def let_come_again_at_once(self) -> None:
        self.client.set_queue_attributes(QueueUrl=self.url, Attributes={"VisibilityTimeout": "0"})

    def depth(self) -> int:
        """Return how many messages there are, hidden ones included."""
        attributes = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        hidden = attributes["ApproximateNumberOfMessagesNotVisible"]
        return int(attributes["ApproximateNumberOfMessages"]) + int(hidden)

    def bodies_of_the_dead(self) -> list[str]:
        answer = self.client.receive_message(QueueUrl=self.dead_url, MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", [])]


@pytest.fixture(params=["moto", "embedded"])
def queue(request: pytest.FixtureRequest, name: str) -> Queue:
    place: Place = request.getfixturevalue(request.param)
    client: Any = place.clients.sqs
    dead = client.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    arn = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": 2}}'
    attributes = {"VisibilityTimeout": "120", "RedrivePolicy": policy}
    return Queue(client, client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"], dead)


def test_an_empty_queue_says_nothing(queue: Queue) -> None:
    heard = queue.hints.receive()

    assert (heard.hints, heard.malformed_count) == ((), 0)


def test_what_is_not_settled_comes_again_and_what_is_never_does(queue: Queue) -> None:
    queue.send(job_event())
    (unsettled,) = queue.hints.receive().hints
    queue.client.change_message_visibility(QueueUrl=queue.url, ReceiptHandle=unsettled.receipt, VisibilityTimeout=0)
    again = queue.hints.receive()
    assert again.job_ids == {JOB}

    queue.hints.settle(again.hints)

    assert queue.depth() == 0
    assert queue.bodies_of_the_dead() == []


def test_more_messages_than_a_call_gives_are_received_and_settled_in_one_go(queue: Queue) -> None:
    queue.send(*[job_event() for _ in range(23)])

    heard = queue.hints.receive()
    queue.hints.settle(heard.hints)

    assert len(heard.hints) == 23
    assert queue.depth() == 0


def test_a_message_that_cannot_be_read_holds_up_no_other_and_ends_in_the_dead_letter_queue(queue: Queue) -> None:
    queue.send("hello", job_event())
    heard = queue.hints.receive()
    assert heard.job_ids == {JOB}
    assert heard.malformed_count == 1

    queue.let_come_again_at_once()
    queue.send("hello again")
    queue.hints.receive()

    assert queue.bodies_of_the_dead() == ["hello again"]


def test_a_queue_that_does_not_exist_is_a_matter_of_the_setting(queue: Queue) -> None:
    elsewhere = SqsHintQueue(queue.client, queue.url + "-elsewhere")

    with pytest.raises(ConfigurationError, match="YORUTSUKE_EVENTS_QUEUE_URL"):
        elsewhere.receive()


def test_settling_nothing_asks_for_nothing() -> None:
    SqsHintQueue(None, "http://127.0.0.1/000000000000/nowhere").settle([])  # type: ignore[arg-type]  # any call would fail


def test_only_some_deleted_is_an_error_that_says_so() -> None:
    class Stubborn:
        def delete_message_batch(self, **_: object) -> dict[str, list[dict[str, str]]]:
            return {"Failed": [{"Id": "0", "Code": "InternalError"}]}

    queue = SqsHintQueue(Stubborn(), "http://127.0.0.1/000000000000/q")  # type: ignore[arg-type]  # one call of it

    with pytest.raises(TransientError, match="1 messages could not be deleted"):
        queue.settle([Hint("r", (JOB,))])
