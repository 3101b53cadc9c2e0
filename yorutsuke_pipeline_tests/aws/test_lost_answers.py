"""A write that took effect, whose answer is lost, and which botocore then sends again by itself.

On the embedded AWS, with clients of each test's own, because the fault stays in the client.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.intent_ledger import DynamoIntentLedger
from yorutsuke_pipeline.aws.object_store import S3ObjectStore
from yorutsuke_pipeline.aws.receipt_images import NewImage, ReceiptImages
from yorutsuke_pipeline.aws.record_table import RecordTable
from yorutsuke_pipeline.engine.days import day_of
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.workloads.receipts.tables import IMAGES
from yorutsuke_pipeline.workloads.violations.tables import WAITING
from yorutsuke_pipeline_tests.aws.places import embedded_place
from yorutsuke_pipeline_tests.aws.test_intent_ledger import a_job, an_intent
from yorutsuke_pipeline_tests.aws.wire import lose_first_answer
from yorutsuke_pipeline_tests.fakes.clock import NIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint
    from yorutsuke_pipeline_tests.aws.places import Place

MINE = "receipts-2026-01-09-001"


@pytest.fixture
def place(embedded_aws: Endpoint) -> Place:
    return embedded_place(embedded_aws)


@pytest.fixture
def ledger(place: Place) -> DynamoIntentLedger:
    return DynamoIntentLedger(place.clients.dynamodb, place.jobs_table)


@pytest.fixture
def images(place: Place) -> ReceiptImages:
    return ReceiptImages(place.clients.dynamodb, place.pending_table, IMAGES)


def an_image(name: str) -> NewImage:
    return NewImage(name, "mai", f"uploads/mai/{name}.jpg", "d41d8cd9", NIGHT, 4)


def test_an_intent_that_was_created_is_known_as_ours(place: Place, ledger: DynamoIntentLedger, name: str) -> None:
    tries = lose_first_answer(place.clients.dynamodb, "PutItem")

    assert ledger.create(an_intent(name))

    assert len(tries) == 2
    assert not ledger.create(an_intent(name))


def test_an_intent_that_was_saved_is_no_lost_race(place: Place, ledger: DynamoIntentLedger, name: str) -> None:
    ledger.create(an_intent(name))
    tries = lose_first_answer(place.clients.dynamodb, "PutItem")

    saved = ledger.save(replace(an_intent(name), record_count=7))

    assert len(tries) == 2
    assert ledger.intent(name) == saved


def test_a_job_that_was_saved_is_no_lost_race(place: Place, ledger: DynamoIntentLedger, name: str) -> None:
    tries = lose_first_answer(place.clients.dynamodb, "PutItem")

    saved = ledger.save_job(a_job(name))

    assert len(tries) == 2
    assert list(ledger.jobs(name)) == [saved]


def test_an_image_that_was_added_is_new_and_then_there_already(place: Place, images: ReceiptImages, name: str) -> None:
    tries = lose_first_answer(place.clients.dynamodb, "PutItem")

    assert images.add(an_image(name))

    assert len(tries) == 2
    assert not images.add(an_image(name))


@pytest.mark.parametrize("verb", ["claim", "release", "fail", "finish"])
def test_a_change_of_an_image_succeeds_although_its_condition_fails_the_second_time(
    place: Place, images: ReceiptImages, name: str, verb: str
) -> None:
    images.add(an_image(name))
    if verb != "claim":
        images.claim(name, MINE)
    tries = lose_first_answer(place.clients.dynamodb, "UpdateItem")
    changes: dict[str, Callable[[], object]] = {
        "claim": lambda: images.claim(name, MINE),
        "release": lambda: images.release(name, MINE, attempts=1, reason="no total"),
        "fail": lambda: images.fail(name, MINE, attempts=3, reason="no total"),
        "finish": lambda: images.finish(name, MINE, archived_key=None),
    }

    assert changes[verb]()

    assert len(tries) == 2


@pytest.mark.parametrize("verb", ["redrive", "discard"])
def test_what_a_person_decided_is_known_as_this_persons_although_its_answer_was_lost(
    place: Place, images: ReceiptImages, name: str, verb: str
) -> None:
    images.add(an_image(name))
    images.claim(name, MINE)
    images.fail(name, MINE, attempts=3, reason="no total")
    decisions: dict[str, Callable[[], bool]] = {
        "redrive": lambda: images.redrive(name, day_of(NIGHT), keeps_reason=True, even_discarded=False),
        "discard": lambda: images.discard(name, "a photo of a cat"),
    }
    tries = lose_first_answer(place.clients.dynamodb, "UpdateItem")

    assert decisions[verb]()

    assert len(tries) == 2
    assert not decisions[verb]()


def test_an_object_that_was_created_is_known_as_ours(place: Place, name: str) -> None:
    store = S3ObjectStore(place.clients.s3, place.bucket)
    tries = lose_first_answer(place.clients.s3, "PutObject")

    assert store.create(name, b"asked")

    assert len(tries) == 2
    assert not store.create(name, b"asked")


def test_an_upload_that_was_completed_is_known_as_ours(place: Place, name: str) -> None:
    store = S3ObjectStore(place.clients.s3, place.bucket)
    tries = lose_first_answer(place.clients.s3, "CompleteMultipartUpload")

    with store.writing(name) as out:
        out.write(b"x" * (9 * 1024 * 1024))

    stored = store.head(name)
    assert stored is not None
    assert stored.size == 9 * 1024 * 1024
    assert len(tries) == 2


def test_images_of_a_day_are_listed_whatever_became_of_them(place: Place, images: ReceiptImages, name: str) -> None:
    images.add(an_image(f"{name}-waits"))
    images.add(an_image(f"{name}-failed"))
    images.claim(f"{name}-failed", MINE)
    images.fail(f"{name}-failed", MINE, attempts=3, reason="no total")
    day = day_of(NIGHT)

    def listed(status: str | None) -> set[str]:
        return {record.identity for record in images.listing(day, status) if record.identity.startswith(name)}

    assert listed(None) == {f"{name}-waits", f"{name}-failed"}
    assert listed("pending") == {f"{name}-waits"}
    assert listed("failed") == {f"{name}-failed"}
    assert place.row(place.pending_table, {"imageId": f"{name}-waits"})["pendingDate"] == day.isoformat()


def test_a_record_that_was_put_in_line_is_in_line(place: Place, name: str) -> None:
    table = RecordTable(place.clients.dynamodb, place.tables[WAITING.table], WAITING)
    tries = lose_first_answer(place.clients.dynamodb, "PutItem")

    assert table.enqueue(PendingRecord(name), day_of(NIGHT), MINE, NIGHT)

    assert len(tries) == 2
    assert place.row(place.tables[WAITING.table], {WAITING.key: name})["orderedBy"] == MINE
