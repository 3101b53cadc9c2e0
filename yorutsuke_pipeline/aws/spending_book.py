"""The account of what is spent, in the batch-jobs table: an entry beside each intent, and the sums of days and months.

An entry and the sums it goes into change in one transaction, under the condition that the entry is as it was read
and that no sum rises above its limit: two runs at once cannot both take the last dollar.

    intentId                  item             what
    receipts-2026-01-09-001   SPENDING         the intent's entry
    SPENDING#2026-01          DAY#2026-01-10   the sum of a day
    SPENDING#2026-01          MONTH            the sum of the month
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.attribute_values import as_item, as_value, from_item
from yorutsuke_pipeline.aws.conditions import WRITE_ID, new_write_id, was_written_by
from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.aws.pages import pages_of
from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.engine.errors import LostRaceError, PermanentError, ThrottledError
from yorutsuke_pipeline.engine.spending import Amounts, Entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from mypy_boto3_dynamodb import DynamoDBClient

    from yorutsuke_pipeline.engine.budgets import Budgets

Row = dict[str, Any]

_ENTRY_ITEM = "SPENDING"
_MONTH_ITEM = "MONTH"
_DAY_PREFIX = "DAY#"
_FAILED = "ConditionalCheckFailed"
# Why DynamoDB cancels a transaction that may well succeed the next time.
_BUSY = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_PATIENCE = Patience(deadline=30.0, first_wait=0.05, longest_wait=2.0)
# As the table has them, in the order of the attributes of `Amounts`.
_NAMES = ("usd", "openUsd", "onDemandUsd", "recordCount", "inputTokens", "outputTokens", "unpricedCount")
_COUNTS_FROM = 3


class DynamoSpendingBook:
    """Implements `SpendingBook` on `yorutsuke-batch-jobs-{env}`."""

    def __init__(self, client: DynamoDBClient, table: str, patience: Patience = _PATIENCE) -> None:
        self._client = client
        self._table = table
        self._patience = patience
        self._target = Target(f"table {table}", "YORUTSUKE_ENV, which ends its name")

    def entry(self, intent_id: str) -> Entry | None:
        """Return an intent's entry, read consistently, or None."""
        with calling(self._target, f"read what is reserved for {intent_id}"):
            answer = self._client.get_item(
                TableName=self._table,
                Key={"intentId": as_value(intent_id), "item": as_value(_ENTRY_ITEM)},
                ConsistentRead=True,
            )
        return _read_entry(from_item(answer["Item"])) if "Item" in answer else None

    def post(self, entry: Entry, before: Entry | None, budgets: Budgets) -> bool:
        """Put an entry in the place of the one that was read, and change the sums by the difference: all or nothing.

        Returns False, with nothing changed, if a sum of `entry.day` would rise above its limit.

        Raises:
            LostRaceError: Another run wrote the entry first.
        """
        changes = _changes(entry, before)
        bounds = {_day_key(entry.day): budgets.day_usd, _month_key(entry.day): budgets.month_usd}
        if any(limit is not None and changes[key].usd > limit for key, limit in bounds.items() if key in changes):
            return False
        write_id = new_write_id()
        writes = [
            {"Put": self._entry_put(entry, before, write_id)},
            *({"Update": self._update(key, change, bounds.get(key))} for key, change in changes.items()),
        ]
        return self._patience.repeat(lambda: self._transact(writes, entry.intent_id, write_id), on=ThrottledError)

    def month(self, day: date) -> Mapping[date, Amounts]:
        """Return the sums of each day of the month in which `day` lies, read consistently, in order."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="intentId = :month AND begins_with(#item, :days)",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues={":month": as_value(_month_key(day)[0]), ":days": as_value(_DAY_PREFIX)},
            ConsistentRead=True,
        )
        return {
            date.fromisoformat(row["item"].removeprefix(_DAY_PREFIX)): _read_amounts(row)
            for page in pages_of(pages, self._target, f"read what was spent in {day:%Y-%m}")
            for row in map(from_item, page["Items"])
        }

    def _entry_put(self, entry: Entry, before: Entry | None, write_id: str) -> Any:  # noqa: ANN401 — boto3's
        row = {**_entry_row(replace(entry, version=_version(before) + 1)), WRITE_ID: write_id}
        put: Row = {"TableName": self._table, "Item": as_item(row), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        if before is None:
            return {**put, "ConditionExpression": "attribute_not_exists(intentId)"}
        read = {":read": as_value(before.version)}
        return {**put, "ConditionExpression": "version = :read", "ExpressionAttributeValues": read}

    def _update(self, key: tuple[str, str], change: Amounts, limit: Decimal | None) -> Any:  # noqa: ANN401 — boto3's
        values = {f":{name}": as_value(amount) for name, amount in _amounts_row(change).items()}
        update: Row = {
            "TableName": self._table,
            "Key": {"intentId": as_value(key[0]), "item": as_value(key[1])},
            "UpdateExpression": "ADD " + ", ".join(f"{name} :{name}" for name in _NAMES),
            "ExpressionAttributeValues": values,
        }
        if limit is not None and change.usd > 0:
            # A sum that is lowered may stay above its limit, which may have been lowered as well.
            update["ConditionExpression"] = "attribute_not_exists(usd) OR usd <= :room"
            values[":room"] = as_value(limit - change.usd)
        return update

    def _transact(self, writes: list[Any], intent_id: str, write_id: str) -> bool:
        with calling(self._target, f"reserve or settle the cost of {intent_id}"):
            try:
                self._client.transact_write_items(TransactItems=writes)
            except ClientError as error:
                reasons: list[Row] = dict(error.response).get("CancellationReasons") or []  # type: ignore[assignment]  # the stubs leave it out
                return self._cancelled(reasons, error, intent_id, write_id)
        return True

    def _cancelled(self, reasons: list[Row], error: ClientError, intent_id: str, write_id: str) -> bool:
        """Return whether the transaction had been done all the same, in an earlier try; False for a limit."""
        codes = [reason.get("Code") for reason in reasons]
        if not any(code in _BUSY or code == _FAILED for code in codes):
            raise error
        if codes[0] == _FAILED:
            if was_written_by(reasons[0].get("Item") or {}, write_id):
                return True
            raise LostRaceError(f"what is reserved for {intent_id} was changed by another run; read it again")
        if _FAILED in codes:
            return False
        raise ThrottledError(f"could not reserve or settle the cost of {intent_id}: too many at once; try again later")


def _changes(entry: Entry, before: Entry | None) -> dict[tuple[str, str], Amounts]:
    """Return by how much each sum changes, by its key; a sum that does not is left out."""
    changes = dict.fromkeys((_day_key(entry.day), _month_key(entry.day)), entry.amounts)
    if before is not None:
        for key in (_day_key(before.day), _month_key(before.day)):
            changes[key] = changes.get(key, Amounts()) - before.amounts
    return {key: change for key, change in changes.items() if change != Amounts()}


def _month_key(day: date) -> tuple[str, str]:
    return f"SPENDING#{day:%Y-%m}", _MONTH_ITEM


def _day_key(day: date) -> tuple[str, str]:
    return f"SPENDING#{day:%Y-%m}", f"{_DAY_PREFIX}{day.isoformat()}"


def _version(entry: Entry | None) -> int:
    return 0 if entry is None else entry.version


def _entry_row(entry: Entry) -> Row:
    return {
        "intentId": entry.intent_id,
        "item": _ENTRY_ITEM,
        "spentOn": entry.day.isoformat(),
        "fence": entry.fence,
        "isSettled": entry.is_settled,
        "version": entry.version,
        **_amounts_row(entry.amounts),
    }


def _read_entry(row: Row) -> Entry:
    try:
        return Entry(
            intent_id=row["intentId"],
            day=date.fromisoformat(row["spentOn"]),
            amounts=_read_amounts(row),
            fence=int(row["fence"]),
            is_settled=row["isSettled"],
            version=int(row["version"]),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise PermanentError(
            f"the row ({row.get('intentId')}, {_ENTRY_ITEM}) of the batch-jobs table was changed by hand ({error!r}); "
            "mend that row",
        ) from error


def _amounts_row(amounts: Amounts) -> Row:
    values = (
        *(amounts.usd, amounts.open_usd, amounts.on_demand_usd, amounts.record_count),
        *(amounts.input_tokens, amounts.output_tokens, amounts.unpriced_count),
    )
    return dict(zip(_NAMES, values, strict=True))


def _read_amounts(row: Row) -> Amounts:
    money, counts = _NAMES[:_COUNTS_FROM], _NAMES[_COUNTS_FROM:]
    return Amounts(*(row[name] for name in money), *(int(row[name]) for name in counts))
