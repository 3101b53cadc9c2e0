"""awswrangler's `put_items`, if it is installed: the product does not depend on it, so neither do its tests."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import boto3

from yorutsuke_pipeline_tests.bench.baselines.lambda_design import rows_of


def is_installed() -> bool:
    return importlib.util.find_spec("awswrangler") is not None


class WranglerWriter:
    """Answers to rows, all of them in memory, as its interface wants them."""

    def __init__(self, bucket: str, table: str) -> None:
        self._wrangler: Any = importlib.import_module("awswrangler")
        self._s3: Any = boto3.client("s3")
        self._bucket = bucket
        self._table = table

    def run(self, key: str) -> int:
        """Read the answers and write their rows; return how many."""
        rows = list(rows_of(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].iter_lines()))
        self._wrangler.dynamodb.put_items(items=rows, table_name=self._table)
        return len(rows)
