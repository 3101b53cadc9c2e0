"""What every implementation of `ObjectStore` does: the fake, and the adapter on two kinds of AWS."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.object_store import S3ObjectStore
from yorutsuke_pipeline.engine.ports import StoredObject
from yorutsuke_pipeline_tests.fakes.object_store import FakeObjectStore

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.ports import ObjectStore

MEGABYTE = 1024 * 1024
HOSTILE_NAMES = [
    "a receipt.jpg",
    "100%2F.jpg",
    "a+b&c=d?e#f.jpg",
    "領収書 🧾.jpg",
    "it's (1).jpg",
    "<tag>.jpg",
    "a//b.jpg",
    "~tilde!*.jpg",
]


@pytest.fixture(params=["fake", "moto", "embedded"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    if request.param == "fake":
        return FakeObjectStore()
    place = request.getfixturevalue(request.param)
    return S3ObjectStore(place.clients.s3, place.bucket)


def write(store: ObjectStore, key: str, *contents: bytes) -> None:
    with store.writing(key) as out:
        for content in contents:
            out.write(content)


def write_and_fail(store: ObjectStore, key: str, size: int) -> None:
    with store.writing(key) as out:
        out.write(b"x" * size)
        raise ZeroDivisionError


def lines(store: ObjectStore, key: str, longest: int = 100) -> list[bytes]:
    return list(store.lines(key, longest=longest))


@pytest.mark.parametrize("key_name", HOSTILE_NAMES)
def test_a_key_of_any_characters_works_everywhere(store: ObjectStore, name: str, key_name: str) -> None:
    key = f"{name}/{key_name}"
    assert store.create(key, b"jpeg")

    stored = store.head(key)

    assert stored is not None
    assert stored.size == 4
    assert store.read(key, longest=10) == (stored, b"jpeg")
    assert lines(store, key) == [b"jpeg"]
    assert list(store.list(f"{name}/")) == [stored]
    copied = store.copy(stored, f"{name}/copy/{key_name}")
    assert copied is not None
    assert copied.key == f"{name}/copy/{key_name}"
    store.delete([key])
    assert store.head(key) is None


@pytest.mark.parametrize("key_name", ["nothing.jpg", "half a pair \ud800.jpg"])
def test_what_is_not_there_is_none(store: ObjectStore, name: str, key_name: str) -> None:
    key = f"{name}/{key_name}"

    assert store.head(key) is None
    assert store.read(key, longest=10) is None
    assert lines(store, key) == []


def test_a_missing_source_is_not_copied(store: ObjectStore, name: str) -> None:
    assert store.copy(StoredObject(f"{name}/a", 3, '"abc"'), f"{name}/b") is None


def test_a_longer_object_is_named_without_its_content(store: ObjectStore, name: str) -> None:
    write(store, name, b"12345")

    found = store.read(name, longest=4)

    assert found == (store.head(name), b"")


def test_an_empty_object_is_empty(store: ObjectStore, name: str) -> None:
    write(store, name)

    found = store.read(name, longest=4)

    assert found is not None
    assert (found[0].size, found[1]) == (0, b"")
    assert lines(store, name) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a\nb\n", [b"a", b"b"]),
        (b"a\r\nb", [b"a", b"b"]),
        (b"\n\na", [b"", b"", b"a"]),
        (b"\xef\xbb\xbfa\rb\n", [b"\xef\xbb\xbfa\rb"]),
        (b"12345\n123456\nz\n", [b"12345", b"123456", b"z"]),
        (b"1234567\nz", [b"123456", b"z"]),
        (b"12345\r\n123456\r\n", [b"12345", b"123456"]),
        (b"12345\r", [b"12345\r"]),
        (b"1234567890", [b"123456"]),
    ],
)
def test_lines_lose_their_ends_and_long_ones_their_tails(
    store: ObjectStore, name: str, content: bytes, expected: list[bytes]
) -> None:
    write(store, name, content)

    assert lines(store, name, longest=5) == expected


def test_a_line_of_many_megabytes_is_cut_and_the_next_is_whole(store: ObjectStore, name: str) -> None:
    write(store, name, b"x" * (5 * MEGABYTE) + b"\n", b"after\n")

    assert lines(store, name, longest=1000) == [b"x" * 1001, b"after"]


@pytest.mark.parametrize("size", [8 * MEGABYTE, 20 * MEGABYTE + 1])
def test_a_large_object_is_written_whole(store: ObjectStore, name: str, size: int) -> None:
    piece = bytes(range(256)) * 4096
    content = (piece * (size // len(piece) + 1))[:size]

    write(store, name, *(content[start : start + MEGABYTE] for start in range(0, size, MEGABYTE)))

    found = store.read(name, longest=size)
    assert found is not None
    assert found[1] == content
    assert found[0] == store.head(name)


@pytest.mark.parametrize("size", [3, 17 * MEGABYTE])
def test_what_ends_in_an_error_leaves_the_old_object(store: ObjectStore, name: str, size: int) -> None:
    write(store, name, b"old")

    with pytest.raises(ZeroDivisionError):
        write_and_fail(store, name, size)

    found = store.read(name, longest=10)
    assert found is not None
    assert found[1] == b"old"


# moto checks and writes in two steps, and so may let two of them through.
@pytest.mark.parametrize("store", ["fake", "embedded"], indirect=True)
def test_of_many_creators_at_once_one_writes(store: ObjectStore, name: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(lambda number: store.create(name, b"%d" % number), range(16)))

    assert created.count(True) == 1
    found = store.read(name, longest=10)
    assert found is not None
    assert found[1] == b"%d" % created.index(True)


def test_objects_are_listed_by_prefix_in_order(store: ObjectStore, name: str) -> None:
    for key in ("b", "a/2", "a/1"):
        write(store, f"{name}/{key}", key.encode())

    assert [found.key for found in store.list(f"{name}/")] == [f"{name}/a/1", f"{name}/a/2", f"{name}/b"]
    assert [found.size for found in store.list(f"{name}/a/")] == [3, 3]
    assert list(store.list(f"{name}/none")) == []


# moto does not know CopySourceIfMatch.
@pytest.mark.parametrize("store", ["fake", "embedded"], indirect=True)
def test_a_source_that_was_replaced_is_not_copied(store: ObjectStore, name: str) -> None:
    write(store, f"{name}/a", b"old")
    source = store.head(f"{name}/a")
    assert source is not None
    write(store, f"{name}/a", b"new")

    assert store.copy(source, f"{name}/b") is None
    assert store.head(f"{name}/b") is None


def test_more_than_a_thousand_objects_are_deleted_and_absent_ones_are_no_error(store: ObjectStore, name: str) -> None:
    write(store, f"{name}/0001", b"x")
    write(store, f"{name}/1001", b"x")

    store.delete([f"{name}/{number:04d}" for number in range(1002)])

    assert list(store.list(f"{name}/")) == []
    store.delete([])


# moto does not know conditions on what is deleted.
@pytest.mark.parametrize("store", ["fake", "embedded"], indirect=True)
def test_only_what_is_still_as_it_was_seen_is_deleted(store: ObjectStore, name: str) -> None:
    seen = []
    for key in (f"{name}/same", f"{name}/replaced", f"{name}/gone"):
        write(store, key, b"then")
        found = store.head(key)
        assert found is not None
        seen.append(found)
    write(store, f"{name}/replaced", b"now")
    store.delete([f"{name}/gone"])

    kept = store.delete_unchanged(seen)

    assert kept == [f"{name}/replaced"]
    assert [stored.key for stored in store.list(f"{name}/")] == [f"{name}/replaced"]
