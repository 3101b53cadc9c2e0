"""Archiving as a loop: copy, look at the copy, mark the row, delete, and the next one."""

from __future__ import annotations

from typing import Any

import boto3


class OneByOneArchive:
    """The loop, with its clients."""

    def __init__(self, bucket: str, table: str) -> None:
        self._s3: Any = boto3.client("s3")
        self._dynamodb: Any = boto3.client("dynamodb")
        self._bucket = bucket
        self._table = table

    def run(self, images: list[tuple[str, str]]) -> int:
        """Archive images, given as (imageId, key); return how many."""
        for image_id, key in images:
            copy = f"processed/2026-01-09/{image_id}.jpg"
            self._s3.copy_object(Bucket=self._bucket, Key=copy, CopySource={"Bucket": self._bucket, "Key": key})
            self._s3.head_object(Bucket=self._bucket, Key=copy)
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"imageId": {"S": image_id}},
                UpdateExpression="SET #status = :processed REMOVE pendingDate",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":processed": {"S": "processed"}},
            )
            self._s3.delete_object(Bucket=self._bucket, Key=key)
        return len(images)
