"""An upload: a photo on its way into the bucket and the pending-images table, with all its names.

What belongs here: ids, keys and times of a new photo. Putting it there is `inbox.py`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.days import day_bounds
from yorutsuke_pipeline.workloads.receipts.image import check_image, read_header
from yorutsuke_pipeline.workloads.receipts.receipt_image import UPLOADS

if TYPE_CHECKING:
    from datetime import date, datetime

# What stays readable in an S3 key and is no step in a path; `:` is in the ids that Cognito gives.
_USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+:=-]{0,127}")
_ENDINGS = {"jpeg": "jpg", "png": "png", "gif": "gif", "webp": "webp"}
_LONGEST_NAME = 255


@dataclass(frozen=True)
class Upload:
    """A photo to be put in line.

    Attributes:
        image_id: Derived from user and content, so the same photo of the same user is found to be there.
        md5: Of the bytes, in hex.
        original_name: Of the file it came from, for people; nothing relies on it.
        uploaded_at: Aware; its day in Tokyo is the partition.
    """

    image_id: str
    user_id: str
    s3_key: str
    md5: str
    byte_count: int
    original_name: str
    uploaded_at: datetime


def check_user_id(text: str) -> str:
    """Return `text` if it can be a user's id, which is a part of keys in the bucket.

    Raises:
        ValueError: It cannot; the message says what can.
    """
    if not _USER_ID.fullmatch(text):
        raise ValueError(
            f"{text!r} cannot be a user id: 1 to 128 ASCII letters, digits and . _ @ + : = -, starting with a letter "
            "or digit",
        )
    return text


def describe_upload(
    content: bytes,
    *,
    user_id: str,
    original_name: str,
    uploaded_at: datetime,
    is_checked: bool = True,
) -> Upload:
    """Return the names of a photo.

    Args:
        content: The whole file.
        user_id: As `check_user_id` allows.
        original_name: The file's name, without folders.
        uploaded_at: Aware.
        is_checked: Whether content that is no image is refused; the app does not check, nor do the samples.

    Raises:
        RecordRejectedError: The content is no image that the model can be asked about.
    """
    if is_checked:
        check_image(content, len(content))
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    image_id = hashlib.sha256(f"{user_id}\n{md5}".encode()).hexdigest()[:32]
    return Upload(
        image_id=image_id,
        user_id=user_id,
        s3_key=f"{UPLOADS}{user_id}/{image_id}.{_ending(content, original_name)}",
        md5=md5,
        byte_count=len(content),
        # A file name on Linux is bytes; what is not UTF-8 could be stored nowhere.
        original_name=original_name.encode("utf-8", "replace").decode("utf-8")[:_LONGEST_NAME],
        uploaded_at=uploaded_at,
    )


def moment_within(day: date, now: datetime) -> datetime:
    """Return `now` if it lies in the Tokyo `day`, else that day's first or last millisecond, in UTC.

    A photo that is put into a past day thus comes after all that arrived on the day itself.
    """
    start, end = day_bounds(day)
    return min(max(now, start), end - timedelta(milliseconds=1))


def _ending(content: bytes, original_name: str) -> str:
    """Return the ending of the key: what the bytes are; for what is no image, what its name claims."""
    header = read_header(content)
    if header is not None:
        return _ENDINGS[header.format]
    _, dot, ending = original_name.rpartition(".")
    is_plain = bool(dot) and ending.isascii() and ending.isalnum() and len(ending) <= 4  # noqa: PLR2004 — jpeg, webp
    return ending.lower() if is_plain else "bin"
