"""What is there after a night, read from outside: plain boto3, straight to the embedded AWS.

What belongs here: reading. Nothing of the product is imported: what it believes of its own tables and keys is
what is in question; the names here are those of its specification. What must hold is `invariants`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer

from yorutsuke_pipeline.local_aws.home import Home
from yorutsuke_pipeline_tests.proof.bedrock import questions_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline_tests.proof.day import Day
    from yorutsuke_pipeline_tests.proof.world import World

Row = dict[str, Any]
_values = TypeDeserializer()


@dataclass(frozen=True)
class Evidence:
    """A day in the tables, the bucket and the service.

    Attributes:
        images: The rows of the day's images, by id.
        ledger: The rows of its intents and their jobs.
        service_jobs: The service's own list of its jobs.
        objects: The day's objects: key and ETag.
        letters: Its dead letters.
        asked: By image: how often it stands in the input of a job that exists, or was asked about on demand.
        billed: By image: how often the model was paid for, answer lost or not.
        decided: By image: in how many parts of the ledger's jobs it stands.
    """

    images: dict[str, Row]
    transactions: list[Row]
    ledger: list[Row]
    service_jobs: list[Row]
    objects: dict[str, str]
    letters: list[Row]
    asked: Counter[str]
    billed: Counter[str]
    decided: Counter[str]

    @property
    def intents(self) -> list[Row]:
        """The rows of intents."""
        return [row for row in self.ledger if row["item"] == "INTENT"]

    @property
    def jobs(self) -> list[Row]:
        """The rows of jobs."""
        return [row for row in self.ledger if row["item"].startswith("JOB#")]

    @property
    def spendings(self) -> list[Row]:
        """What each intent was settled at, or has reserved."""
        return [row for row in self.ledger if row["item"] == "SPENDING"]

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits and no intent is open."""
        waits = any("pendingDate" in row for row in self.images.values())
        return not waits and all(row["status"] == "closed" for row in self.intents)


def read_evidence(world: World, day: Day) -> Evidence:
    """Read all there is of a day."""
    return _Reader(world, day).read()


def record_id(image_id: str) -> str:
    """Return the id under which an image is asked about and stored (specification, "State")."""
    return hashlib.sha256(image_id.encode()).hexdigest()[:24]


class _Reader:
    def __init__(self, world: World, day: Day) -> None:
        self._world = world
        self._day = day
        self._names = {record_id(image.image_id): image.image_id for image in day.images}

    def read(self) -> Evidence:
        ledger = list(self._ledger())
        jobs = self._service_jobs()
        objects = self._objects(ledger, jobs)
        in_jobs = self._records(self._inputs(objects, jobs))
        on_demand = self._asked_on_demand()
        outputs = [key for key in objects if key.startswith("batch-output/") and not key.startswith(_STAND_IN)]
        billed = self._records(key for key in outputs if not key.endswith("manifest.json.out"))
        return Evidence(
            images=self._images(),
            transactions=list(self._transactions()),
            ledger=ledger,
            service_jobs=jobs,
            objects=objects,
            letters=[letter for key in objects if key.startswith("dead-letters/") for letter in self._lines(key)],
            asked=in_jobs + on_demand,
            billed=billed + on_demand,
            decided=self._records(row["partKey"] for row in ledger if "partKey" in row),
        )

    def _images(self) -> dict[str, Row]:
        keys: Any = [{"imageId": {"S": image.image_id}} for image in self._day.images]
        table = self._world.table("PendingImages")
        answer = self._world.dynamodb.batch_get_item(RequestItems={table: {"Keys": keys, "ConsistentRead": True}})
        rows = [_row(item) for item in answer["Responses"][table]]
        return {row["imageId"]: row for row in sorted(rows, key=lambda row: str(row["imageId"]))}

    def _transactions(self) -> Iterator[Row]:
        yield from self._query("Transactions", "userId", self._day.user_id)

    def _ledger(self) -> Iterator[Row]:
        for number in range(1, 1000):
            rows = list(self._query("BatchJobs", "intentId", f"{self._day.intent_prefix}{number:03d}"))
            yield from rows
            if not rows:
                return

    def _query(self, table: str, name: str, value: str) -> Iterator[Row]:
        pages = self._world.dynamodb.get_paginator("query").paginate(
            TableName=self._world.table(table),
            KeyConditionExpression=f"{name} = :value",
            ExpressionAttributeValues={":value": {"S": value}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from map(_row, page["Items"])

    def _service_jobs(self) -> list[Row]:
        pages = self._world.bedrock.get_paginator("list_model_invocation_jobs").paginate(
            nameContains=self._day.intent_prefix
        )
        return [dict(job) for page in pages for job in page["invocationJobSummaries"]]

    def _objects(self, ledger: list[Row], jobs: list[Row]) -> dict[str, str]:
        day, user = self._day, self._day.user_id
        owners = {row["intentId"] for row in ledger} | {row["jobId"] for row in ledger if "jobId" in row}
        prefixes = {f"uploads/{user}/", f"processed/{day.key}/"}
        prefixes |= {f"batch-{kind}/{day.intent_prefix}" for kind in ("input", "work")}
        prefixes |= {f"dead-letters/{owner}" for owner in owners}
        prefixes |= {f"batch-output/{job['jobArn'][-12:]}/" for job in jobs} | {f"{_STAND_IN}{day.intent_prefix}"}
        pages = self._world.s3.get_paginator("list_objects_v2")
        found = (page.get("Contents", []) for prefix in sorted(prefixes) for page in self._pages(pages, prefix))
        return {item["Key"]: item["ETag"].strip('"') for items in found for item in items}

    def _pages(self, pages: Any, prefix: str) -> Any:  # noqa: ANN401 — boto3's paginator
        return pages.paginate(Bucket=self._world.bucket, Prefix=prefix)

    def _inputs(self, objects: dict[str, str], jobs: list[Row]) -> Iterator[str]:
        for job in jobs:
            place = job["inputDataConfig"]["s3InputDataConfig"]["s3Uri"].removeprefix(f"s3://{self._world.bucket}/")
            yield from (key for key in objects if key.startswith(place) and key.endswith(".jsonl"))

    def _records(self, keys: Any) -> Counter[str]:  # noqa: ANN401 — any iterable of keys
        """Count, by image, the lines of some objects."""
        lines = (line for key in keys for line in self._lines(key))
        record_ids = (str(line["recordId"]) for line in lines if "error" not in line)
        return Counter(self._names.get(name, name) for name in record_ids)

    def _asked_on_demand(self) -> Counter[str]:
        path = questions_file(Home(self._world.home).bedrock)
        asked = path.read_text().split() if path.exists() else []
        return Counter(image_id for image_id in asked if image_id in self._names.values())

    def _lines(self, key: str) -> list[Row]:
        try:
            body = self._world.s3.get_object(Bucket=self._world.bucket, Key=key)["Body"].read()
        except self._world.s3.exceptions.NoSuchKey:
            return []
        return [json.loads(line) for line in body.splitlines()]


# Where the product writes what a batch job would have written, for what it asked on demand.
_STAND_IN = "batch-output/ondemand-"


def _row(item: Any) -> Row:  # noqa: ANN401 — DynamoDB's typed values
    return {name: _values.deserialize(value) for name, value in sorted(item.items())}
