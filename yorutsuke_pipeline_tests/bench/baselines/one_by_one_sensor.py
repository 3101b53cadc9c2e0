"""A sensor as a loop: the jobs of an intent, each asked about and written down, and the next intent."""

from __future__ import annotations

from typing import Any

import boto3


class OneByOneSensor:
    """The loop, with its clients."""

    def __init__(self, table: str) -> None:
        self._bedrock: Any = boto3.client("bedrock")
        self._dynamodb: Any = boto3.client("dynamodb")
        self._table = table

    def run(self, workload: str) -> int:
        """Look at all jobs of all open intents; return how many there were."""
        intents = self._query(
            IndexName="openIntents",
            KeyConditionExpression="openWorkload = :workload",
            ExpressionAttributeValues={":workload": {"S": workload}},
        )
        looked_at = 0
        for intent in intents:
            jobs = self._query(
                KeyConditionExpression="intentId = :intent AND begins_with(#item, :jobs)",
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={":intent": intent["intentId"], ":jobs": {"S": "JOB#"}},
            )
            for job in jobs:
                status = self._bedrock.get_model_invocation_job(jobIdentifier=job["jobId"]["S"])["status"]
                if status != job["status"]["S"]:
                    self._dynamodb.put_item(TableName=self._table, Item={**job, "status": {"S": status}})
                looked_at += 1
        return looked_at

    def _query(self, **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401 — parameters of Query
        pages = self._dynamodb.get_paginator("query").paginate(TableName=self._table, **asked)
        return [item for page in pages for item in page["Items"]]
