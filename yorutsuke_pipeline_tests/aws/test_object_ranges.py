"""A large object read by several connections: its bytes in order, of one version, whole or an error."""

from __future__ import annotations

import base64
import io
import zlib
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import FlexibleChecksumError, IncompleteReadError, ReadTimeoutError
from hypothesis import given, settings
from hypothesis import strategies as st

from yorutsuke_pipeline.aws.object_body import ResumedBody, buffered, lines_of
from yorutsuke_pipeline.aws.object_ranges import JoinedRanges
from yorutsuke_pipeline.aws.object_store import S3ObjectStore
from yorutsuke_pipeline.engine.errors import TransientError
from yorutsuke_pipeline_tests.aws.places import embedded_place
from yorutsuke_pipeline_tests.aws.test_broken_reads import BreakingBody
from yorutsuke_pipeline_tests.aws.wire import URL
from yorutsuke_pipeline_tests.fakes.object_store import FakeObjectStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint
    from yorutsuke_pipeline_tests.aws.places import Place
    from yorutsuke_pipeline_tests.aws.spoiled import Spoiled

KILOBYTE = 1024
LINES = [b"%06d" % number * 10 for number in range(2_000)]
CONTENT = b"\r\n".join(LINES) + b"\r\n"
RANGE = 16 * KILOBYTE


class Source:
    """Ranges of some bytes; knows which were opened, and how many are open."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.opened: list[int] = []
        self.closed = 0
        self.body: Callable[[int, int], Any] = lambda begin, end: io.BytesIO(content[begin:end])

    def open_range(self, begin: int, end: int) -> ResumedBody:
        source = self

        class Counted(ResumedBody):
            def close(self) -> None:
                source.closed += not self.closed
                super().close()

        self.opened.append(begin)
        return Counted(self.body(begin, end), end, lambda at: io.BytesIO(self.content[at:end]), position=begin)

    def joined(self, range_bytes: int, *, crc32: str | None = None, connections: int = 4) -> JoinedRanges:
        return JoinedRanges(
            self.open_range,
            len(self.content),
            crc32,
            connections=connections,
            range_bytes=range_bytes,
        )


def crc32_of(content: bytes) -> str:
    return base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()


def read_all(joined: JoinedRanges) -> bytes:
    with joined:
        return buffered(joined).read()


@pytest.fixture
def place(embedded_aws: Endpoint) -> Place:
    return embedded_place(embedded_aws)


@pytest.fixture
def store(place: Place, name: str) -> S3ObjectStore:
    place.clients.s3.put_object(Bucket=place.bucket, Key=name, Body=CONTENT)
    return S3ObjectStore(place.clients.s3, place.bucket, range_bytes=RANGE)


def requests_of(place: Place, then: Callable[[int], None] = lambda _: None) -> list[dict[str, Any]]:
    """Return the headers of the GetObjects to come; `then` is told before each how many there were."""
    asked: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: object) -> None:
        then(len(asked))
        asked.append(params["headers"])

    place.clients.s3.meta.events.register("before-call.s3.GetObject", note)
    return asked


def test_ranges_are_joined_in_order_whichever_comes_first() -> None:
    source = Source(b"aabbcc")
    last_is_there = Event()

    def body(begin: int, end: int) -> io.BytesIO:
        if begin == 4:
            last_is_there.set()
        if begin == 2:
            assert last_is_there.wait(10)
        return io.BytesIO(source.content[begin:end])

    source.body = body

    assert read_all(source.joined(2)) == b"aabbcc"


# No deadline: how long an example takes is the machine's business.
@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from([b"", b"a", b"bb", b"c" * 7, b"\r", b"d\r\r"]), max_size=8),
    st.sampled_from([b"\n", b"\r\n"]),
    st.integers(1, 12),
    st.integers(1, 5),
)
def test_lines_are_the_same_wherever_a_range_ends(pieces: list[bytes], end: bytes, size: int, connections: int) -> None:
    content = end.join(pieces)

    with Source(content).joined(size, connections=connections) as joined:
        found = list(lines_of(buffered(joined), longest=6))

    assert found == list(FakeObjectStore({"key": content}).lines("key", longest=6))


@pytest.mark.parametrize("size", range(1, 24))
def test_a_line_and_its_windows_end_cross_a_border_at_every_offset(size: int) -> None:
    content = b"first line\r\nsecond\r\nlast"

    with Source(content).joined(size) as joined:
        assert list(lines_of(buffered(joined), longest=100)) == [b"first line", b"second", b"last"]


@pytest.mark.parametrize("broken", [0, 10, 90])
@pytest.mark.parametrize("after", [0, 1, 9])
def test_a_range_that_breaks_goes_on_at_its_byte(broken: int, after: int) -> None:
    content = bytes(range(100))
    source = Source(content)

    def body(begin: int, end: int) -> Any:  # noqa: ANN401 — a body of either kind
        whole = io.BytesIO(content[begin:end])
        return BreakingBody(whole, after, ReadTimeoutError(endpoint_url=URL)) if begin == broken else whole

    source.body = body

    assert read_all(source.joined(10)) == content


def test_a_range_that_ends_early_is_an_error() -> None:
    source = Source(b"x" * 30)
    source.body = lambda begin, end: io.BytesIO(source.content[begin : end - 1])

    with pytest.raises(IncompleteReadError):
        read_all(source.joined(10))


def test_no_more_ranges_are_held_than_there_are_connections() -> None:
    source = Source(bytes(1_000))

    with source.joined(10, connections=3) as joined:
        joined.read(1)

        assert len(source.opened) <= 3 + 1


def test_a_reader_that_stops_in_the_middle_leaves_nothing_open() -> None:
    source = Source(bytes(1_000))

    with source.joined(10) as joined:
        joined.read(25)

    assert source.closed == len(source.opened) < 100


def test_the_whole_is_held_against_its_checksum() -> None:
    content = bytes(range(256))

    assert read_all(Source(content).joined(50, crc32=crc32_of(content))) == content
    with pytest.raises(FlexibleChecksumError):
        read_all(Source(content).joined(50, crc32=crc32_of(content[::-1])))


def test_a_large_object_is_read_in_ranges_of_the_version_that_was_opened(
    place: Place, store: S3ObjectStore, name: str
) -> None:
    asked = requests_of(place)

    assert list(store.lines(name, longest=KILOBYTE, in_ranges=True)) == LINES

    whole, *ranges = asked
    begins = range(0, len(CONTENT), RANGE)
    expected = [f"bytes={begin}-{min(begin + RANGE, len(CONTENT)) - 1}" for begin in begins]
    assert "Range" not in whole
    assert sorted(headers["Range"] for headers in ranges) == sorted(expected)
    assert len({headers["If-Match"] for headers in ranges}) == 1


@pytest.mark.parametrize("concurrency", [1, 8])
def test_an_object_that_one_connection_reads_takes_one_request(place: Place, name: str, concurrency: int) -> None:
    content = CONTENT if concurrency == 1 else CONTENT[: 2 * RANGE]
    place.clients.s3.put_object(Bucket=place.bucket, Key=name, Body=content)
    asked = requests_of(place)
    store = S3ObjectStore(place.clients.s3, place.bucket, concurrency=concurrency, range_bytes=RANGE)

    assert b"".join(line + b"\r\n" for line in store.lines(name, longest=KILOBYTE, in_ranges=True)).startswith(content)

    assert len(asked) == 1


@pytest.mark.parametrize("reads_before", [1, 2, 5])
def test_an_object_replaced_between_two_ranges_is_not_mixed_with_the_old(
    place: Place, store: S3ObjectStore, name: str, reads_before: int
) -> None:
    def replace(count: int) -> None:
        if count == reads_before:
            place.clients.s3.put_object(Bucket=place.bucket, Key=name, Body=CONTENT.replace(b"0", b"9"))

    requests_of(place, then=replace)

    with pytest.raises(TransientError, match="replaced while it was read"):
        list(store.lines(name, longest=KILOBYTE, in_ranges=True))


def test_a_service_that_sends_other_bytes_than_it_was_asked_for_is_not_believed(
    place: Place, store: S3ObjectStore, name: str
) -> None:
    def ignore_range(params: dict[str, Any], **_: object) -> None:
        params["headers"].pop("Range", None)

    place.clients.s3.meta.events.register("before-call.s3.GetObject", ignore_range)

    with pytest.raises(TransientError, match="other bytes came"):
        list(store.lines(name, longest=KILOBYTE, in_ranges=True))


def spoiled_store(spoiled: Spoiled, name: str) -> S3ObjectStore:
    spoiled.straight.clients.s3.put_object(Bucket=spoiled.straight.bucket, Key=name, Body=CONTENT)
    return S3ObjectStore(spoiled.place.clients.s3, spoiled.place.bucket, range_bytes=RANGE)


@pytest.mark.parametrize(
    ("kind", "how"), [("truncated", {"share": 0.4}), ("reset", {}), ("throttle", {}), ("half_head", {})]
)
def test_ranges_survive_bad_moments_of_the_wire(spoiled: Spoiled, name: str, kind: str, how: dict[str, float]) -> None:
    store = spoiled_store(spoiled, name)
    spoiled.spoil("GetObject", kind, times=3, **how)

    assert list(store.lines(name, longest=KILOBYTE, in_ranges=True)) == LINES


def test_a_wire_that_cuts_every_range_is_an_error_that_names_the_object(spoiled: Spoiled, name: str) -> None:
    store = spoiled_store(spoiled, name)
    spoiled.spoil("GetObject", "truncated", share=0.0, times=None)

    with pytest.raises(TransientError, match=name):
        list(store.lines(name, longest=KILOBYTE, in_ranges=True))


def test_a_range_whose_bytes_are_not_what_was_stored_is_found_at_the_end(spoiled: Spoiled, name: str) -> None:
    store = spoiled_store(spoiled, name)
    spoiled.spoil("GetObject", "corrupted", times=None)

    with pytest.raises(TransientError, match="FlexibleChecksumError"):
        list(store.lines(name, longest=KILOBYTE, in_ranges=True))
