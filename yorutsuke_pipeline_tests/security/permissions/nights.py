"""What happens at night: each function is one way in which a day goes.

What belongs here: also what is rare, since a permission that only a bad night needs is missed on just that night.
Who acts, and how, is `actors.py`'s; what people do about the days is `errands.py`, and what AWS answers only rarely
`oddities.py`.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.attribute_values import as_item
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline_tests.aws.wire import answering, lose_first_answer, refusal
from yorutsuke_pipeline_tests.defs.days import INGESTED_HALF, SUBMITTED_HALF
from yorutsuke_pipeline_tests.proof.day import FEWEST_RECORDS
from yorutsuke_pipeline_tests.receipts import receipts_stages
from yorutsuke_pipeline_tests.security.permissions.actors import INGESTER, OPERATOR, SUBMITTER

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from botocore.awsrequest import AWSResponse

    from yorutsuke_pipeline_tests.security.permissions.actors import Actors

UNREADABLE = "no receipt at all"
# A profile of another vendor's model: with it, every kind of model that a policy names was asked.
PROFILE = "us.anthropic.claude-sonnet-4-20250514-v1:0"


def a_day_by_batch(actors: Actors, _folder: Path) -> None:
    """Photos that are none, gone, unreadable, replaced or deleted meanwhile, and one that a person has typed in."""
    place, day = actors.place, actors.place.new_day()
    images = [place.put(day, number) for number in range(4)]
    place.put(day, 4, UNREADABLE)
    missing = place.put(day, 5)
    _delete(actors, _upload(day, missing))
    _put(actors, _upload(day, place.put(day, 6)), b"%PDF is no photo")
    edited = {"userId": f"user-{day}", "transactionId": record_id(images[0]), "editedAt": f"{day}T09:00:00.000Z"}
    place.world.dynamodb.put_item(TableName=place.world.table("Transactions"), Item=as_item(edited))

    actors.run_in_dagster(SUBMITTER, SUBMITTED_HALF, day)
    actors.collect(day)
    _put(actors, _upload(day, images[1]), b"a new upload under the old name")
    _delete(actors, _upload(day, images[2]))
    actors.run_in_dagster(INGESTER, INGESTED_HALF, day)


def a_day_of_many_jobs(actors: Actors, _folder: Path) -> None:
    """So many that they are looked up by listing; one is asked first, and what Create answers to the next is lost."""
    settings = {"MOST_RECORDS": FEWEST_RECORDS, "PREFLIGHT_FROM": FEWEST_RECORDS, "PREFLIGHT_RECORDS": 1}
    many = actors.with_settings(**{f"YORUTSUKE_{name}": str(value) for name, value in settings.items()})
    day = actors.place.new_day()
    for number in range(4 * FEWEST_RECORDS + 1):
        actors.place.put(day, number)
    lose_first_answer(many.product(SUBMITTER).clients.bedrock, "CreateModelInvocationJob")
    many.submit(day)
    many.tick()


def days_with_another_model(actors: Actors, _folder: Path) -> None:
    """A day sealed for one model and submitted with another, by batch; and one on demand."""
    other = actors.with_settings(YORUTSUKE_MODEL_ID=PROFILE)
    for images in (FEWEST_RECORDS, 1):
        day = actors.place.new_day()
        for number in range(images):
            actors.place.put(day, number)
        receipts_stages(actors.product(SUBMITTER)).manifest_writer.write(day)
        other.submit(day)


def days_of_images_by_place(actors: Actors, _folder: Path) -> None:
    """Images are copied to where Bedrock reads them: by batch, and on demand."""
    by_place = actors.with_settings(YORUTSUKE_IMAGES="s3Location")
    for images in (FEWEST_RECORDS, 1):
        day = actors.place.new_day()
        for number in range(images):
            actors.place.put(day, number)
        by_place.submit(day)
        by_place.ingest(day)


def a_day_of_which_nothing_is_left(actors: Actors, _folder: Path) -> None:
    """Its only photo is gone, so its intent is closed in the first half; and somebody is told of a run that failed."""
    day = actors.place.new_day()
    _delete(actors, _upload(day, actors.place.put(day, 0)))
    actors.submit(day)
    assert actors.tell_of_failure(day, f"receipts-{day}-001") == f"told: {day} failed"


def a_day_on_demand(actors: Actors, _folder: Path) -> None:
    """Interrupted at its first question, then at its second, and its part is gone before the rest is asked."""
    place, day = actors.place, actors.place.new_day()
    for number in range(2):
        place.put(day, number)
    _refuse_at(actors, 1, day)
    _refuse_at(actors, 2, day)
    for part in place.keys(f"batch-input/receipts-{day}-"):
        _delete(actors, part)
    actors.submit(day)
    actors.wait_for_jobs(day)


def a_photo_that_never_reads(actors: Actors, _folder: Path) -> None:
    """Asked about until its attempts are used up, then left for a person."""
    place, day = actors.place, actors.place.new_day()
    place.put(day, 0, UNREADABLE)
    for _ in range(3):
        actors.submit(day)
        actors.wait_for_jobs(day)
        actors.ingest(day)


def an_account_that_contradicts_itself(actors: Actors, _folder: Path) -> None:
    """The check of each day finds it, and a person mends it; the nightly schedule looks at the days before, too."""
    place, day = actors.place, actors.place.new_day()
    assert len(actors.nightly(day)) > 1
    lost, left, stranded, *_ = [place.put(day, number) for number in range(FEWEST_RECORDS)]
    photo = place.content(_upload(day, left))
    actors.submit(day)
    actors.wait_for_jobs(day)
    actors.ingest(day)
    _put(actors, _upload(day, left), photo)
    key = as_item({"userId": f"user-{day}", "transactionId": record_id(lost)})
    place.world.dynamodb.delete_item(TableName=place.world.table("Transactions"), Key=key)
    place.put(day, 2, pendingDate=day.isoformat(), intentId=f"receipts-{day}-001")
    assert stranded in actors.stranded(day)
    actors.ingest(day)
    words = ("reconcile", "--from", day.isoformat(), "--to", day.isoformat())
    actors.command(*words, "--fix", exit_code=1)
    actors.command(*words, exit_code=1)


def a_day_that_is_sealed_and_not_submitted(actors: Actors, _folder: Path) -> None:
    """Whoever compares looks at its parts, and whoever watches for free slots; nothing is late yet."""
    place, day = actors.place, actors.place.new_day()
    for number in range(FEWEST_RECORDS):
        place.put(day, number)
    receipts_stages(actors.product(SUBMITTER)).manifest_writer.write(day)
    list(receipts_stages(actors.product(INGESTER)).reconciler.of_day(day))
    list(receipts_stages(actors.product(OPERATOR)).reconciler.of_day(day))
    assert day.isoformat() in actors.tick(submitted=[day])
    assert actors.look_for_late_days() == "none is late"


def _refuse_at(actors: Actors, number: int, day: date) -> None:
    """Submit a day while the model is forbidden from a question on."""
    numbers = count(1)

    def refused() -> AWSResponse | None:
        return refusal("AccessDeniedException", 403) if next(numbers) >= number else None

    model = actors.product(SUBMITTER).clients.bedrock_runtime
    with answering(model, "InvokeModel", refused), pytest.raises(ConfigurationError):
        actors.submit(day)


def _upload(day: date, identity: str) -> str:
    return f"uploads/user-{day}/{identity}.png"


def _put(actors: Actors, key: str, content: bytes) -> None:
    actors.place.world.s3.put_object(Bucket=actors.place.world.bucket, Key=key, Body=content)


def _delete(actors: Actors, key: str) -> None:
    actors.place.world.s3.delete_object(Bucket=actors.place.world.bucket, Key=key)
