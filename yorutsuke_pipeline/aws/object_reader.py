"""One version of an object, opened for reading.

What belongs here: GetObject, of the whole or of a range, and that all which is read of an object is of the
version that was opened. See docs/decisions/0009-large-objects-in-ranges.md.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.failures import code_of
from yorutsuke_pipeline.aws.object_body import ResumedBody
from yorutsuke_pipeline.aws.object_ranges import JoinedRanges, is_worth_ranges
from yorutsuke_pipeline.engine.errors import TransientError
from yorutsuke_pipeline.engine.ports import StoredObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# HEAD has no body, so its answer has the status where others have a code.
NONE = frozenset({"NoSuchKey", "404", "NotFound", "KeyTooLongError"})
CHANGED = frozenset({"PreconditionFailed", "412"})


class ObjectReader:
    """Opens the objects of one bucket.

    Args:
        range_bytes: What one of several connections reads at a time.
    """

    def __init__(self, client: S3Client, bucket: str, *, range_bytes: int) -> None:
        self._client = client
        self._bucket = bucket
        self._range_bytes = range_bytes

    def open(self, key: str, *, connections: int = 1) -> tuple[StoredObject, ResumedBody | JoinedRanges] | None:
        """Return an object and its bytes, which are to be closed; None if there is none.

        Args:
            key: What is read.
            connections: How many may read at once. A small object takes one, and one request.

        Raises:
            TransientError: Here or while reading: the object was replaced meanwhile.
        """
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if code_of(error) in NONE:
                return None
            raise
        stored = StoredObject(key, answer["ContentLength"], answer["ETag"])
        if not is_worth_ranges(stored.size, connections, self._range_bytes):
            reopen = partial(self._reopen, stored, None)
            return stored, ResumedBody(answer["Body"], stored.size, reopen)
        # One request too many, once for a large object: its size was not known before.
        answer["Body"].close()
        ranges = JoinedRanges(
            partial(self._open_range, stored),
            stored.size,
            _crc32_of_all(answer),
            connections=connections,
            range_bytes=self._range_bytes,
        )
        return stored, ranges

    def _open_range(self, stored: StoredObject, begin: int, end: int) -> ResumedBody:
        reopen = partial(self._reopen, stored, end)
        return ResumedBody(reopen(begin), end, reopen, position=begin)

    def _reopen(self, stored: StoredObject, end: int | None, begin: int) -> Any:  # noqa: ANN401 — StreamingBody's stubs lack readinto
        """Open an object at a byte, up to `end` (None: to its own), if it is still the same version."""
        try:
            answer = self._client.get_object(
                Bucket=self._bucket,
                Key=stored.key,
                Range=f"bytes={begin}-" + ("" if end is None else str(end - 1)),
                IfMatch=stored.etag,
            )
        except ClientError as error:
            if code_of(error) in NONE | CHANGED:
                raise TransientError(f"{stored.key!r} was replaced while it was read; try again") from error
            raise
        last = stored.size if end is None else end
        if answer.get("ContentRange") != f"bytes {begin}-{last - 1}/{stored.size}":
            answer["Body"].close()
            raise TransientError(f"{stored.key!r}: other bytes came than were asked for ({begin} to {last}); try again")
        return answer["Body"]


def _crc32_of_all(answer: Any) -> str | None:  # noqa: ANN401 — GetObject's answer
    """Return the CRC32 of the whole object, None if S3 keeps none; one of its parts' sums ends in their count."""
    checksum = answer.get("ChecksumCRC32")
    return checksum if checksum and "-" not in checksum else None
