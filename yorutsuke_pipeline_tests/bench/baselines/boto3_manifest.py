"""Images to a part of a batch job with boto3: one after the other, or in eight threads."""

from __future__ import annotations

import base64
import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterable

_PROMPT = "Read this receipt. " * 20
_JPEG = b"\xff\xd8\xff"
_INTENT = "baseline"


class Boto3Manifest:
    """Claim, fetch, check, encode, upload. An image is given as (recordId, imageId, key)."""

    def __init__(self, bucket: str, table: str) -> None:
        pooled = Config(max_pool_connections=16)
        self._s3: Any = boto3.client("s3", config=pooled)
        self._dynamodb: Any = boto3.client("dynamodb", config=pooled)
        self._bucket = bucket
        self._table = table

    def naive(self, images: list[tuple[str, str, str]], to: str) -> int:
        """Make the lines one by one, join them, and upload; return how many."""
        return self._upload(map(self._line, images), to)

    def threaded(self, images: list[tuple[str, str, str]], to: str, threads: int = 8) -> int:
        """Make the lines in threads; else the same."""
        with ThreadPoolExecutor(threads) as pool:
            return self._upload(pool.map(self._line, images), to)

    def _upload(self, lines: Iterable[bytes], to: str) -> int:
        part = io.BytesIO()
        count = 0
        for line in lines:
            part.write(line)
            count += 1
        part.seek(0)
        self._s3.upload_fileobj(part, self._bucket, to)
        return count

    def _line(self, image: tuple[str, str, str]) -> bytes:
        record_id, image_id, key = image
        self._dynamodb.update_item(
            TableName=self._table,
            Key={"imageId": {"S": image_id}},
            UpdateExpression="SET intentId = :me",
            ConditionExpression="attribute_not_exists(intentId)",
            ExpressionAttributeValues={":me": {"S": _INTENT}},
        )
        content = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        if not content.startswith(_JPEG):
            raise ValueError(f"{key} is no JPEG")
        source = {"bytes": base64.b64encode(content).decode()}
        blocks = [{"image": {"format": "jpeg", "source": source}}, {"text": _PROMPT}]
        body = {"schemaVersion": "messages-v1", "messages": [{"role": "user", "content": blocks}]}
        return json.dumps({"recordId": record_id, "modelInput": body}).encode() + b"\n"
