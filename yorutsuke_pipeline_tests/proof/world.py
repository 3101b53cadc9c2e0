"""An embedded AWS of the proof's own: started, filled for a day, killed and started again.

What belongs here: plain boto3 straight to it, and what a night needs of it before it begins. Reading what a
night left is `evidence`.
"""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from yorutsuke_pipeline.local_aws import lifecycle
from yorutsuke_pipeline.local_aws.home import Home
from yorutsuke_pipeline_tests.proof import bedrock
from yorutsuke_pipeline_tests.proof.day import FEWEST_RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint
    from yorutsuke_pipeline_tests.proof.day import Day

_AT_ONCE = {"submitted": 0, "validating": 0, "scheduled": 0, "in_progress": 0, "stopping": 0}
_IDLE_EXIT_SECONDS = 600.0


@dataclass
class World:
    """A running embedded AWS, with clients that go straight to it."""

    home: Path
    endpoint: Endpoint

    def __post_init__(self) -> None:
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
        config = Config(retries={"mode": "standard", "total_max_attempts": 8}, max_pool_connections=4)
        self.s3: S3Client = session.client("s3", endpoint_url=self.url, config=config)
        self.dynamodb: DynamoDBClient = session.client("dynamodb", endpoint_url=self.url, config=config)
        self.bedrock: BedrockClient = session.client("bedrock", endpoint_url=self.url, config=config)

    @property
    def url(self) -> str:
        """Its address; the same for life, also when it was killed meanwhile."""
        return self.endpoint.url

    @property
    def bucket(self) -> str:
        """The bucket."""
        return self.endpoint.outputs["ReceiptsBucketName"]

    def table(self, name: str) -> str:
        """Return the full name of a table, such as that of `PendingImages`."""
        return self.endpoint.outputs[f"{name}TableName"]

    @property
    def logs(self) -> list[Path]:
        """What its process logged and printed."""
        place = Home(self.home)
        return [place.log_file, place.console_file]

    def put(self, day: Day) -> None:
        """Put a day's images in line, and have its first job end as its flow says."""
        self._set_faults(day)
        for image in day.images:
            self.s3.put_object(Bucket=self.bucket, Key=image.s3_key, Body=image.content)
            row = {
                "imageId": image.image_id,
                "userId": image.user_id,
                "s3Key": image.s3_key,
                "uploadedAt": image.uploaded_at,
                "status": "pending",
                "pendingDate": day.key,
            }
            item: Any = {name: {"S": value} for name, value in row.items()}
            self.dynamodb.put_item(TableName=self.table("PendingImages"), Item=item)

    def kill(self) -> None:
        """SIGKILL the server, as a power cut would."""
        os.kill(self.endpoint.pid, signal.SIGKILL)

    def restart(self) -> None:
        """Start it again on the same port."""
        port = self.endpoint.port
        self.endpoint = _start(self.home, port)

    def _set_faults(self, day: Day) -> None:
        first_job = {"name_contains": f"{day.intent_prefix}001-", **day.flow.ending}
        settings = {
            "timing": _AT_ONCE,
            "quotas": {"min_records": FEWEST_RECORDS},
            "jobs": [first_job] if day.flow.ends_badly else [],
        }
        request = urllib.request.Request(  # noqa: S310 — loopback
            f"{self.url}/_yorutsuke/bedrock/faults", json.dumps(settings).encode(), method="PUT"
        )
        urllib.request.urlopen(request, timeout=20).close()  # noqa: S310 — loopback


@contextmanager
def open_world(home: Path) -> Iterator[World]:
    """Yield an embedded AWS on a home of its own, ended afterwards."""
    try:
        yield World(home, _start(home, None))
    finally:
        lifecycle.stop(home)


def _start(home: Path, port: int | None) -> Endpoint:
    return lifecycle.ensure_running(
        home,
        port=port,
        idle_exit_seconds=_IDLE_EXIT_SECONDS,
        bedrock=bedrock.DOTTED_PATH,
    )
