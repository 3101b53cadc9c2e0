"""The difficult day: each upload is exactly as broken as it is said to be."""

from __future__ import annotations

import datetime as dt
import io

import cv2
import numpy as np
import pytest
from PIL import Image

from yorutsuke_pipeline.local_aws.samples import Ending, SampleReceipt, generate, sample_days
from yorutsuke_pipeline.local_aws.samples.difficult import DIFFICULT

NAMES = [make.__name__ for make in DIFFICULT]


@pytest.fixture(scope="module")
def uploads() -> dict[str, SampleReceipt]:
    day = sample_days(dt.date(2026, 1, 9))[2]
    return dict(zip(NAMES, generate(day, seed=7), strict=True))


def sharpness(content: bytes) -> float:
    """Return how much detail a photo holds once its noise is averaged away."""
    with Image.open(io.BytesIO(content)) as image:
        grey = np.asarray(image.convert("L").resize((480, 640)), np.uint8)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def brightness(content: bytes) -> float:
    with Image.open(io.BytesIO(content)) as image:
        return float(np.asarray(image.convert("L")).max())


def test_only_what_can_be_read_has_a_truth(uploads: dict[str, SampleReceipt]) -> None:
    readable = {name for name, sample in uploads.items() if sample.truth is not None}

    assert readable == {"crumpled", "sideways", "upside_down", "dark"}
    for name, sample in uploads.items():
        assert (sample.ending is Ending.TRANSACTION) == (name in readable)
        assert bool(sample.reason) == (name not in readable)


def test_a_receipt_on_its_side_has_no_exif_to_turn_it(uploads: dict[str, SampleReceipt]) -> None:
    with Image.open(io.BytesIO(uploads["sideways"].content)) as image:
        assert image.width > image.height
        assert image.getexif()[0x0112] == 1


def test_the_dark_photo_has_no_bright_spot(uploads: dict[str, SampleReceipt]) -> None:
    assert brightness(uploads["dark"].content) < 130 < brightness(uploads["upside_down"].content)


def test_the_blurred_photo_holds_no_detail(uploads: dict[str, SampleReceipt]) -> None:
    assert sharpness(uploads["blurred"].content) * 20 < sharpness(uploads["upside_down"].content)


def test_the_pdf_begins_as_a_pdf_and_is_named_jpg(uploads: dict[str, SampleReceipt]) -> None:
    pdf = uploads["pdf_named_jpg"]

    assert pdf.content.startswith(b"%PDF-1.4\n")
    assert pdf.file_name.endswith(".jpg")
    assert pdf.ending is Ending.NOT_AN_IMAGE


def test_the_empty_file_is_empty(uploads: dict[str, SampleReceipt]) -> None:
    assert uploads["empty_file"].content == b""


def test_the_truncated_jpeg_opens_and_cannot_be_decoded(uploads: dict[str, SampleReceipt]) -> None:
    with Image.open(io.BytesIO(uploads["truncated"].content)) as image:
        assert image.format == "JPEG"
        with pytest.raises(OSError, match="truncated"):
            image.load()


@pytest.mark.parametrize("name", ["crumpled", "sideways", "upside_down", "dark", "total_torn_off", "blurred"])
def test_what_is_a_photo_has_the_size_of_one(uploads: dict[str, SampleReceipt], name: str) -> None:
    assert 200_000 <= len(uploads[name].content) <= 2_000_000
