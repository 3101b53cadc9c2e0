"""The photo of a paper: its size, its EXIF, and that the paper is in it."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageOps

from yorutsuke_pipeline.local_aws.samples.camera import Shot, develop, photograph

TAKEN = dt.datetime(2026, 1, 7, 18, 23, 5, tzinfo=dt.timezone(dt.timedelta(hours=9)))
PAPER = np.full((1200, 600, 3), 250, np.uint8)
PAPER[100:200] = 20
SHOT = Shot(size=(900, 1200), shadow=0, light=1)


def upright(content: bytes) -> np.ndarray:
    """Decode a photo as a viewer shows it."""
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("L"), np.float32)


def test_the_whole_paper_lies_in_the_photo() -> None:
    photo = photograph(PAPER, replace(SHOT, tilt=5, perspective=0.6), np.random.default_rng(3))

    assert photo.shape == (1200, 900, 3)
    grey = photo.mean(axis=2)
    assert grey[600, 450] > 180
    assert 0.25 < (grey > 180).mean() < 0.6
    # The border belongs to the table: no part of the paper is cut off.
    assert max(grey[0].max(), grey[-1].max(), grey[:, 0].max(), grey[:, -1].max()) < 235


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_viewer_that_heeds_exif_shows_the_same_photo(orientation: int) -> None:
    photo = photograph(PAPER, SHOT, np.random.default_rng(3))
    plain = develop(photo, SHOT, TAKEN)

    turned = develop(photo, replace(SHOT, orientation=orientation), TAKEN)

    assert Image.open(io.BytesIO(turned)).getexif()[0x0112] == orientation
    assert upright(turned).shape == upright(plain).shape
    assert np.abs(upright(turned) - upright(plain)).mean() < 3


def test_exif_tells_when_the_photo_was_taken() -> None:
    content = develop(photograph(PAPER, SHOT, np.random.default_rng(3)), SHOT, TAKEN)

    assert Image.open(io.BytesIO(content)).getexif()[0x0132] == "2026:01:07 18:23:05"


def test_a_photo_full_of_noise_is_compressed_to_two_megabytes() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (2000, 1500, 3), dtype=np.uint8)

    content = develop(noise, replace(SHOT, quality=95), TAKEN)

    assert 200_000 <= len(content) <= 2_000_000
