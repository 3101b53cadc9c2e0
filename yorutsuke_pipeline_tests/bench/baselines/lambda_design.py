"""The original Lambda design: one answer after the other, batches of 25, three tries at 100, 200 and 400 ms.

Its rows bear the same values as the product's, and its rules are the obvious pydantic model's. After the third
try, what is unprocessed is forgotten: that is what it did.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import boto3
from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError
from pydantic import BaseModel, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator

# A put as BatchWriteItem wants it.
Put = dict[str, Any]

_BATCH = 25
_WAITS = (0.1, 0.2, 0.4)


class Receipt(BaseModel):
    """What is asked of an answer."""

    amount: Decimal = Field(gt=0)
    currency: str = "JPY"
    type: Literal["income", "expense"]
    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    merchant: str = Field(min_length=1, max_length=200)
    category: Literal["sale", "purchase", "shipping", "packaging", "fee", "other"]
    description: str = ""


def rows_of(lines: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    """Yield a row for each answer that is valid."""
    for line in lines:
        document = json.loads(line)
        text = document["text"].strip().removeprefix("```json").removesuffix("```")
        try:
            receipt = Receipt.model_validate(json.loads(text, parse_float=Decimal))
        except ValidationError:
            continue
        yield {
            "userId": document["attributes"]["userId"],
            "transactionId": document["recordId"],
            "imageId": document["identity"],
            "jobId": document["jobId"],
            **receipt.model_dump(),
            "extractedAt": "2026-01-10T00:00:00Z",
            "modelId": "amazon.nova-lite-v1:0",
            "promptVersion": "1",
            "usage": {"inputTokens": document["inputTokens"], "outputTokens": document["outputTokens"]},
            "status": "confirmed",
            "warnings": [],
        }


class LambdaDesign:
    """The design, with the clients it keeps between calls."""

    def __init__(self, bucket: str, table: str) -> None:
        self._s3: Any = boto3.client("s3")
        self._dynamodb: Any = boto3.client("dynamodb")
        self._bucket = bucket
        self._table = table
        self._serialize = TypeSerializer().serialize

    def run(self, key: str) -> int:
        """Read the answers and write their rows; return how many it believes to have written."""
        return sum(map(self._write, self.batches(key)))

    def batches(self, key: str) -> Iterator[list[Put]]:
        """Yield the answers' rows as requests, 25 at a time."""
        body = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"]
        batch: list[Put] = []
        for row in rows_of(body.iter_lines()):
            batch.append({"PutRequest": {"Item": {name: self._serialize(value) for name, value in row.items()}}})
            if len(batch) == _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def write_all(self, batches: list[list[Put]], *, at_once: int) -> int:
        """Write batches from several Lambdas; return how many rows they believe to have written."""
        with ThreadPoolExecutor(at_once) as pool:
            return sum(pool.map(self._write, batches))

    def _write(self, batch: list[Put]) -> int:
        left = batch
        for wait in _WAITS:
            try:
                answer = self._dynamodb.batch_write_item(RequestItems={self._table: left})
                left = answer["UnprocessedItems"].get(self._table, [])
            except ClientError as error:
                if error.response["Error"]["Code"] != "ProvisionedThroughputExceededException":
                    raise
            if not left:
                break
            time.sleep(wait)
        return len(batch) - len(left)
