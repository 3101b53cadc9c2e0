"""The events queue in SQS, drained as the sensor ticks.

What belongs here: receiving and deleting. What a message says is `event_messages.py`. A message that cannot
be read is left alone: the queue's redrive policy moves it to the dead-letter queue, where a person finds it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.event_messages import MalformedMessageError, job_ids_in
from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.engine.errors import TransientError
from yorutsuke_pipeline.engine.hints import Heard, Hint
from yorutsuke_pipeline.engine.streams import chunked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import DeleteMessageBatchRequestEntryTypeDef, MessageTypeDef

# SQS's own maximum for a call.
_AT_ONCE = 10
# A tick's worth. 100 jobs with five new states each are five ticks' worth.
_MOST_CALLS = 10
_log = logging.getLogger(__name__)


class SqsHintQueue:
    """Implements `HintQueue`."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url
        self._target = Target(f"queue {url.rpartition('/')[2]}", "YORUTSUKE_EVENTS_QUEUE_URL")

    def receive(self) -> Heard:
        """Return what is there now, a hundred messages at most, without waiting for more."""
        hints: list[Hint] = []
        malformed_count = 0
        for _ in range(_MOST_CALLS):
            messages = self._received()
            if not messages:
                break
            for message in messages:
                hint = _hint(message)
                if hint is None:
                    malformed_count += 1
                else:
                    hints.append(hint)
        return Heard(tuple(hints), malformed_count)

    def settle(self, hints: Sequence[Hint]) -> None:
        """Delete messages.

        Raises:
            TransientError: Some could not be deleted; they come again.
        """
        for chunk in chunked(hints, _AT_ONCE):
            entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
                {"Id": str(number), "ReceiptHandle": hint.receipt} for number, hint in enumerate(chunk)
            ]
            with calling(self._target, f"delete {len(entries)} messages"):
                answer = self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)
            if failed := answer.get("Failed", []):
                raise TransientError(
                    f"{len(failed)} messages could not be deleted ({self._target.name}): {failed[0]['Code']}; "
                    "they come again",
                )

    def _received(self) -> list[MessageTypeDef]:
        with calling(self._target, "receive messages"):
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_AT_ONCE,
                WaitTimeSeconds=0,
            )
        return answer.get("Messages", [])


def _hint(message: MessageTypeDef) -> Hint | None:
    """Return a message as a hint, or None, with a word in the log, if it cannot be read."""
    try:
        return Hint(message["ReceiptHandle"], job_ids_in(message["Body"]))
    except MalformedMessageError as error:
        _log.warning("message %s is left to the dead-letter queue: %s", message.get("MessageId"), error)
        return None
