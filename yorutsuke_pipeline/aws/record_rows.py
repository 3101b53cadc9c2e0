"""Changing one row of a table of waiting records on a condition.

What belongs here: one UpdateItem and what its answers mean. Which changes there are is `record_table.py`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.attribute_values import as_item, as_value, from_item
from yorutsuke_pipeline.aws.conditions import row_as_it_was
from yorutsuke_pipeline.aws.failures import calling, code_of, message_of
from yorutsuke_pipeline.engine.errors import PermanentError, ThrottledError

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.failures import Target
    from yorutsuke_pipeline.aws.patience import Patience
    from yorutsuke_pipeline.aws.table_calls import TableCalls
    from yorutsuke_pipeline.engine.table_shapes import RecordTableShape

_VALUE_NAME = re.compile(r":\w+")


class FullRowError(PermanentError):
    """A row is so large that nothing can be noted on it."""


class RecordRows:
    """The rows, each by its record's identity. A change may be made twice: `record_table.py` knows its own."""

    def __init__(
        self, calls: TableCalls, table: str, shape: RecordTableShape, target: Target, patience: Patience
    ) -> None:
        self._calls = calls
        self._table = table
        self._shape = shape
        self._target = target
        self._patience = patience

    def change(
        self,
        identity: str,
        verb: str,
        update: str,
        condition: str,
        values: dict[str, Any],
        *,
        if_full: str | None = None,
    ) -> tuple[bool, dict[str, Any]]:
        """Update a row on a condition; return whether it held, and the row after, or as it was instead.

        Args:
            identity: The record's.
            verb: What is done, for the message of an error.
            update: The expression; `#status` stands for `status`, one of DynamoDB's reserved words.
            condition: Likewise.
            values: What the names with a colon stand for, in all three expressions.
            if_full: The update for a row that has no room for what `update` adds.

        Raises:
            FullRowError: The row would pass DynamoDB's limit of 400 KB.
            ThrottledError: It was turned away for its rate until the deadline.
        """
        try:
            return self._change(identity, verb, update, condition, values)
        except FullRowError:
            if if_full is None:
                raise
        return self._change(identity, verb, if_full, condition, values)

    def _change(
        self,
        identity: str,
        verb: str,
        update: str,
        condition: str,
        values: dict[str, Any],
    ) -> tuple[bool, dict[str, Any]]:
        # A name or a value that no expression uses is refused.
        used = set(_VALUE_NAME.findall(f"{update} {condition}"))
        asked: dict[str, Any] = {
            "TableName": self._table,
            "Key": {self._shape.key: as_value(identity)},
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": as_item({name: values[name] for name in used}),
            "ReturnValues": "ALL_NEW",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if "#status" in update + condition:
            asked["ExpressionAttributeNames"] = {"#status": "status"}
        body = json.dumps(asked)
        return self._patience.repeat(lambda: self._update(identity, verb, body), on=ThrottledError)

    def _update(self, identity: str, verb: str, body: str) -> tuple[bool, dict[str, Any]]:
        with calling(self._target, f"{verb} {self._shape.noun} {identity!r}"):
            try:
                answer = self._calls.call("UpdateItem", body)
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False, from_item(row_as_it_was(error))
                # The expressions are ours and tried: what is invalid is the size that the row would have.
                if code_of(error) != "ValidationException":
                    raise
                raise FullRowError(
                    f"could not {verb} {self._shape.noun} {identity!r} ({self._target.name}): its row has no room "
                    f"left: {message_of(error)}; take out of the row what does not belong there",
                ) from error
            return True, from_item(answer["Attributes"])
