"""A row of the pending-images table, checked before anything relies on it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.record import PendingRecord, RecordRejectedError
from yorutsuke_pipeline.workloads.receipts.receipt_image import UPLOADS, read_row
from yorutsuke_pipeline_tests.engine.test_answers import JSON_VALUES

KEY = "uploads/user-1/a.jpg"


def row(identity: str = "img-1", **attributes: Any) -> PendingRecord:  # noqa: ANN401 — rows hold anything
    return PendingRecord(
        identity, {"userId": "user-1", "s3Key": KEY, "uploadedAt": "2026-01-09T03:00:00Z"} | attributes
    )


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "uploads/user-1/a b.jpg",
        "uploads/user-1/a%2Fb.jpg",
        "uploads/user-1/領収書🧾.jpg",
        "uploads/user-1/a..b.jpg",
        "uploads/" + "a" * (1024 - len("uploads/")),
    ],
)
def test_a_strange_key_is_still_a_key(key: str) -> None:
    assert read_row(row(s3Key=key)).s3_key == key


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (None, "s3_key_missing"),
        ("", "s3_key_missing"),
        (12, "s3_key_missing"),
        (["uploads/a"], "s3_key_missing"),
        ("processed/2026-01-09/a.jpg", "s3_key_outside"),
        ("/uploads/a.jpg", "s3_key_outside"),
        ("uploads/../processed/a.jpg", "s3_key_outside"),
        ("uploads/user-1/", "s3_key_outside"),
        ("uploads", "s3_key_outside"),
        ("uploads/a\nb.jpg", "s3_key_form"),
        ("uploads/a\ud800.jpg", "s3_key_form"),
        ("uploads/" + "a" * 1024, "s3_key_form"),
        ("uploads/" + "領" * 400, "s3_key_form"),
    ],
)
def test_a_key_that_names_no_upload_is_rejected_by_name(key: object, kind: str) -> None:
    with pytest.raises(RecordRejectedError) as caught:
        read_row(row(s3Key=key))

    assert caught.value.reject.kind == kind


@pytest.mark.parametrize("identity", ["", "領収書", "a\nb", "a" * 257])
def test_an_id_that_is_not_plain_ascii_is_rejected(identity: str) -> None:
    with pytest.raises(RecordRejectedError) as caught:
        read_row(row(identity))

    assert caught.value.reject.kind == "image_id"


@pytest.mark.parametrize("user_id", [None, "", 12, "a" * 257, "a\x00b", []])
def test_a_row_of_nobody_is_rejected(user_id: object) -> None:
    with pytest.raises(RecordRejectedError) as caught:
        read_row(row(userId=user_id))

    assert caught.value.reject.kind == "user_id"


@given(st.text(), JSON_VALUES, JSON_VALUES | st.text().map(lambda rest: UPLOADS + rest))
def test_any_row_is_an_image_or_a_reject(identity: str, user_id: object, key: object) -> None:
    try:
        found = read_row(row(identity, userId=user_id, s3Key=key))
    except RecordRejectedError as error:
        error.reject.reason.encode()
    else:
        assert found.s3_key.startswith(UPLOADS)
