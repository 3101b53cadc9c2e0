"""The names of a photo on its way in."""

from __future__ import annotations

import struct
from datetime import date, datetime, timezone

import pytest

from yorutsuke_pipeline.engine.days import day_of
from yorutsuke_pipeline.engine.record import PendingRecord, RecordRejectedError
from yorutsuke_pipeline.workloads.receipts.receipt_image import read_row
from yorutsuke_pipeline.workloads.receipts.upload import Upload, check_user_id, describe_upload, moment_within

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 600, 900)
NOW = datetime(2026, 1, 9, 3, tzinfo=timezone.utc)


def describe(content: bytes = PNG, *, user_id: str = "aoi", name: str = "a.jpg", is_checked: bool = True) -> Upload:
    return describe_upload(content, user_id=user_id, original_name=name, uploaded_at=NOW, is_checked=is_checked)


def test_the_same_photo_has_the_same_id_whatever_its_file_is_called() -> None:
    assert describe(name="a.jpg").image_id == describe(name="b.png").image_id


def test_new_content_under_an_old_name_is_a_new_image() -> None:
    assert describe(PNG).image_id != describe(PNG + b"x").image_id


def test_two_users_may_upload_the_same_photo() -> None:
    assert describe(user_id="aoi").image_id != describe(user_id="mio").image_id


def test_the_key_ends_as_the_bytes_are_and_not_as_the_name_claims() -> None:
    upload = describe(PNG, name="photo.jpg")

    assert upload.s3_key == f"uploads/aoi/{upload.image_id}.png"


def test_what_is_no_image_is_refused_with_its_reason() -> None:
    with pytest.raises(RecordRejectedError, match="the file is a PDF"):
        describe(b"%PDF-1.4")


def test_a_broken_sample_keeps_the_ending_that_its_name_claims() -> None:
    assert describe(b"%PDF-1.4", name="receipt.JPG", is_checked=False).s3_key.endswith(".jpg")
    assert describe(b"", name="no-ending", is_checked=False).s3_key.endswith(".bin")


def test_a_file_name_that_is_no_utf8_is_kept_as_far_as_it_can_be() -> None:
    assert describe(name="caf\udce9.jpg").original_name == "caf?.jpg"


@pytest.mark.parametrize("text", ["", "a/b", "..", ".hidden", "あおい", "a b", "x" * 129, "a\n"])
def test_a_user_id_that_cannot_be_in_a_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be a user id"):
        check_user_id(text)


@pytest.mark.parametrize("text", ["aoi", "guest-12", "us-east-1:7b0c9f1e-1234", "aoi@example.com"])
def test_a_user_id_as_login_services_give_it_is_taken(text: str) -> None:
    assert check_user_id(text) == text


def test_an_upload_is_a_row_that_the_workload_accepts() -> None:
    upload = describe(user_id="us-east-1:7b0c")
    row = {"userId": upload.user_id, "s3Key": upload.s3_key}

    assert read_row(PendingRecord(upload.image_id, row)).s3_key == upload.s3_key


@pytest.mark.parametrize("day", [date(2026, 1, 8), date(2026, 1, 9), date(2026, 1, 10)])
def test_a_photo_counts_as_uploaded_within_the_day_it_is_put_into(day: date) -> None:
    assert day_of(moment_within(day, NOW)) == day


def test_a_photo_of_today_keeps_its_time_and_one_of_a_past_day_comes_last() -> None:
    assert moment_within(date(2026, 1, 9), NOW) == NOW
    assert moment_within(date(2026, 1, 8), NOW) == datetime(2026, 1, 8, 14, 59, 59, 999000, tzinfo=timezone.utc)
