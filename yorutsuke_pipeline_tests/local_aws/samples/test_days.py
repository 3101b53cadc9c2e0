"""The three days: how many uploads, by whom, when, and that the same seed makes the same ones."""

from __future__ import annotations

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from yorutsuke_pipeline.local_aws.samples import (
    USERS,
    Ending,
    SampleDay,
    SampleReceipt,
    generate,
    make_sample,
    sample_days,
)
from yorutsuke_pipeline.local_aws.samples.album import KINDS
from yorutsuke_pipeline.local_aws.samples.days import _choose_kind

LAST_DAY = dt.date(2026, 1, 9)
DAY = SampleDay(dt.date(2026, 1, 8), 8)
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture(scope="module")
def uploads() -> list[SampleReceipt]:
    return list(generate(DAY, seed=7))


def test_the_days_are_one_above_the_batch_minimum_one_below_and_a_difficult_one() -> None:
    assert sample_days(LAST_DAY) == (
        SampleDay(dt.date(2026, 1, 7), 120),
        SampleDay(dt.date(2026, 1, 8), 20),
        SampleDay(dt.date(2026, 1, 9), 10, is_difficult=True),
    )


def test_ordinary_uploads_are_jpegs_as_phones_send_them(uploads: list[SampleReceipt]) -> None:
    for sample in uploads:
        with Image.open(io.BytesIO(sample.content)) as image:
            assert image.format == "JPEG"
            assert 1500 <= max(image.size) <= 4032
            image.load()
        assert 200_000 <= len(sample.content) <= 2_000_000
        assert sample.ending is Ending.TRANSACTION
        assert sample.reason == ""


def test_uploads_come_in_order_within_their_day_in_tokyo(uploads: list[SampleReceipt]) -> None:
    times = [sample.uploaded_at for sample in uploads]

    assert times == sorted(set(times))
    assert {time.utcoffset() for time in times} == {dt.timedelta(0)}
    assert {time.astimezone(TOKYO).date() for time in times} == {dt.date(2026, 1, 8)}


def test_no_receipt_is_dated_after_its_upload_or_long_before(uploads: list[SampleReceipt]) -> None:
    for sample in uploads:
        assert sample.truth is not None
        age = sample.uploaded_at.astimezone(TOKYO).date() - sample.truth.date
        assert dt.timedelta(0) <= age <= dt.timedelta(days=10)


def test_a_full_block_shows_every_kind_of_receipt() -> None:
    kinds = [_choose_kind(LAST_DAY, index, 7) for index in range(20)]

    assert sorted(kinds) == sorted(KINDS)
    assert kinds != [_choose_kind(LAST_DAY, index, 8) for index in range(20)]


def test_each_upload_has_its_own_name_and_a_user_with_an_ascii_id(uploads: list[SampleReceipt]) -> None:
    assert len({sample.file_name for sample in uploads}) == len(uploads)
    assert {sample.user_id for sample in uploads} <= set(USERS)
    assert all(user.isascii() for user in USERS)


def test_the_same_seed_makes_the_same_upload_alone_or_in_the_stream(uploads: list[SampleReceipt]) -> None:
    assert make_sample(DAY, 5, 7) == uploads[5]
    assert make_sample(DAY, 5, 8).content != uploads[5].content


def test_other_processes_make_the_same_uploads_in_the_same_order() -> None:
    day = SampleDay(LAST_DAY, 2)

    in_processes = list(generate(day, seed=7, workers=2))

    assert in_processes == [make_sample(day, index, 7) for index in range(2)]


def test_another_day_of_the_same_seed_differs(uploads: list[SampleReceipt]) -> None:
    assert make_sample(SampleDay(LAST_DAY, DAY.size), 0, 7).content != uploads[0].content
