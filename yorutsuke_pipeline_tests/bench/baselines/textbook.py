"""What boto3's documentation shows: `Table.batch_writer`, `iter_lines`, one object after the other."""

from __future__ import annotations

from typing import Any

import boto3

from yorutsuke_pipeline_tests.bench.baselines.lambda_design import rows_of


class TextbookWriter:
    """Answers to rows through the resource's `batch_writer`."""

    def __init__(self, bucket: str, table: str) -> None:
        self._s3: Any = boto3.client("s3")
        resource: Any = boto3.resource("dynamodb")
        self._table = resource.Table(table)
        self._bucket = bucket

    def run(self, key: str) -> int:
        """Read the answers and write their rows; return how many."""
        body = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"]
        written = 0
        with self._table.batch_writer() as batch:
            for row in rows_of(body.iter_lines()):
                batch.put_item(Item=row)
                written += 1
        return written
