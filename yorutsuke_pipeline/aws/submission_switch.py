"""The switch of submission: one row of the batch-jobs table, there while submission is paused.

Its key, `SWITCH#receipts`, can be no intent's id, and it is in no index: nothing that lists intents or jobs
meets it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.attribute_values import as_item, from_item
from yorutsuke_pipeline.aws.conditions import WRITE_ID, new_write_id, row_as_it_was, was_written_by
from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.engine.days import parse_utc, utc_text
from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.switch import Pause
from yorutsuke_pipeline.engine.terms import command

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ITEM = "PAUSE"
# What reading a value of another type raises, whichever type a person put there.
_CHANGED = (KeyError, TypeError, ValueError, AttributeError)


class DynamoSubmissionSwitch:
    """Implements `SubmissionSwitch` on `yorutsuke-batch-jobs-{env}`; `workload` is whose submission it switches."""

    def __init__(self, client: DynamoDBClient, table: str, workload: str) -> None:
        self._client = client
        self._table = table
        self._workload = workload
        self._key = {"intentId": f"SWITCH#{workload}", "item": _ITEM}
        self._target = Target(f"table {table}", "YORUTSUKE_ENV, which ends its name")

    def current(self) -> Pause | None:
        """Return the pause that holds, read consistently; None while submission goes on.

        Raises:
            PermanentError: The row is not as the product writes it.
        """
        with calling(self._target, f"look whether {self._workload} are paused"):
            answer = self._client.get_item(TableName=self._table, Key=as_item(self._key), ConsistentRead=True)
        return self._pause(from_item(answer["Item"])) if "Item" in answer else None

    def pause(self, pause: Pause) -> Pause:
        """Pause submission; return the pause that holds now, which is the earlier one if there was one."""
        write_id = new_write_id()
        row = {
            **self._key,
            "workload": self._workload,
            "reason": pause.reason,
            "pausedBy": pause.by,
            "pausedAt": utc_text(pause.since),
            WRITE_ID: write_id,
        }
        with calling(self._target, f"pause {self._workload}"):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=as_item(row),
                    ConditionExpression="attribute_not_exists(intentId)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                earlier = row_as_it_was(error)
                return pause if was_written_by(earlier, write_id) else self._pause(from_item(earlier))
        return pause

    def resume(self) -> Pause | None:
        """Let submission go on; return the pause that held until now, None if there was none."""
        with calling(self._target, f"resume {self._workload}"):
            answer = self._client.delete_item(TableName=self._table, Key=as_item(self._key), ReturnValues="ALL_OLD")
        # A row that cannot be read is gone with this call, and that is what was wanted.
        return self._pause(from_item(answer["Attributes"])) if "Attributes" in answer else None

    def _pause(self, row: dict[str, Any]) -> Pause:
        try:
            return Pause(str(row["reason"]), str(row["pausedBy"]), parse_utc(row["pausedAt"]), self._workload)
        except _CHANGED as error:
            raise PermanentError(
                f"the row ({self._key['intentId']}, {_ITEM}) of {self._target.name} was changed by hand ({error!r}); "
                f"`{command(self._workload, 'resume')}` deletes it, and submission goes on"
            ) from error
