from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from yorutsuke_pipeline.local_aws.reader.picture import KEPT_PIXELS, PictureError, open_picture

ORIENTATION = 274


def encoded(image: Image.Image, form: str, *, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    target = io.BytesIO()
    image.save(target, form, exif=exif) if form in {"JPEG", "WEBP", "PNG"} else image.save(target, form)
    return target.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_each_format_of_nova_is_opened_as_blue_green_red(form: str) -> None:
    picture = open_picture(encoded(Image.new("RGB", (60, 40), (250, 10, 10)), form))

    assert picture.shape == (40, 60, 3)
    assert picture.dtype == np.uint8
    blue, _, red = (int(value) for value in picture[20, 30])
    assert red > 200
    assert blue < 60


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_cameras_orientation_is_obeyed(form: str) -> None:
    image = Image.new("RGB", (64, 32), "white")
    image.paste("black", (0, 0, 16, 32))

    picture = open_picture(encoded(image, form, orientation=6))

    assert picture.shape == (64, 32, 3)
    assert picture[4].mean() < 40
    assert picture[60].mean() > 200


def test_a_large_photo_is_shrunk_to_what_the_model_needs() -> None:
    picture = open_picture(encoded(Image.new("L", (2400, 1800), 200), "JPEG"))

    assert picture.shape[0] * picture.shape[1] <= KEPT_PIXELS * 1.01
    assert picture.shape[1] / picture.shape[0] == pytest.approx(4 / 3, rel=0.01)


def test_a_long_till_roll_keeps_its_width_readable() -> None:
    picture = open_picture(encoded(Image.new("L", (600, 4800), 255), "JPEG"))

    assert picture.shape[1] > 450


def test_what_is_transparent_is_laid_on_white_paper() -> None:
    picture = open_picture(encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG"))

    assert picture.min() == 255


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims to be enormous."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.4\n", "not a JPEG, PNG, GIF or WebP"),
        (encoded(Image.new("RGB", (40, 40)), "BMP"), "not a JPEG, PNG, GIF or WebP"),
        (encoded(Image.effect_noise((300, 300), 50), "JPEG")[:4000], "broken"),
        (encoded(Image.new("RGB", (8, 300)), "PNG"), "too small"),
        (bomb(9_000, 9_000), "than the limit"),
        (bomb(20_000, 20_000), "than the limit"),
    ],
    ids=["empty", "a PDF", "a BMP", "cut off", "a sliver", "too large", "a bomb"],
)
def test_what_cannot_be_read_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(PictureError, match=reason):
        open_picture(content)
