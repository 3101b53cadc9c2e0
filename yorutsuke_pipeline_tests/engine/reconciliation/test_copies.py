"""The archive and the inbox against the rows."""

from __future__ import annotations

import pytest

from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline_tests.engine.nights import night_of, picture, source_key
from yorutsuke_pipeline_tests.engine.reconciliation.nights import closed_night, fixed, found, found_in_day

COPY = f"processed/2026-01-09/{record_id('img-1')}.png"


def test_a_copy_that_no_row_can_be_of_is_told() -> None:
    night = closed_night()
    night.objects.contents["processed/2026-01-09/0123.png"] = b"whose?"

    assert found(night) == found_in_day(night) == [("copy_without_record", "processed/2026-01-09/0123.png")]
    assert fixed(night) == []


def test_copies_of_records_whose_lists_have_expired_are_left_to_the_scan() -> None:
    night = closed_night()
    del night.objects.contents["batch-work/receipts-2026-01-09-001/outcomes.jsonl"]

    assert found_in_day(night) == found(night) == []


def test_a_copy_whose_row_names_another_is_told() -> None:
    night = closed_night()
    twin = COPY.replace(".png", ".jpg")
    night.objects.contents[twin] = night.objects.contents[COPY]

    assert found(night) == found_in_day(night) == [("misplaced_copy", twin)]


def test_a_copy_that_is_gone_is_told() -> None:
    night = closed_night()
    del night.objects.contents[COPY]

    assert found(night) == found_in_day(night) == [("missing_copy", "img-1")]
    assert fixed(night) == []


def test_a_source_that_is_still_there_is_deleted_if_its_copy_is_the_same() -> None:
    night = closed_night()
    night.objects.contents[source_key("img-1")] = picture("img-1")

    left = [("leftover_source", source_key("img-1"))]
    assert [found(night), fixed(night), found(night)] == [left, left, []]
    assert source_key("img-1") not in night.objects.contents
    assert night.objects.contents[COPY] == picture("img-1")


def test_a_source_is_kept_while_another_image_waits_under_its_key() -> None:
    night = closed_night()
    night.objects.contents[source_key("img-1")] = picture("img-1")
    night.arrive("img-9", s3Key=source_key("img-1"))
    del night.objects.contents[source_key("img-9")]

    assert found(night) == fixed(night) == []
    assert night.objects.contents[source_key("img-1")] == picture("img-1")


def test_a_source_whose_copy_changed_since_is_not_deleted() -> None:
    night = closed_night()
    night.objects.contents[source_key("img-1")] = picture("img-1")
    night.objects.contents[COPY] = b"damaged"

    assert [kind for kind, _ in found(night)] == ["upload_without_record"]
    assert fixed(night) == []
    assert source_key("img-1") in night.objects.contents


def test_a_source_that_could_not_be_archived_stays_without_a_word() -> None:
    night = night_of(3)
    night.objects.uncopyable.add(source_key("img-1"))
    night.run_until_settled()

    assert source_key("img-1") in night.objects.contents
    assert found(night) == found_in_day(night) == []


@pytest.mark.parametrize("key", ["uploads/user-1/nobody's.png", source_key("img-1")])
def test_an_upload_that_nobody_will_ask_about_is_told(key: str) -> None:
    night = closed_night()
    night.objects.contents[key] = b"another photo"

    assert [found(night), fixed(night)] == [[("upload_without_record", key)], []]
