"""Alerts as messages of a topic."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.alert_topic import SnsAlerts
from yorutsuke_pipeline.engine.alerts import Alert
from yorutsuke_pipeline.engine.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline_tests.aws.places import Place


@pytest.fixture(params=["moto", "embedded"])
def topic(request: pytest.FixtureRequest, name: str) -> tuple[SnsAlerts, Callable[[], dict[str, Any]]]:
    """Return the channel of a topic, and what reads the one message that a subscriber got."""
    place: Place = request.getfixturevalue(request.param)
    sqs, sns = place.clients.sqs, place.clients.sns
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    arn = sns.create_topic(Name=name)["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue)

    def received() -> dict[str, Any]:
        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        found: dict[str, Any] = json.loads(message["Body"])
        return found

    return SnsAlerts(lambda: sns, arn, "yorutsuke-prod"), received


def test_a_subscriber_gets_the_text_under_a_subject_that_names_the_deployment(
    topic: tuple[SnsAlerts, Callable[[], dict[str, Any]]],
) -> None:
    alerts, received = topic

    alerts.send(Alert("late x", "2026-01-09 is late", "Run it: yorutsuke retry-failed"))

    message = received()
    assert (message["Subject"], message["Message"]) == (
        "yorutsuke-prod: 2026-01-09 is late",
        "Run it: yorutsuke retry-failed",
    )


def test_a_subject_that_sns_would_refuse_is_made_one_that_it_takes(
    topic: tuple[SnsAlerts, Callable[[], dict[str, Any]]],
) -> None:
    alerts, received = topic

    alerts.send(Alert("k", "領収書\nof " + "late " * 50, "text"))

    subject = received()["Subject"]
    assert subject.startswith("yorutsuke-prod: " + 3 * "?" + " of late late")
    assert len(subject) == 100


@pytest.mark.parametrize("given", ["moto", "embedded"])
def test_a_topic_that_does_not_exist_is_told_with_its_setting(given: str, request: pytest.FixtureRequest) -> None:
    place: Place = request.getfixturevalue(given)
    alerts = SnsAlerts(lambda: place.clients.sns, "arn:aws:sns:us-east-1:000000000000:nowhere", "yorutsuke-dev")

    with pytest.raises(ConfigurationError, match="YORUTSUKE_ALERTS_TOPIC_ARN"):
        alerts.send(Alert("k", "s", "t"))
