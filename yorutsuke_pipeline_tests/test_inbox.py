"""Putting photos in line: the object, then its row."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.inbox import Fate, Inbox
from yorutsuke_pipeline.workloads.receipts.upload import describe_upload
from yorutsuke_pipeline_tests.fakes.object_store import FakeObjectStore

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.receipt_images import NewImage

UPLOAD = describe_upload(
    b"photo",
    user_id="aoi",
    original_name="lunch.jpg",
    uploaded_at=datetime(2026, 1, 9, 3, tzinfo=timezone.utc),
    is_checked=False,
)


class FakeImageTable:
    """Implements `ImageTable`; can die before a row is put."""

    def __init__(self, *, dies: bool = False) -> None:
        self.rows: dict[str, dict[str, object]] = {}
        self.dies = dies

    def find(self, identity: str) -> PendingRecord | None:
        return PendingRecord(identity, self.rows[identity]) if identity in self.rows else None

    def add(self, image: NewImage) -> bool:
        if self.dies:
            raise ConnectionError
        return self.rows.setdefault(image.image_id, row := image.as_row()) is row


def test_a_new_photo_is_stored_and_in_line_with_its_file_name() -> None:
    objects, images = FakeObjectStore(), FakeImageTable()

    fate = Inbox(objects, images).put(UPLOAD, b"photo")

    row = images.rows[UPLOAD.image_id]
    assert fate is Fate.ADDED
    assert objects.contents == {str(row["s3Key"]): b"photo"}
    assert row == {
        "imageId": UPLOAD.image_id,
        "userId": "aoi",
        "s3Key": UPLOAD.s3_key,
        "md5": "5ae0c1c8a5260bc7b6648f6fbd115c35",
        "bytes": 5,
        "uploadedAt": "2026-01-09T03:00:00.000Z",
        "status": "pending",
        "pendingDate": "2026-01-09",
        "originalName": "lunch.jpg",
    }


def test_the_same_photo_again_is_already_there_and_its_archived_object_does_not_come_back() -> None:
    objects, images = FakeObjectStore(), FakeImageTable()
    Inbox(objects, images).put(UPLOAD, b"photo")
    objects.contents.clear()

    assert Inbox(objects, images).put(UPLOAD, b"photo") is Fate.ALREADY_THERE
    assert objects.contents == {}


def test_a_photo_whose_row_was_not_reached_goes_in_at_the_second_try() -> None:
    objects, images = FakeObjectStore(), FakeImageTable(dies=True)
    with pytest.raises(ConnectionError):
        Inbox(objects, images).put(UPLOAD, b"photo")
    images.dies = False

    assert Inbox(objects, images).put(UPLOAD, b"photo") is Fate.ADDED
    assert list(objects.contents) == [UPLOAD.s3_key]
