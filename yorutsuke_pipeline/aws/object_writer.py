"""Writing an object as a stream: one put while it is small, else a multipart upload.

Either way the object comes to be only at the end, whole.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.failures import BOTO_ERRORS, Target, calling, status_of
from yorutsuke_pipeline.engine.errors import TransientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

# In an object's metadata: names the one call that wrote it.
WRITE_ID = "write-id"
# S3 takes parts of 5 MB and more, and 10,000 of them: at this size an object of 80 GB.
PART_BYTES = 8 * 1024 * 1024
_NOT_FOUND = 404


class S3Writer:
    """Implements `ObjectWriter`; either `finish` or `abort` ends it."""

    def __init__(self, client: S3Client, bucket: str, key: str, target: Target) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._target = target
        self._write_id = uuid4().hex
        self._waiting = bytearray()
        self._upload_id: str | None = None
        self._parts: list[CompletedPartTypeDef] = []

    def write(self, content: bytes) -> None:
        """Append bytes; sends them on as parts fill up."""
        self._waiting += content
        while len(self._waiting) >= PART_BYTES:
            self._send_part(bytes(self._waiting[:PART_BYTES]))
            del self._waiting[:PART_BYTES]

    def finish(self) -> None:
        """Send the rest, and make the object."""
        if self._upload_id is None:
            with calling(self._target, f"write {self._key!r}"):
                self._client.put_object(Bucket=self._bucket, Key=self._key, Body=bytes(self._waiting))
            return
        if self._waiting:
            self._send_part(bytes(self._waiting))
        with calling(self._target, f"complete the upload of {self._key!r}"):
            self._complete(self._upload_id)

    def abort(self) -> None:
        """Give up what was sent. If that fails too, the bucket's lifecycle rule does it in two days."""
        if self._upload_id is not None:
            with suppress(*BOTO_ERRORS):
                self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload_id)

    def _complete(self, upload_id: str) -> None:
        try:
            self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=upload_id,
                MultipartUpload={"Parts": self._parts},
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

    def _send_part(self, content: bytes) -> None:
        number = len(self._parts) + 1
        with calling(self._target, f"write part {number} of {self._key!r}"):
            if self._upload_id is None:
                begun = self._client.create_multipart_upload(
                    Bucket=self._bucket,
                    Key=self._key,
                    ChecksumAlgorithm="CRC32",
                    Metadata={WRITE_ID: self._write_id},
                )
                self._upload_id = begun["UploadId"]
            sent = self._client.upload_part(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload_id,
                PartNumber=number,
                Body=content,
                ChecksumAlgorithm="CRC32",
            )
        part: CompletedPartTypeDef = {"PartNumber": number, "ETag": sent["ETag"]}
        if "ChecksumCRC32" in sent:
            part["ChecksumCRC32"] = sent["ChecksumCRC32"]
        self._parts.append(part)
