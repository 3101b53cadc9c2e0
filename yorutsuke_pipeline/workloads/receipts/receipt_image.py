"""A receipt's image as its row in the pending-images table has it, checked before anything relies on it.

Rows are written by the app, by the command line and by people; any attribute may be missing or wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.record import RecordRejectedError

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.record import PendingRecord

UPLOADS = "uploads/"
# S3's own limit on a key; DynamoDB's on a sort key is as large.
_LONGEST_KEY = 1024
_LONGEST_ID = 256
# What XML, which S3 speaks, cannot hold: control characters, half a surrogate pair, no character.
_NO_SIGN = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
# Of DynamoDB's 400 KB: what is noted on a row while it is worked on must find room.
_LARGEST_ROW = 350_000


@dataclass(frozen=True)
class ReceiptImage:
    """An image that waits: whose it is, and where."""

    image_id: str
    user_id: str
    s3_key: str
    uploaded_at: str


def read_row(record: PendingRecord) -> ReceiptImage:
    """Return the image that a row describes.

    Raises:
        RecordRejectedError: The row has no usable `s3Key` or `userId`, an id that is not plain ASCII, or no room left.
    """
    image_id = record.identity
    size = len(str(record.attributes).encode("utf-8", "replace"))
    if size > _LARGEST_ROW:
        raise RecordRejectedError(
            "row_too_large", f"the row is {size:,} bytes, and {_LARGEST_ROW:,} leave room for work"
        )
    if not image_id or not image_id.isascii() or not image_id.isprintable() or len(image_id) > _LONGEST_ID:
        raise RecordRejectedError(
            "image_id", f"imageId {image_id[:60]!r} is not 1 to {_LONGEST_ID} printable ASCII characters"
        )
    user_id = record.attributes.get("userId")
    if not isinstance(user_id, str) or not user_id or len(user_id) > _LONGEST_ID or not user_id.isprintable():
        raise RecordRejectedError("user_id", f"image {image_id!r} has no usable userId: {str(user_id)[:60]!r}")
    return ReceiptImage(image_id, user_id, _upload_key(record), str(record.attributes.get("uploadedAt", "")))


def _upload_key(record: PendingRecord) -> str:
    key = record.attributes.get("s3Key")
    if not isinstance(key, str) or not key:
        raise RecordRejectedError("s3_key_missing", f"image {record.identity!r} has no s3Key")
    steps = key.split("/")
    if not key.startswith(UPLOADS) or ".." in steps or key.endswith("/"):
        raise RecordRejectedError("s3_key_outside", f"s3Key {key[:200]!r} does not name an object under {UPLOADS}")
    if len(key.encode("utf-8", "surrogatepass")) > _LONGEST_KEY or _NO_SIGN.search(key):
        raise RecordRejectedError(
            "s3_key_form", f"s3Key {key[:200]!r} is too long or has characters that no key can have"
        )
    return key
