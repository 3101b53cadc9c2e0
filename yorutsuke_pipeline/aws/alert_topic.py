"""Alerts as messages of an SNS topic: whoever subscribed gets them by mail, on a telephone, in a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.failures import Target, calling

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sns import SNSClient

    from yorutsuke_pipeline.engine.alerts import Alert

# SNS refuses a longer subject, one with a line's end, and one beyond ASCII.
_LONGEST_SUBJECT = 100


class SnsAlerts:
    """Implements `AlertChannel`.

    Args:
        client: Returns SNS's; called when there is something to say, as making one takes its time.
        topic_arn: The topic.
        sender: Begins every subject: `yorutsuke-prod`.
    """

    def __init__(self, client: Callable[[], SNSClient], topic_arn: str, sender: str) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._sender = sender
        self._target = Target(f"topic {topic_arn.rpartition(':')[2]}", "YORUTSUKE_ALERTS_TOPIC_ARN")

    def send(self, alert: Alert) -> None:
        """Publish it."""
        words = " ".join(f"{self._sender}: {alert.subject}".split())
        subject = words.encode("ascii", "replace").decode()[:_LONGEST_SUBJECT]
        with calling(self._target, f"publish {alert.subject!r}"):
            self._client().publish(TopicArn=self._topic_arn, Subject=subject, Message=alert.text)
