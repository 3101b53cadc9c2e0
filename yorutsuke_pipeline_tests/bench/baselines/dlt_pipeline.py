"""dlt, if it is installed: it has no destination for DynamoDB, so the one here is its own recipe for what it lacks.

https://dlthub.com/docs/dlt-ecosystem/destinations/destination says how: a function that is given batches of rows.
Its other settings are as it comes: the rows become one file, which one thread loads.
"""

from __future__ import annotations

import importlib
import importlib.util
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import boto3

from yorutsuke_pipeline_tests.bench.baselines.lambda_design import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROWS = "transactions"
# As many as one BatchWriteItem takes.
_BATCH = 25
# Else it becomes a datetime, which DynamoDB has not.
_COLUMNS = {"extractedAt": {"data_type": "text"}}


def is_installed() -> bool:
    return importlib.util.find_spec("dlt") is not None


class DltPipeline:
    """Answers to rows through a resource and a destination. Files between the two are in a folder of the run's."""

    def __init__(self, bucket: str, table: str) -> None:
        self._dlt: Any = importlib.import_module("dlt")
        self._s3: Any = boto3.client("s3")
        resource: Any = boto3.resource("dynamodb")
        self._table = resource.Table(table)
        self._bucket = bucket

    def run(self, key: str) -> int:
        """Read the answers and write their rows; return how many."""

        def rows() -> Iterator[dict[str, Any]]:
            yield from rows_of(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].iter_lines())

        def dynamodb(items: list[dict[str, Any]], table: dict[str, Any]) -> None:  # noqa: ARG001 — dlt's signature
            with self._table.batch_writer() as batch:
                for item in items:
                    batch.put_item(Item=item)

        with TemporaryDirectory() as folder:
            destination = self._dlt.destination(dynamodb, batch_size=_BATCH)
            pipeline = self._dlt.pipeline("answers", pipelines_dir=folder, destination=destination)
            pipeline.run(self._dlt.resource(rows, name=_ROWS, columns=_COLUMNS))
            return int(pipeline.last_trace.last_normalize_info.row_counts[_ROWS])
