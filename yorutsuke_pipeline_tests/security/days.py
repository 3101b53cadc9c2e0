"""Days on the embedded AWS: rows and photos as anybody may put them there, and the stages over them.

What belongs here: what tests of security share. What is hostile about a row or an answer stands in the tests.
"""

from __future__ import annotations

import itertools
import json
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.attribute_values import as_item, from_item
from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.settings import AwsEnvironment, load_settings
from yorutsuke_pipeline_tests.proof.day import FEWEST_RECORDS
from yorutsuke_pipeline_tests.proof.picture import Told, draw
from yorutsuke_pipeline_tests.proof.world import open_world
from yorutsuke_pipeline_tests.receipts import receipts_stages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yorutsuke_pipeline_tests.proof.world import World

FIRST_DAY = date(2025, 1, 1)
_SECONDS_FOR_JOBS = 60.0


def at_once(world: World, *, after_seconds: int = 0, **quotas: int) -> None:
    """Let jobs of three records end without any waiting, or work for so long; other quotas as they are given."""
    states = ("submitted", "validating", "scheduled", "in_progress", "stopping")
    timing = {**dict.fromkeys(states, 0), "in_progress": after_seconds}
    settings = {"timing": timing, "quotas": {"min_records": FEWEST_RECORDS, **quotas}}
    request = urllib.request.Request(  # noqa: S310 — loopback
        f"{world.url}/_yorutsuke/bedrock/faults", json.dumps(settings).encode(), method="PUT"
    )
    urllib.request.urlopen(request, timeout=20).close()  # noqa: S310 — loopback


def answer(**changes: object) -> str:
    """Return what a good model says of a receipt, with other values in some places."""
    said = {
        "amount": 1234,
        "currency": "JPY",
        "type": "expense",
        "date": "2025-01-01",
        "merchant": "みどり文具店",
        "category": "other",
        "description": "goods",
        "lines_total": None,
    }
    return json.dumps({**said, **changes})


@dataclass
class Place:
    """The embedded AWS, the product on it, and days that no other test uses."""

    world: World
    _days: Iterator[int] = field(default_factory=itertools.count)

    def new_day(self) -> date:
        return FIRST_DAY + timedelta(days=next(self._days))

    def product(self, **settings: str) -> Composition:
        given = {
            "YORUTSUKE_HOME": str(self.world.home),
            "YORUTSUKE_SAMPLES": "false",
            "YORUTSUKE_FEWEST_RECORDS": str(FEWEST_RECORDS),
            "YORUTSUKE_FIRST_DAY": FIRST_DAY.isoformat(),
        }
        return Composition(load_settings({**given, **settings}), AwsEnvironment(None))

    def put(self, day: date, number: int, said: str | None = None, **changes: Any) -> str:  # noqa: ANN401 — rows hold anything
        """Put a photo that says `said` in line, its row with other values in some places; return its id."""
        identity = f"image-{day}-{number:02d}"
        row = {
            "imageId": identity,
            "userId": f"user-{day}",
            "s3Key": f"uploads/user-{day}/{identity}.png",
            "uploadedAt": f"{day}T03:00:{number:02d}.000Z",
            "status": "pending",
            "pendingDate": day.isoformat(),
            **changes,
        }
        text = said if said is not None else answer(amount=1000 + number)
        self.world.s3.put_object(Bucket=self.world.bucket, Key=row["s3Key"], Body=draw(Told(identity, text, text)))
        self.world.dynamodb.put_item(TableName=self.world.table("PendingImages"), Item=as_item(row))
        return str(row["imageId"])

    def run(self, day: date, product: Composition) -> None:
        """Run every stage once, waiting for the jobs in between."""
        stages = receipts_stages(product)
        stages.manifest_writer.write(day)
        stages.submitter.submit(day)
        collector, deadline = stages.raw_output_collector, time.monotonic() + _SECONDS_FOR_JOBS
        while collector.collect(day).must_wait:
            assert time.monotonic() < deadline, "the jobs did not end"
            time.sleep(0.05)
        stages.result_recorder.record(day)
        stages.archiver.archive(day)

    def transactions(self, day: date) -> dict[str, dict[str, Any]]:
        """Return the day's transactions by image; what a person typed in belongs to no intent."""
        mine = f"receipts-{day}-"
        return {row["imageId"]: row for row in self._rows("Transactions") if row.get("intentId", "").startswith(mine)}

    def image(self, identity: str) -> dict[str, Any]:
        """Return an image's row."""
        key = as_item({"imageId": identity})
        answer = self.world.dynamodb.get_item(TableName=self.world.table("PendingImages"), Key=key, ConsistentRead=True)
        return from_item(answer["Item"])

    def keys(self, prefix: str = "") -> set[str]:
        """Return the keys of the bucket's objects, those that XML can hold."""
        pages = self.world.s3.get_paginator("list_objects_v2").paginate(Bucket=self.world.bucket, Prefix=prefix)
        return {found["Key"] for page in pages for found in page.get("Contents", [])}

    def content(self, key: str) -> bytes:
        return self.world.s3.get_object(Bucket=self.world.bucket, Key=key)["Body"].read()

    def letters(self, day: date) -> list[dict[str, Any]]:
        """Return the day's dead letters."""
        documents = (json.loads(line) for key in self.keys("dead-letters/") for line in self.content(key).splitlines())
        return [document for document in documents if document["day"] == day.isoformat()]

    def _rows(self, table: str) -> Iterator[dict[str, Any]]:
        pages = self.world.dynamodb.get_paginator("scan").paginate(TableName=self.world.table(table))
        return (from_item(item) for page in pages for item in page["Items"])


@contextmanager
def open_place(folder: Path) -> Iterator[Place]:
    """Open an embedded AWS in a folder, whose jobs end at once."""
    with open_world(folder) as world:
        at_once(world)
        yield Place(world)
