"""What every implementation of `RecordBook` does: the fake, and the adapter on two kinds of AWS."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.record_book import DynamoRecordBook
from yorutsuke_pipeline_tests.aws.subjects import PLACES, Subject, over_records
from yorutsuke_pipeline_tests.fakes.record_book import FakeRecordBook

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.reconciliation.ports import RecordBook

DAY = date(2026, 1, 9)


@pytest.fixture(params=PLACES)
def subject(request: pytest.FixtureRequest) -> Subject[RecordBook]:
    return over_records(
        request,
        FakeRecordBook,
        lambda place, shape: DynamoRecordBook(place.clients.dynamodb, place.tables[shape.table], shape),
    )


def image(name: str, **others: Any) -> dict[str, Any]:  # noqa: ANN401 — any attribute
    row = {"imageId": name, "userId": "mai", "status": "pending", "uploadedAt": "2026-01-09T03:00:00.000Z", **others}
    return {key: value for key, value in row.items() if value is not None}


def test_rows_come_by_identity_whatever_became_of_them_and_more_than_a_call_takes(
    subject: Subject[RecordBook], name: str
) -> None:
    for number in range(105):
        subject.put(image(f"{name}-{number}", status="processed" if number else "failed", attempts=2))

    found = subject.port.of([f"{name}-{number}" for number in (*range(105), 3, 999)])

    assert len(found) == 105
    assert found[f"{name}-0"].attributes["status"] == "failed"
    assert found[f"{name}-1"].attempts == 2
    assert subject.port.of([]) == {}


def test_a_scan_yields_every_row(subject: Subject[RecordBook], name: str) -> None:
    for number in range(3):
        subject.put(image(f"{name}-{number}"))

    scanned = {record.identity for record in subject.port.scan() if record.identity.startswith(name)}

    assert scanned == {f"{name}-{number}" for number in range(3)}


@pytest.mark.parametrize("line", [None, "tomorrow"])
def test_a_pending_image_is_put_in_line_once_and_doing_it_again_is_no_harm(
    subject: Subject[RecordBook], name: str, line: str | None
) -> None:
    subject.put(image(name, pendingDate=line))
    record = subject.port.of([name])[name]

    assert [subject.port.put_in_line(record, DAY), subject.port.put_in_line(record, DAY)] == [True, True]
    assert subject.row(name)["pendingDate"] == "2026-01-09"


@pytest.mark.parametrize("change", [{"status": "processed"}, {"pendingDate": "2026-01-12"}])
def test_an_image_that_moved_on_is_not_put_in_line(
    subject: Subject[RecordBook], name: str, change: dict[str, str]
) -> None:
    subject.put(image(name))
    record = subject.port.of([name])[name]
    subject.put(image(name, **change))

    assert not subject.port.put_in_line(record, DAY)
    assert subject.row(name) == image(name, **change)


def test_only_a_processed_image_is_taken_out_of_line(subject: Subject[RecordBook], name: str) -> None:
    for status in ("processed", "pending"):
        subject.put(image(f"{name}-{status}", status=status, pendingDate="2026-01-09"))

    taken = [subject.port.take_out_of_line(f"{name}-{status}") for status in ("processed", "processed", "pending")]

    assert taken == [True, True, False]
    assert "pendingDate" not in subject.row(f"{name}-processed")
    assert "pendingDate" in subject.row(f"{name}-pending")


def test_what_is_gone_does_not_come_to_be(subject: Subject[RecordBook], name: str) -> None:
    subject.put(image(f"{name}-other"))
    record = subject.port.of([f"{name}-other"])[f"{name}-other"]
    gone = type(record)(name, record.attributes)

    assert [subject.port.put_in_line(gone, DAY), subject.port.take_out_of_line(name)] == [False, False]
    assert subject.port.of([name]) == {}
