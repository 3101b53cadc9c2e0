"""The batch-jobs table: intents and their jobs, every write conditional on the version that was read.

What belongs here: reads and writes. What a row holds is `ledger_rows.py`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.attribute_values import as_item, as_json, as_value, from_item
from yorutsuke_pipeline.aws.batch_write import TableBatches
from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.aws.conditions import WRITE_ID, new_write_id, row_as_it_was, was_written_by
from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.aws.ledger_rows import (
    INTENT_ITEM,
    JOB_PREFIX,
    intent_row,
    job_item,
    job_row,
    read_intent,
    read_job,
)
from yorutsuke_pipeline.aws.pace import Pace
from yorutsuke_pipeline.aws.pages import pages_of, rows_found
from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.aws.table_calls import TableCalls
from yorutsuke_pipeline.engine.days import day_bounds, utc_text
from yorutsuke_pipeline.engine.errors import LostRaceError
from yorutsuke_pipeline.engine.intent_pages import IntentPage, page_word, read_page_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from mypy_boto3_dynamodb import DynamoDBClient

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import Clock

# DynamoDB's limit on a partition key, in bytes.
_LONGEST_ID = 2048
_NAMED = 100
_OPEN_INDEX = "openIntents"
_JOB_INDEX = "jobId"
_AGE_INDEX = "workload-createdAt"
_IS_NEW = "attribute_not_exists(intentId)"
_IS_AS_READ = "version = :read"
# Of the reads that the sensor makes, whose tick has a minute.
_PATIENCE = Patience(deadline=30.0)
_READS_AT_ONCE = 4


class DynamoIntentLedger:
    """Implements `IntentLedger` on `yorutsuke-batch-jobs-{env}`."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock | None = None) -> None:
        self._client = client
        self._table = table
        self._clock = clock or SystemClock()
        self._target = Target(f"table {table}", "YORUTSUKE_ENV, which ends its name")
        self._calls = TableCalls(client)
        self._batches = TableBatches(self._calls, table, self._target, _PATIENCE, _READS_AT_ONCE, Pace(_PATIENCE))

    def create(self, intent: Intent) -> bool:
        """Put a new intent; return False if one with that id is there already, whoever put it."""
        return self._put(intent_row(intent), f"open intent {intent.intent_id}", read_at=None)

    def intent(self, intent_id: str) -> Intent | None:
        """Return an intent, read consistently, or None; also for what cannot be an id, whoever wrote it into a row."""
        if not 0 < len(intent_id.encode("utf-8", "replace")) <= _LONGEST_ID:
            return None
        with calling(self._target, f"read intent {intent_id[:_NAMED]!r}"):
            answer = self._client.get_item(
                TableName=self._table,
                Key={"intentId": as_value(intent_id), "item": as_value(INTENT_ITEM)},
                ConsistentRead=True,
            )
        return read_intent(from_item(answer["Item"])) if "Item" in answer else None

    def save(self, intent: Intent) -> Intent:
        """Write an intent over the version it was read at; return it with its new version.

        Raises:
            LostRaceError: Another run wrote it first.
        """
        saved = replace(intent, version=intent.version + 1)
        if not self._put(intent_row(saved), f"save intent {intent.intent_id}", read_at=intent.version):
            raise LostRaceError(_lost(f"intent {intent.intent_id}", intent.version))
        return saved

    def open_intents(self, workload: str) -> Iterator[Intent]:
        """Yield the workload's intents that are not closed, from an index that follows within moments."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=_OPEN_INDEX,
            KeyConditionExpression="openWorkload = :workload",
            ExpressionAttributeValues={":workload": as_value(workload)},
        )
        for page in pages_of(pages, self._target, f"list the open intents of {workload}"):
            yield from (read_intent(from_item(item)) for item in page["Items"])

    def jobs(self, intent_id: str) -> Sequence[BatchJob]:
        """Return an intent's jobs by number, read consistently."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            # `item` is one of DynamoDB's reserved words.
            KeyConditionExpression="intentId = :intent AND begins_with(#item, :jobs)",
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues={":intent": as_value(intent_id), ":jobs": as_value(JOB_PREFIX)},
            ConsistentRead=True,
        )
        found = [
            read_job(from_item(item))
            for page in pages_of(pages, self._target, f"list the jobs of {intent_id}")
            for item in page["Items"]
        ]
        # By number and not by key: JOB#1000 sorts before JOB#999.
        return sorted(found, key=lambda job: job.number)

    def jobs_of(self, intents: Sequence[Intent]) -> Mapping[str, tuple[BatchJob, ...]]:
        """Return the jobs that count of each intent, by its id, read consistently, a hundred rows a call."""
        keys = [
            as_json({"intentId": intent.intent_id, "item": job_item(number)})
            for intent in intents
            for number in range(1, intent.job_count + 1)
        ]
        found: dict[str, list[BatchJob]] = {intent.intent_id: [] for intent in intents}
        for item in self._batches.read(keys):
            job = read_job(from_item(item))
            found[job.intent_id].append(job)
        return {name: tuple(sorted(jobs, key=lambda job: job.number)) for name, jobs in found.items()}

    def find_job(self, job_id: str) -> BatchJob | None:
        """Return the job that the service knows by that id, from an index that follows within moments, or None."""
        with calling(self._target, f"find job {job_id[:_NAMED]!r}"):
            answer = self._client.query(
                TableName=self._table,
                IndexName=_JOB_INDEX,
                KeyConditionExpression="jobId = :job",
                ExpressionAttributeValues={":job": as_value(job_id)},
            )
        return read_job(from_item(answer["Items"][0])) if answer["Items"] else None

    def save_job(self, job: BatchJob) -> BatchJob:
        """Write a job over the version it was read at (0: it must not exist); return it with its new one.

        Raises:
            LostRaceError: Another run wrote it first.
        """
        saved = replace(job, version=job.version + 1)
        row = job_row(saved, now=self._clock.now())
        doing = f"save {job_item(job.number)} of {job.intent_id}"
        if not self._put(row, doing, read_at=job.version or None):
            raise LostRaceError(_lost(f"{job_item(job.number)} of {job.intent_id}", job.version))
        return saved

    def listing(self, workload: str, *, day: date | None = None, before: str | None = None, most: int) -> IntentPage:
        """Return intents of a workload, the newest first, from an index that follows within moments.

        Raises:
            ValueError: `before` is not what a page said.
        """
        # One more than wanted tells whether there is a next page.
        found = list(islice(self._newest(workload, day, before, most + 1), most + 1))
        return IntentPage(tuple(found[:most]), page_word(found[most - 1]) if len(found) > most else None)

    def orders(self, workload: str, day: date) -> Iterator[Intent]:
        """Yield the orders of a day: these are placed on it, so the index is read for that day alone."""
        dawn, dusk = map(utc_text, day_bounds(day))
        asked = {
            "TableName": self._table,
            "IndexName": _AGE_INDEX,
            "KeyConditionExpression": "workload = :workload AND createdAt BETWEEN :dawn AND :dusk",
            "FilterExpression": "attribute_exists(#order)",
            "ExpressionAttributeNames": {"#order": "order"},
            "ExpressionAttributeValues": as_item({":workload": workload, ":dawn": dawn, ":dusk": dusk}),
        }
        doing = f"list the orders of {workload} on {day}"
        rows = rows_found(self._calls, "Query", asked, self._target, doing, patience=_PATIENCE)
        yield from (intent for intent in map(read_intent, rows) if intent.day == day)

    def _newest(self, workload: str, day: date | None, before: str | None, most: int) -> Iterator[Intent]:
        """Yield a workload's intents by the time that they were opened, backwards."""
        asked: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": _AGE_INDEX,
            "KeyConditionExpression": "workload = :workload",
            "ExpressionAttributeValues": {":workload": as_value(workload)},
            "ScanIndexForward": False,
        }
        if day is None:
            asked["Limit"] = most
        else:
            # No Limit: it would count what the filter leaves out. An intent is not opened before its day begins.
            asked["KeyConditionExpression"] += " AND createdAt >= :dawn"
            asked["FilterExpression"] = "#partition = :day"
            asked["ExpressionAttributeNames"] = {"#partition": "partition"}
            asked["ExpressionAttributeValues"] |= as_item({":day": day.isoformat(), ":dawn": _dawn(day)})
        if before is not None:
            end = read_page_word(before)
            place = {"workload": workload, "createdAt": utc_text(end.created_at), "intentId": end.intent_id}
            if day is not None and place["createdAt"] < _dawn(day):
                return
            asked["ExclusiveStartKey"] = as_item({**place, "item": INTENT_ITEM})
        doing = f"list the intents of {workload}"
        rows = rows_found(self._calls, "Query", asked, self._target, doing, patience=_PATIENCE)
        yield from map(read_intent, rows)

    def _put(self, row: dict[str, Any], doing: str, *, read_at: int | None) -> bool:
        """Put a row over the version `read_at`, or where none is; return whether it is there now."""
        write_id = new_write_id()
        condition: dict[str, Any] = {"ConditionExpression": _IS_NEW}
        if read_at is not None:
            condition = {"ConditionExpression": _IS_AS_READ, "ExpressionAttributeValues": {":read": as_value(read_at)}}
        with calling(self._target, doing):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=as_item({**row, WRITE_ID: write_id}),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **condition,
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                return was_written_by(row_as_it_was(error), write_id)
        return True


def _dawn(day: date) -> str:
    return utc_text(day_bounds(day)[0])


def _lost(row: str, version: int) -> str:
    return f"{row} is no longer at version {version}: another run wrote it first; read it again"
