"""The embedded AWS as a service to measure at: a fresh one for each run, in a folder that goes when the run ends."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import boto3

from yorutsuke_pipeline.engine.streams import map_bounded
from yorutsuke_pipeline.local_aws import lifecycle
from yorutsuke_pipeline_tests.bench import contents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint
    from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings

_WORKERS = 8
# Should the run be killed, nobody else ends it.
_IDLE_EXIT_SECONDS = 600.0


@dataclass(frozen=True)
class EmbeddedAws:
    """One that runs, with its tables and its bucket and nothing in them."""

    endpoint: Endpoint

    @property
    def port(self) -> int:
        return self.endpoint.port

    @property
    def url(self) -> str:
        return self.endpoint.url

    def begin(self, settings: StubSettings) -> None:
        """Put the day's images there. The stub's delays and limits are not for this: it is as slow as it is."""
        photo, bucket, s3 = contents.image(settings.image_bytes), self._bucket, self._client("s3")

        def put(number: int) -> None:
            s3.put_object(Bucket=bucket, Key=contents.source_key(number), Body=photo)

        for _ in map_bounded(put, range(settings.images), workers=_WORKERS):
            pass
        resource: Any = boto3.resource("dynamodb", endpoint_url=self.url, region_name=self.endpoint.region)
        with resource.Table(self.endpoint.outputs["PendingImagesTableName"]).batch_writer() as batch:
            for number in range(settings.images):
                batch.put_item(Item=contents.pending_row(number, settings.image_bytes, settings.claimed_by))

    def make(self, key: str, kind: str, count: int, image_bytes: int = 0) -> int:
        """Upload an object of records; return its size in bytes."""
        body = b"".join(contents.pieces(kind, count, image_bytes))
        self._client("s3").put_object(Bucket=self._bucket, Key=key, Body=body)
        return len(body)

    def counts(self) -> dict[str, Any]:
        """Count the transactions. What was called, nobody counted."""
        pages = self._client("dynamodb").get_paginator("scan").paginate(TableName=self.transactions, Select="COUNT")
        return {"rows_written": sum(page["Count"] for page in pages), "calls": {}}

    @property
    def transactions(self) -> str:
        return self.endpoint.outputs["TransactionsTableName"]

    @property
    def _bucket(self) -> str:
        return self.endpoint.outputs["ReceiptsBucketName"]

    def _client(self, service: str) -> Any:  # noqa: ANN401 — boto3 makes its clients' classes as it runs
        make: Any = boto3.client
        return make(service, endpoint_url=self.url, region_name=self.endpoint.region)


@contextmanager
def fresh_embedded_aws(_stub: object = None) -> Iterator[EmbeddedAws]:
    """Run one for as long as the context lasts, in place of the stub; neither process nor file outlives it."""
    with TemporaryDirectory() as folder:
        try:
            yield EmbeddedAws(lifecycle.ensure_running(Path(folder), idle_exit_seconds=_IDLE_EXIT_SECONDS))
        finally:
            lifecycle.stop(Path(folder))
