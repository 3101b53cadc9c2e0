"""Table buckets, read back from S3 Tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.infra.readings.reading import Reading, found_or_none

if TYPE_CHECKING:
    from yorutsuke_pipeline.infra.intrinsics import Resource

_NONE = frozenset({"NotFoundException"})


def _read_table_bucket(s3tables: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — boto3 makes its clients as it runs
    found = found_or_none(s3tables.get_table_bucket, _NONE, tableBucketARN=resource.ref)
    return None if found is None else {"TableBucketName": found["name"]}


TABLE_BUCKET = Reading("AWS::S3Tables::TableBucket", "s3tables", frozenset({"TableBucketName"}), _read_table_bucket)
