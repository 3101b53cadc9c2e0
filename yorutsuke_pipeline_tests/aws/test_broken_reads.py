"""Reading an object over connections that break, and lines of any kind out of any pieces."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import FlexibleChecksumError, ReadTimeoutError, ResponseStreamingError
from hypothesis import given, settings
from hypothesis import strategies as st

from yorutsuke_pipeline.aws.object_body import ResumedBody, buffered, lines_of
from yorutsuke_pipeline.aws.object_store import S3ObjectStore
from yorutsuke_pipeline.engine.errors import TransientError
from yorutsuke_pipeline_tests.aws.places import embedded_place
from yorutsuke_pipeline_tests.aws.wire import URL
from yorutsuke_pipeline_tests.fakes.object_store import FakeObjectStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint
    from yorutsuke_pipeline_tests.aws.places import Place

LINES = [b"%06d" % number * 40 for number in range(20_000)]
CONTENT = b"\n".join(LINES) + b"\n"


class BreakingBody:
    """A body whose connection breaks after some bytes."""

    def __init__(self, body: Any, length: int, error: Exception) -> None:  # noqa: ANN401 — StreamingBody or a file
        self._body = body
        self._left = length
        self._error = error

    def readinto(self, buffer: memoryview) -> int:
        if self._left == 0:
            raise self._error
        piece = self._body.read(min(len(buffer), self._left))
        self._left -= len(piece)
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._body.close()


@pytest.fixture
def place(embedded_aws: Endpoint) -> Place:
    return embedded_place(embedded_aws)


@pytest.fixture
def store(place: Place, name: str) -> S3ObjectStore:
    place.clients.s3.put_object(Bucket=place.bucket, Key=name, Body=CONTENT)
    return S3ObjectStore(place.clients.s3, place.bucket)


def break_bodies(place: Place, *lengths: int, then: Callable[[], None] = lambda: None) -> list[dict[str, Any]]:
    """Let the bodies of the next GetObjects break after so many bytes; return what was asked for."""
    asked: list[dict[str, Any]] = []
    breaks = list(lengths)

    def note(params: dict[str, Any], **_: object) -> None:
        asked.append(params["headers"])

    def wrap(parsed: dict[str, Any], **_: object) -> None:
        if breaks and "Body" in parsed:
            error = ReadTimeoutError(endpoint_url=URL) if len(breaks) % 2 else ResponseStreamingError(error="cut")
            parsed["Body"] = BreakingBody(parsed["Body"], breaks.pop(0), error)
            then()

    place.clients.s3.meta.events.register("before-call.s3.GetObject", note)
    place.clients.s3.meta.events.register("after-call.s3.GetObject", wrap)
    return asked


def test_lines_go_on_at_the_byte_where_the_connection_broke(place: Place, store: S3ObjectStore, name: str) -> None:
    asked = break_bodies(place, 1_000_003, 0, 2_500_000)

    assert list(store.lines(name, longest=1000)) == LINES

    assert [headers.get("Range") for headers in asked] == [
        None,
        "bytes=1000003-",
        "bytes=1000003-",
        "bytes=3500003-",
    ]
    assert all("If-Match" in headers for headers in asked[1:])


def test_an_object_is_read_whole_over_a_broken_connection(place: Place, store: S3ObjectStore, name: str) -> None:
    break_bodies(place, 10)

    found = store.read(name, longest=len(CONTENT))

    assert found is not None
    assert found[1] == CONTENT


def test_a_connection_that_never_holds_is_given_up(place: Place, store: S3ObjectStore, name: str) -> None:
    asked = break_bodies(place, *[0] * 20)

    with pytest.raises(TransientError, match=name):
        list(store.lines(name, longest=1000))

    assert len(asked) == 5


def test_an_object_that_was_replaced_meanwhile_is_not_mixed_with_the_old(
    place: Place, store: S3ObjectStore, name: str
) -> None:
    def replace_it() -> None:
        place.clients.s3.put_object(Bucket=place.bucket, Key=name, Body=CONTENT.replace(b"0", b"9"))

    break_bodies(place, 1_000_000, then=replace_it)

    with pytest.raises(TransientError, match="replaced while it was read"):
        list(store.lines(name, longest=1000))


def test_what_breaks_at_the_very_end_is_whole() -> None:
    body = BreakingBody(io.BytesIO(b"abc"), 3, ReadTimeoutError(endpoint_url=URL))

    def never(position: int) -> object:
        raise AssertionError(position)

    assert buffered(ResumedBody(body, 3, never)).read() == b"abc"


def test_a_wrong_checksum_is_an_error_and_is_not_read_on() -> None:
    body = BreakingBody(io.BytesIO(b"abc"), 2, FlexibleChecksumError(error_msg="crc32"))

    def never(position: int) -> object:
        raise AssertionError(position)

    with pytest.raises(FlexibleChecksumError):
        buffered(ResumedBody(body, 3, never)).read()


# No deadline: how long an example takes is the machine's business.
@settings(deadline=None)
@given(st.binary(max_size=60) | st.text("ab\r\n", max_size=60).map(str.encode), st.integers(1, 12))
def test_lines_are_the_fakes_lines_whatever_the_bytes(content: bytes, longest: int) -> None:
    # A buffer of the smallest size, so that pieces end everywhere.
    reader: Any = io.BufferedReader(cast("Any", io.BytesIO(content)), 3)

    found = list(lines_of(reader, longest=longest))

    assert found == list(FakeObjectStore({"key": content}).lines("key", longest=longest))
