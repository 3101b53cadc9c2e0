"""Writing an object as a stream: one put while it is small, else a multipart upload.

Either way the object comes to be only at the end, whole. Parts are sent while the next are written, a few at once, so
that whoever writes does not wait for the network.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.failures import BOTO_ERRORS, Target, calling, status_of
from yorutsuke_pipeline.engine.errors import TransientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

# In an object's metadata: names the one call that wrote it.
WRITE_ID = "write-id"
# S3 takes parts of 5 MB and more, and 10,000 of them: at this size an object of 50 GB. Larger ones are held longer.
PART_BYTES = 5 * 1024 * 1024
# One connection to S3 takes some 85 MB/s, less what a call waits; the lines of a manifest come at 160.
_SENT_AT_ONCE = 3
_NOT_FOUND = 404


class S3Writer:
    """Implements `ObjectWriter`; either `finish` or `abort` ends it."""

    def __init__(self, client: S3Client, bucket: str, key: str, target: Target) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._target = target
        self._write_id = uuid4().hex
        # It is sent as it is: of bytes botocore would make a file, and read it in small pieces.
        self._waiting = bytearray()
        self._upload_id: str | None = None
        self._part_count = 0
        self._sending: deque[Future[CompletedPartTypeDef]] = deque()
        self._sent: list[CompletedPartTypeDef] = []
        # No thread is started before there is a part to send.
        self._threads = ThreadPoolExecutor(_SENT_AT_ONCE, thread_name_prefix="upload")

    def write(self, content: bytes) -> None:
        """Append bytes; sends them on as parts fill up.

        An error of sending them may be raised here, later, or in `finish`.
        """
        self._waiting += content
        if len(self._waiting) >= PART_BYTES:
            self._begin_part()

    def finish(self) -> None:
        """Send the rest, and make the object."""
        if self._upload_id is None:
            with calling(self._target, f"write {self._key!r}"):
                self._client.put_object(Bucket=self._bucket, Key=self._key, Body=bytes(self._waiting))
            return
        if self._waiting:
            self._begin_part()
        while self._sending:
            self._sent.append(self._sending.popleft().result())
        self._threads.shutdown()
        with calling(self._target, f"complete the upload of {self._key!r}"):
            self._complete(self._upload_id)

    def abort(self) -> None:
        """Give up what was sent. If that fails too, the bucket's lifecycle rule does it in two days."""
        # A part that arrives after the upload was given up would be kept, and paid for.
        self._threads.shutdown(cancel_futures=True)
        if self._upload_id is not None:
            with suppress(*BOTO_ERRORS):
                self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload_id)

    def _begin_part(self) -> None:
        """Have what waits sent as the next part, after the first of those on the way if these are many."""
        content, self._waiting = self._waiting, bytearray()
        self._part_count += 1
        if self._upload_id is None:
            self._upload_id = self._begin_upload()
        while len(self._sending) >= _SENT_AT_ONCE:
            self._sent.append(self._sending.popleft().result())
        self._sending.append(self._threads.submit(self._send_part, self._upload_id, self._part_count, content))

    def _complete(self, upload_id: str) -> None:
        try:
            self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=upload_id,
                MultipartUpload={"Parts": self._sent},
            )
        except self._client.exceptions.NoSuchUpload as error:
            if not self._is_completed():
                raise TransientError(f"the upload of {self._key!r} was given up meanwhile; try again") from error

    def _is_completed(self) -> bool:
        """Tell whether botocore completed the upload, lost the answer and asked again."""
        try:
            found = self._client.head_object(Bucket=self._bucket, Key=self._key)
        except ClientError as error:
            if status_of(error) == _NOT_FOUND:
                return False
            raise
        return found["Metadata"].get(WRITE_ID) == self._write_id

    def _begin_upload(self) -> str:
        with calling(self._target, f"write part 1 of {self._key!r}"):
            begun = self._client.create_multipart_upload(
                Bucket=self._bucket,
                Key=self._key,
                ChecksumAlgorithm="CRC32",
                Metadata={WRITE_ID: self._write_id},
            )
        return begun["UploadId"]

    def _send_part(self, upload_id: str, number: int, content: Any) -> CompletedPartTypeDef:  # noqa: ANN401 — a bytearray
        with calling(self._target, f"write part {number} of {self._key!r}"):
            sent = self._client.upload_part(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=upload_id,
                PartNumber=number,
                Body=content,
                ChecksumAlgorithm="CRC32",
            )
        part: CompletedPartTypeDef = {"PartNumber": number, "ETag": sent["ETag"]}
        if "ChecksumCRC32" in sent:
            part["ChecksumCRC32"] = sent["ChecksumCRC32"]
        return part
