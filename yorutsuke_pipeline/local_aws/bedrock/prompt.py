"""What a request asks, whatever model family's body it came in; and the pictures in it.

What belongs here: the one form that `nova`, `claude` and `converse` turn their bodies into, base64, and the
checks that the service makes on an image. Kept out: fetching an image from S3 (`answering`).
"""

import base64
import binascii
import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from yorutsuke_pipeline.local_aws.bedrock.errors import ModelInputError

IMAGE_FORMATS = ("png", "jpeg", "gif", "webp")
# "There's a maximum resolution of 8,000x8,000 pixels": Nova user guide, image understanding. Claude's is the same.
MAX_SIDE_PIXELS = 8_000
# Decoding at an eighth finds a file that is cut or garbled as well as the full size does, in a tenth of the time.
_DRAFT_SHARE = 8


@dataclass(frozen=True)
class S3Image:
    """An image given by its place: `s3://bucket/key`."""

    uri: str


@dataclass(frozen=True)
class GivenImage:
    """An image of a request: the format that the caller claims, and its bytes or where they are."""

    format: str
    source: bytes | S3Image


@dataclass(frozen=True)
class Prompt:
    """What is asked: all text in order, all images in order, and when to stop.

    `max_tokens` is None where the body sets no limit.
    """

    text: str
    images: tuple[GivenImage, ...] = ()
    max_tokens: int | None = None
    stop_sequences: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedImage:
    """The bytes of an image that passed, and its size in pixels."""

    data: bytes
    width: int
    height: int


def decode_base64(text: str, *, path: str) -> bytes:
    """The bytes behind strict base64. Raises ModelInputError naming `path`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ModelInputError(
            f"Malformed input request: {path}: is not valid base64, please reformat your input and try again."
        ) from error
    if not data:
        raise ModelInputError(f"Malformed input request: {path}: the image is empty.")
    return data


def check_image(data: bytes, claimed_format: str) -> CheckedImage:
    """Hold an image against what was claimed and against the service's limits (some 10 ms).

    Raises:
        ModelInputError: it is no picture, is cut or garbled, has another format than claimed, or is too large.
    """
    try:
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
            actual = (picture.format or "").lower()
            _check_size(width, height)
            picture.draft("L", (max(1, width // _DRAFT_SHARE), max(1, height // _DRAFT_SHARE)))
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ModelInputError(_too_large("more pixels than can be opened")) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise ModelInputError("Could not process image: the provided bytes are no readable image.") from error
    # Pillow calls a JPEG with more than one picture in it, as some phones write them, MPO.
    if {"mpo": "jpeg"}.get(actual, actual) != claimed_format:
        raise ModelInputError(
            f"The provided image does not match the specified image format: {claimed_format} was given, "
            f"the bytes are {actual or 'unknown'}."
        )
    return CheckedImage(data, width, height)


def _check_size(width: int, height: int) -> None:
    if max(width, height) > MAX_SIDE_PIXELS:
        raise ModelInputError(_too_large(f"{width}x{height} pixels"))


def _too_large(size: str) -> str:
    return f"The image is too large: {size}, at most {MAX_SIDE_PIXELS}x{MAX_SIDE_PIXELS} are taken."
