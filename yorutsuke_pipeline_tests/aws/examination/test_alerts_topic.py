"""The topic of alerts: whether anybody listens to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.examination.alerts_topic import examine_alerts_topic
from yorutsuke_pipeline.aws.examination.finding import Finding, State
from yorutsuke_pipeline_tests.aws.examination.conftest import ACCOUNT, REGION, told

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.clients import AwsClients

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:yorutsuke-alerts-prod"


def examined(clients: AwsClients, *, confirmed: int, pending: int) -> Finding:
    """Examine a topic with so many subscriptions."""
    counts = {"SubscriptionsConfirmed": str(confirmed), "SubscriptionsPending": str(pending)}
    with told(clients.sns) as stub:
        stub.add_response("get_topic_attributes", {"Attributes": counts}, {"TopicArn": TOPIC})
        return examine_alerts_topic(lambda: clients.sns, TOPIC)


@pytest.mark.parametrize("pending", [0, 1])
def test_one_whose_subscription_is_confirmed_is_good(clients: AwsClients, pending: int) -> None:
    found = examined(clients, confirmed=2, pending=pending)

    assert (found.state, found.found) == (State.GOOD, "yorutsuke-alerts-prod, confirmed subscriptions: 2")


@pytest.mark.parametrize(
    ("pending", "found", "remedy"),
    [
        (
            1,
            "nobody listens to yorutsuke-alerts-prod yet; subscriptions that wait to be confirmed: 1",
            "follow the link in the message that AWS sent",
        ),
        (0, "nobody has subscribed to yorutsuke-alerts-prod", "deploy with AlertsEmail="),
    ],
)
def test_one_to_which_nobody_listens_is_worth_a_look(
    clients: AwsClients, pending: int, found: str, remedy: str
) -> None:
    finding = examined(clients, confirmed=0, pending=pending)

    assert (finding.state, finding.found) == (State.LOOK, found)
    assert finding.remedy.startswith(remedy)


def test_a_topic_that_is_not_there_must_be_mended_by_its_setting(clients: AwsClients) -> None:
    with told(clients.sns) as stub:
        stub.add_client_error("get_topic_attributes", "NotFound", http_status_code=404)
        finding = examine_alerts_topic(lambda: clients.sns, TOPIC)

    assert finding.state is State.MEND
    assert "YORUTSUKE_ALERTS_TOPIC_ARN" in finding.remedy


def test_one_that_may_not_be_looked_at_is_unchecked(clients: AwsClients) -> None:
    with told(clients.sns) as stub:
        stub.add_client_error("get_topic_attributes", "AuthorizationError", http_status_code=403)
        finding = examine_alerts_topic(lambda: clients.sns, TOPIC)

    assert (finding.state, "allow sns:GetTopicAttributes" in finding.remedy) == (State.UNCHECKED, True)


def test_without_a_topic_nobody_is_asked_and_the_stacks_output_is_named(clients: AwsClients) -> None:
    with told(clients.sns):
        finding = examine_alerts_topic(lambda: clients.sns, None)

    assert finding.state is State.LOOK
    assert finding.remedy == "set YORUTSUKE_ALERTS_TOPIC_ARN to the stack's output AlertsTopicArn"
