"""The parts of an upload on their way: side by side, a few at once, joined in order, and none after the end."""

from __future__ import annotations

from threading import Event, Lock
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from yorutsuke_pipeline.aws.failures import Target
from yorutsuke_pipeline.aws.object_writer import PART_BYTES, S3Writer
from yorutsuke_pipeline.engine.errors import TransientError
from yorutsuke_pipeline_tests.aws.wire import URL


class Uploads:
    """As much of S3's client as an upload in parts takes; `before_part` is told each number, and may wait or raise."""

    class exceptions:  # noqa: N801 — botocore's name
        class NoSuchUpload(Exception):  # noqa: N818 — botocore's name
            pass

    def __init__(self) -> None:
        self.before_part: Any = lambda _number: None
        self.parts: dict[int, bytes] = {}
        self.on_the_way = self.most_on_the_way = 0
        self.completed: list[int] = []
        self.on_the_way_when_aborted: int | None = None
        self._lock = Lock()

    def create_multipart_upload(self, **_: object) -> dict[str, str]:
        return {"UploadId": "upload"}

    def upload_part(self, **told: Any) -> dict[str, str]:  # noqa: ANN401 — the parameters
        with self._lock:
            self.on_the_way += 1
            self.most_on_the_way = max(self.most_on_the_way, self.on_the_way)
        try:
            self.before_part(told["PartNumber"])
            self.parts[told["PartNumber"]] = bytes(told["Body"])
        finally:
            with self._lock:
                self.on_the_way -= 1
        return {"ETag": f"etag-{told['PartNumber']}"}

    def complete_multipart_upload(self, **told: Any) -> None:  # noqa: ANN401 — as above
        self.completed = [part["PartNumber"] for part in told["MultipartUpload"]["Parts"]]

    def abort_multipart_upload(self, **_: object) -> None:
        self.on_the_way_when_aborted = self.on_the_way


def writer_to(uploads: Uploads) -> S3Writer:
    client: Any = uploads
    return S3Writer(client, "bucket", "key", Target("bucket", "a setting"))


def write_parts(writer: S3Writer, count: int) -> None:
    for _ in range(count):
        writer.write(bytes(PART_BYTES))


def test_parts_that_end_in_another_order_are_joined_in_theirs() -> None:
    uploads, last_began = Uploads(), Event()

    def wait(number: int) -> None:
        if number == 3:
            last_began.set()
        assert last_began.wait(10)

    uploads.before_part = wait
    writer = writer_to(uploads)
    for piece in (b"a", b"b", b"c"):
        writer.write(piece * PART_BYTES)
    writer.write(b"the rest")
    writer.finish()

    assert uploads.completed == [1, 2, 3, 4]
    assert b"".join(uploads.parts[number][:1] for number in uploads.completed) == b"abct"
    assert sum(map(len, uploads.parts.values())) == 3 * PART_BYTES + len(b"the rest")


def test_no_more_than_three_parts_are_on_the_way_or_held() -> None:
    uploads = Uploads()
    writer = writer_to(uploads)

    write_parts(writer, 8)
    writer.finish()

    assert uploads.most_on_the_way <= 3
    assert uploads.completed == list(range(1, 9))


def test_a_part_that_fails_ends_the_writing_and_nothing_arrives_after_the_upload_is_given_up() -> None:
    uploads, failed = Uploads(), Event()

    def fail_second(number: int) -> None:
        if number == 2:
            failed.set()
            raise ReadTimeoutError(endpoint_url=URL)
        assert failed.wait(10)

    uploads.before_part = fail_second
    writer = writer_to(uploads)
    with pytest.raises(TransientError, match="part 2"):
        write_parts(writer, 8)
    writer.abort()

    assert uploads.on_the_way_when_aborted == 0
    assert uploads.completed == []
