"""The topic of alerts: whether there is one, and whether anybody listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.examination.finding import Finding, Look
from yorutsuke_pipeline.aws.failures import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sns import SNSClient

_SETTING = "YORUTSUKE_ALERTS_TOPIC_ARN"
_SUBSCRIBE = "deploy with AlertsEmail=you@example.com, or subscribe with: aws sns subscribe --topic-arn"


def examine_alerts_topic(sns: Callable[[], SNSClient], arn: str | None) -> Finding:
    """Return what there is at `arn`. Nothing is published: that would ring somebody."""
    if arn is None:
        look = Look("alerts topic", Target("the settings", _SETTING), "")
        return look.worth_a_look(
            "none: nobody is told of a day that fails or is late",
            f"set {_SETTING} to the stack's output AlertsTopicArn",
        )
    look = Look("alerts topic", Target(f"topic {arn.rpartition(':')[2]}", _SETTING), "sns:GetTopicAttributes")
    return look.find(lambda: _examine(sns(), look, arn))


def _examine(sns: SNSClient, look: Look, arn: str) -> Finding:
    told = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    confirmed, pending = (int(told.get(f"Subscriptions{state}", 0)) for state in ("Confirmed", "Pending"))
    name = arn.rpartition(":")[2]
    if confirmed:
        return look.good(f"{name}, confirmed subscriptions: {confirmed}")
    if pending:
        found = f"nobody listens to {name} yet; subscriptions that wait to be confirmed: {pending}"
        return look.worth_a_look(
            found, "follow the link in the message that AWS sent, or subscribe again if it has expired"
        )
    return look.worth_a_look(f"nobody has subscribed to {name}", f"{_SUBSCRIBE} {arn}")
