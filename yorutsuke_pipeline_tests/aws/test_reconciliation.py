"""A day reconciled through the real adapters, on the embedded AWS."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.batch_service import BedrockBatchService
from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.aws.intent_ledger import DynamoIntentLedger
from yorutsuke_pipeline.aws.object_store import S3ObjectStore
from yorutsuke_pipeline.aws.record_book import DynamoRecordBook
from yorutsuke_pipeline.aws.record_table import RecordTable
from yorutsuke_pipeline.aws.result_book import DynamoResultBook
from yorutsuke_pipeline.aws.results_table import ResultsTable
from yorutsuke_pipeline.aws.spending_book import DynamoSpendingBook
from yorutsuke_pipeline.engine.archive import Archiver
from yorutsuke_pipeline.engine.batch_job import JobRequest
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline.engine.manifest import ManifestWriter
from yorutsuke_pipeline.engine.quotas import FixedQuotas
from yorutsuke_pipeline.engine.raw_output import RawOutputCollector
from yorutsuke_pipeline.engine.reconciliation.books import Books
from yorutsuke_pipeline.engine.reconciliation.reconciler import Reconciler
from yorutsuke_pipeline.engine.results import ResultRecorder
from yorutsuke_pipeline.engine.spending import Spending
from yorutsuke_pipeline.engine.submission import Submitter
from yorutsuke_pipeline.engine.watching import Watch
from yorutsuke_pipeline.workloads.receipts.tables import IMAGES, TRANSACTIONS
from yorutsuke_pipeline.workloads.receipts.workload import ReceiptsWorkload
from yorutsuke_pipeline_tests.engine.nights import POLICY, picture
from yorutsuke_pipeline_tests.fakes.event_log import FakeEventLog
from yorutsuke_pipeline_tests.fakes.model import FakeModel
from yorutsuke_pipeline_tests.fakes.prices import FixedPrices

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.aws.places import Place

QUOTAS = FixedQuotas(POLICY.quotas)


@dataclass(frozen=True)
class Day:
    """A day of two images, asked about on demand, with all else real."""

    place: Place
    name: str
    day: date

    @property
    def images(self) -> list[str]:
        return [f"{self.name}-{number}" for number in (1, 2)]

    @property
    def spending(self) -> Spending:
        book = DynamoSpendingBook(self.place.clients.dynamodb, self.place.jobs_table)
        return Spending(POLICY, FixedPrices(), book, SystemClock())

    def arrive(self) -> None:
        for image in self.images:
            key = f"uploads/{self.name}/{image}.png"
            self.place.clients.s3.put_object(Bucket=self.place.bucket, Key=key, Body=picture(image))
            row = {"imageId": image, "userId": self.name, "s3Key": key, "status": "pending"}
            dated = {"uploadedAt": f"{self.day}T03:00:00.000Z", "pendingDate": self.day.isoformat()}
            self.place.put(self.place.pending_table, {**row, **dated})

    def run(self) -> None:
        """Run every stage."""
        books, events = self.books(), FakeEventLog()
        workload, policy, ledger, objects = books.workload, books.policy, books.ledger, books.objects
        opening = (workload, policy, books.pending, ledger, objects, events, books.clock)
        ManifestWriter(*opening, self.spending, QUOTAS).write(self.day)
        books.submitter.submit(self.day)
        RawOutputCollector(workload, ledger, objects, books.watch, self.spending, events).collect(self.day)
        books.recorder.record(self.day)
        table = books.recorder.table
        Archiver(workload, policy, books.pending, ledger, objects, table, events, books.clock).archive(self.day)

    def books(self) -> Books:
        clients, place, clock, events = self.place.clients, self.place, SystemClock(), FakeEventLog()
        workload: Any = ReceiptsWorkload(name=self.name)
        pending = RecordTable(clients.dynamodb, place.pending_table, IMAGES)
        ledger = DynamoIntentLedger(clients.dynamodb, place.jobs_table)
        objects = S3ObjectStore(clients.s3, place.bucket)
        service = BedrockBatchService(clients.bedrock)
        table = ResultsTable(clients.dynamodb, place.transactions_table, TRANSACTIONS)
        return Books(
            workload=workload,
            policy=POLICY,
            pending=pending,
            records=DynamoRecordBook(clients.dynamodb, place.pending_table, IMAGES),
            ledger=ledger,
            objects=objects,
            service=service,
            results=DynamoResultBook(clients.dynamodb, place.transactions_table, TRANSACTIONS),
            clock=clock,
            submitter=Submitter(
                workload, POLICY, ledger, objects, service, FakeModel(), events, clock, self.spending, QUOTAS
            ),
            watch=Watch(POLICY, ledger, service, clock, QUOTAS),
            recorder=ResultRecorder(workload, POLICY, pending, ledger, objects, table, events, clock),
        )

    def found(self, *, fix: bool = False) -> list[tuple[str, str]]:
        """Return what the check finds, or what was mended of it."""
        found = Reconciler(self.books()).of_day(self.day)
        return sorted((str(each.kind), each.subject) for each in found if not fix or each.mended())

    def copy_of(self, image: str) -> str:
        return f"processed/{self.day}/{record_id(image)}.png"


@pytest.fixture
def day(embedded: Place, name: str) -> Day:
    """A processed day of this test's own: tests share the embedded AWS."""
    made = Day(embedded, name, date(1000, 1, 1) + timedelta(days=random.randrange(300_000)))
    made.arrive()
    made.run()
    return made


def test_a_processed_day_tells_one_story(day: Day) -> None:
    assert day.found() == []


def test_what_is_lost_and_what_is_too_many_is_found_and_the_answer_that_was_paid_for_is_used_again(day: Day) -> None:
    place, (first, second) = day.place, day.images
    key = {"userId": day.name, "transactionId": record_id(first)}
    before = place.row(place.transactions_table, key)
    place.clients.dynamodb.delete_item(
        TableName=place.transactions_table, Key={name: {"S": value} for name, value in key.items()}
    )
    place.clients.s3.delete_object(Bucket=place.bucket, Key=day.copy_of(second))
    stray = f"processed/{day.day}/0123.png"
    place.clients.s3.put_object(Bucket=place.bucket, Key=stray, Body=b"whose?")

    seen, mended, left = day.found(), day.found(fix=True), day.found()

    others = [("copy_without_record", stray), ("missing_copy", second)]
    assert seen == sorted([("record_without_result", first), *others])
    assert (mended, left) == ([("record_without_result", first)], others)
    after = place.row(place.transactions_table, key)
    assert {**after, "extractedAt": ""} == {**before, "extractedAt": ""}


def test_a_job_at_the_service_that_the_ledger_does_not_have_is_found(day: Day) -> None:
    place, books = day.place, day.books()
    part = f"batch-input/{day.name}/part-0001.jsonl"
    place.clients.s3.put_object(Bucket=place.bucket, Key=part, Body=b"")
    arn = books.service.create(
        JobRequest(
            job_name=f"{day.name}-{day.day}-007-001-dev",
            client_request_token=day.name * 3,
            model_id=POLICY.model_id,
            role_arn=place.role_arn,
            input_uri=f"s3://{place.bucket}/{part}",
            output_uri=f"s3://{place.bucket}/batch-output/",
            timeout_hours=24,
            tags=(("env", "test"),),
        )
    )

    assert day.found() == [("unknown_job", arn.rpartition("/")[2])]
