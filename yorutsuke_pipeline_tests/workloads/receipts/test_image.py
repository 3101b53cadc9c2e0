"""What a picture is by its bytes."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.workloads.receipts.image import MOST_BYTES, ImageHeader, check_image, read_header


def picture(kind: str, **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", (31, 17), "white").save(out, kind, **options)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", width, height)


PICTURES = {
    "baseline jpeg": picture("JPEG"),
    "progressive jpeg": picture("JPEG", progressive=True),
    "jpeg with exif": picture("JPEG", exif=b"Exif\x00\x00" + b"x" * 3_000),
    "png": picture("PNG"),
    "gif": picture("GIF"),
    "lossy webp": picture("WEBP"),
    "lossless webp": picture("WEBP", lossless=True),
    "extended webp": picture("WEBP", exif=b"Exif\x00\x00" + b"x" * 300),
}


@pytest.mark.parametrize("name", PICTURES)
def test_format_and_size_are_read_from_the_header(name: str) -> None:
    content = PICTURES[name]

    header = check_image(content, len(content))

    assert header == ImageHeader(name.rpartition(" ")[2] if "exif" not in name else "jpeg", 31, 17)


@pytest.mark.parametrize("name", PICTURES)
def test_a_header_that_is_cut_anywhere_is_no_size_that_was_guessed(name: str) -> None:
    content = PICTURES[name]

    found = {read_header(content[:length]) for length in range(len(content))}

    assert found <= {None, read_header(content)}


@pytest.mark.parametrize(
    ("content", "kind", "word"),
    [
        (b"", "image_empty", "0 bytes"),
        (b"%PDF-1.7 named .jpg", "not_an_image", "a PDF"),
        (b"\x00\x00\x00\x18ftypheic", "not_an_image", "set the camera to JPEG"),
        (b"<html>", "not_an_image", "markup"),
        (b"BM1234", "not_an_image", "BMP"),
        (b"II*\x00", "not_an_image", "TIFF"),
        (b"\xff\xd8\xff\xe0", "not_an_image", "cut off"),
        (b"\xff\xd8\xff\xda" + b"\x00" * 50, "not_an_image", "cut off"),
        (b"hello", "not_an_image", "no known kind"),
        (png_claiming(8_001, 10), "image_dimensions", "8001 x 10"),
        (png_claiming(0, 10), "image_dimensions", "0 x 10"),
        (png_claiming(60_000, 60_000), "image_dimensions", "60000 x 60000"),
    ],
)
def test_what_cannot_be_asked_about_is_rejected_with_what_it_is(content: bytes, kind: str, word: str) -> None:
    with pytest.raises(RecordRejectedError, match=word) as caught:
        check_image(content, len(content))

    assert caught.value.reject.kind == kind


def test_an_image_above_the_limit_is_rejected_by_its_size_alone() -> None:
    with pytest.raises(RecordRejectedError, match="18,000,001 bytes"):
        check_image(b"", MOST_BYTES + 1)


def test_the_largest_image_is_taken() -> None:
    assert check_image(png_claiming(8_000, 8_000), MOST_BYTES) == ImageHeader("png", 8_000, 8_000)


@given(st.sampled_from(sorted(PICTURES)), st.binary(max_size=40), st.integers(0, 60))
def test_any_damage_to_a_header_is_a_header_or_none(name: str, junk: bytes, at: int) -> None:
    content = PICTURES[name]

    header = read_header(content[:at] + junk + content[at + len(junk) :])

    assert header is None or header.format in {"jpeg", "png", "gif", "webp"}


def jpeg_after(filling: bytes) -> bytes:
    """Return a JPEG that has `filling` between its start and its frame header."""
    return b"\xff\xd8" + filling + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 17, 31)


@pytest.mark.parametrize("segment", [b"\xff", b"\xff\xd0", b"\xff\xe1\x00\x02"])
def test_a_jpeg_made_of_nothing_but_markers_is_given_up_before_it_takes_seconds(segment: bytes) -> None:
    assert read_header(jpeg_after(segment * 1_000)) == ImageHeader("jpeg", 31, 17)
    assert read_header(jpeg_after(segment * 20_000)) is None
