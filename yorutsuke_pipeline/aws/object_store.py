"""The bucket.

What belongs here: S3's calls, and which of its answers mean "there is none" and which are errors. Reading
one version of an object is `object_reader.py`, writing as a stream `object_writer.py`; what is called once for each
image goes through `object_calls.py` first.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.failures import Target, calling, code_of
from yorutsuke_pipeline.aws.object_body import buffered, lines_of
from yorutsuke_pipeline.aws.object_calls import ObjectCalls
from yorutsuke_pipeline.aws.object_ranges import RANGE_BYTES
from yorutsuke_pipeline.aws.object_reader import CHANGED, NONE, ObjectReader
from yorutsuke_pipeline.aws.object_writer import WRITE_ID, S3Writer
from yorutsuke_pipeline.aws.pages import pages_of
from yorutsuke_pipeline.engine.errors import ConfigurationError, TransientError
from yorutsuke_pipeline.engine.ports import StoredObject
from yorutsuke_pipeline.engine.streams import chunked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

    from yorutsuke_pipeline.aws.object_body import ResumedBody
    from yorutsuke_pipeline.aws.object_ranges import JoinedRanges

_BEING_WRITTEN = "ConditionalRequestConflict"
_DELETED_AT_ONCE = 1000
_NAMED = 20


class S3ObjectStore:
    """Implements `ObjectStore` on one bucket.

    Args:
        client: Of S3.
        bucket: Its name.
        concurrency: Connections that read the lines of a large object at once, if it is read in ranges.
        range_bytes: What each of them reads at a time.
    """

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        *,
        concurrency: int = 8,
        range_bytes: int = RANGE_BYTES,
    ) -> None:
        self._client = client
        self._concurrency = concurrency
        self._reader = ObjectReader(client, bucket, range_bytes=range_bytes)
        self._calls = ObjectCalls(client, bucket)
        self._bucket = bucket
        self._target = Target(f"bucket {bucket}", "YORUTSUKE_BUCKET")

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self._bucket

    def read(self, key: str, *, longest: int) -> tuple[StoredObject, bytes] | None:
        """Return an object and its content, or None if there is none; of a longer one, no content."""
        if not _can_be_key(key):
            return None
        with calling(self._target, f"read {key!r}"):
            found = self._calls.get(key, longest=longest)
            if found is not None:
                return found
            opened = self._open(key)
            if opened is None:
                return None
            stored, body = opened
            with closing(body):
                return stored, b"" if stored.size > longest else buffered(body).read()

    def head(self, key: str) -> StoredObject | None:
        """Return what is known of an object, or None if there is none."""
        found = self._head(key)
        return None if found is None else StoredObject(key, found["ContentLength"], found["ETag"])

    def lines(self, key: str, *, longest: int, in_ranges: bool = False) -> Iterator[bytes]:
        """Yield an object's lines without their ends, of a longer one its first `longest` + 1 bytes.

        Yields nothing if there is no such object.

        Raises:
            TransientError: The connection broke too often, or the object was replaced meanwhile.
        """
        with calling(self._target, f"read lines of {key!r}"):
            opened = self._open(key, connections=self._concurrency if in_ranges else 1)
            if opened is not None:
                with closing(opened[1]) as body:
                    yield from lines_of(buffered(body), longest=longest)

    @contextmanager
    def writing(self, key: str) -> Iterator[S3Writer]:
        """Write an object as a stream; on an error nothing is left behind."""
        writer = S3Writer(self._client, self._bucket, key, self._target)
        try:
            yield writer
            writer.finish()
        except BaseException:
            writer.abort()
            raise

    def create(self, key: str, content: bytes) -> bool:
        """Write a small object unless one of that key exists; return whether this call wrote it.

        The object carries a name of this call, so that a put which botocore repeated after its answer
        was lost knows its own work.
        """
        write_id = uuid4().hex
        with calling(self._target, f"create {key!r}"):
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=content,
                    IfNoneMatch="*",
                    Metadata={WRITE_ID: write_id},
                )
            except ClientError as error:
                if code_of(error) not in CHANGED | {_BEING_WRITTEN}:
                    raise
            else:
                return True
        found = self._head(key)
        if found is None:
            raise TransientError(f"could not create {key!r} ({self._target.name}): it came and went; try again")
        return bool(found["Metadata"].get(WRITE_ID) == write_id)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose keys begin with `prefix`, in the order of their keys' bytes."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages_of(pages, self._target, f"list {prefix!r}"):
            for found in page.get("Contents", ()):
                yield StoredObject(found["Key"], found["Size"], found["ETag"])

    def copy(self, source: StoredObject, key: str) -> StoredObject | None:
        """Copy an object if it is still what `source` says; None if it is gone or has changed.

        The copy is believed when S3 says that it stored the same: the ETag of an object that was put at once is a
        hash of its bytes. Where it is not (an upload in parts, a key of one's own) the copy is looked at.
        Objects of up to 5 GB, which is S3's limit here.
        """
        with calling(self._target, f"copy {source.key!r} to {key!r}"):
            etag = self._calls.copy(source, key) or self._copy(source, key)
        if etag is None:
            return None
        if etag == source.etag:
            return StoredObject(key, source.size, etag)
        copied = self.head(key)
        return copied if copied is not None and copied.size == source.size else None

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; one that is not there is no error.

        Raises:
            TransientError: Some could not be deleted; it names them.
        """
        for chunk in chunked(keys, _DELETED_AT_ONCE):
            self._delete([{"Key": key} for key in chunk])

    def delete_unchanged(self, objects: Sequence[StoredObject]) -> Sequence[str]:
        """Delete objects that still have the ETag they were seen with; return the keys of those that have not.

        One that is not there is no error. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html

        Raises:
            TransientError: Some could not be deleted; it names them.
        """
        return [
            key
            for chunk in chunked(objects, _DELETED_AT_ONCE)
            for key in self._delete([{"Key": stored.key, "ETag": stored.etag} for stored in chunk])
        ]

    def _copy(self, source: StoredObject, key: str) -> str | None:
        """Return the ETag of a copy; None if its source is gone or has changed."""
        try:
            answer = self._client.copy_object(
                Bucket=self._bucket,
                Key=key,
                CopySource={"Bucket": self._bucket, "Key": source.key},
                CopySourceIfMatch=source.etag,
            )
        except ClientError as error:
            if code_of(error) in NONE | CHANGED:
                return None
            raise
        return answer.get("CopyObjectResult", {}).get("ETag", "")

    def _delete(self, wanted: Sequence[ObjectIdentifierTypeDef]) -> Sequence[str]:
        """Delete at most a thousand objects; return the keys of those whose condition does not hold."""
        with calling(self._target, f"delete {len(wanted)} objects, {wanted[0]['Key']!r} first"):
            answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": wanted, "Quiet": True})
        errors = answer.get("Errors", [])
        failed = [error for error in errors if error.get("Code") not in NONE | CHANGED]
        if failed:
            raise self._undeleted(failed)
        return [str(error.get("Key")) for error in errors if error.get("Code") in CHANGED]

    def _undeleted(self, errors: Sequence[Any]) -> ConfigurationError | TransientError:
        """Return the error for DeleteObjects' own list: the call itself succeeded."""
        named = ", ".join(repr(error.get("Key")) for error in errors[:_NAMED]) + (" …" if len(errors) > _NAMED else "")
        codes = ", ".join(sorted({str(error.get("Code")) for error in errors}))
        told = f"could not delete {len(errors)} objects ({self._target.name}): {codes}: {named}"
        if "AccessDenied" in codes:
            return ConfigurationError(f"{told}; allow s3:DeleteObject for the role that runs this")
        return TransientError(f"{told}; try again")

    def _head(self, key: str) -> Any:  # noqa: ANN401 — HeadObject's answer
        if not _can_be_key(key):
            return None
        with calling(self._target, f"look at {key!r}"):
            try:
                return self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if code_of(error) in NONE:
                    return None
                raise

    def _open(self, key: str, *, connections: int = 1) -> tuple[StoredObject, ResumedBody | JoinedRanges] | None:
        return self._reader.open(key, connections=connections) if _can_be_key(key) else None


def _can_be_key(key: str) -> bool:
    """Tell whether S3 can hold such a key: a text that has no UTF-8 (half a surrogate pair) names nothing."""
    try:
        return bool(key.encode())
    except UnicodeEncodeError:
        return False
