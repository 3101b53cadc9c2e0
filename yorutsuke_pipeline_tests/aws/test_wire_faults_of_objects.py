"""S3 over a wire that misbehaves: an object is read whole or not at all, and written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.errors import ThrottledError, TransientError
from yorutsuke_pipeline_tests.aws.wire import BOTOCORES_TRIES

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.aws.spoiled import Spoiled

MEGABYTE = 1024 * 1024
LINES = [b"%07d " % number * 60 for number in range(6_000)]
CONTENT = b"\n".join(LINES) + b"\n"
# Two parts and a rest.
LARGE = b"0123456789abcdef" * (17 * MEGABYTE // 16)


def put(spoiled: Spoiled, key: str, content: bytes = CONTENT) -> None:
    spoiled.straight.clients.s3.put_object(Bucket=spoiled.straight.bucket, Key=key, Body=content)


def stored(spoiled: Spoiled, key: str) -> bytes:
    return spoiled.straight.clients.s3.get_object(Bucket=spoiled.straight.bucket, Key=key)["Body"].read()


def unfinished_uploads(spoiled: Spoiled, key: str) -> int:
    answer = spoiled.straight.clients.s3.list_multipart_uploads(Bucket=spoiled.straight.bucket, Prefix=key)
    return len(answer.get("Uploads", []))


@pytest.mark.parametrize("kind", ["throttle", "server_error", "reset"])
def test_a_bad_moment_of_the_bucket_is_waited_out(spoiled: Spoiled, name: str, kind: str) -> None:
    put(spoiled, name)
    spoiled.spoil("GetObject", kind, times=BOTOCORES_TRIES - 1)

    found = spoiled.objects.read(name, longest=len(CONTENT))

    assert found is not None
    assert found[1] == CONTENT


def test_slow_down_for_ever_is_throttling(spoiled: Spoiled, name: str) -> None:
    spoiled.spoil("s3:*", "throttle", times=None)

    with pytest.raises(ThrottledError, match=name):
        spoiled.objects.read(name, longest=1)
    with pytest.raises(ThrottledError, match=name), spoiled.objects.writing(name) as out:
        out.write(b"x")


def test_a_read_that_is_cut_in_the_middle_goes_on_at_the_same_byte(spoiled: Spoiled, name: str) -> None:
    put(spoiled, name)
    spoiled.spoil("GetObject", "truncated", share=0.37, times=3)

    assert list(spoiled.objects.lines(name, longest=MEGABYTE)) == LINES

    assert spoiled.tries("GetObject") == 4


def test_a_read_that_is_cut_for_ever_is_to_be_tried_again_later(spoiled: Spoiled, name: str) -> None:
    put(spoiled, name)
    spoiled.spoil("GetObject", "truncated", share=0.0, times=None)

    with pytest.raises(TransientError, match=name):
        list(spoiled.objects.lines(name, longest=MEGABYTE))


def test_bytes_that_are_not_what_was_stored_are_an_error(spoiled: Spoiled, name: str) -> None:
    put(spoiled, name)
    spoiled.spoil("GetObject", "corrupted", times=None)

    with pytest.raises(TransientError, match="FlexibleChecksumError"):
        spoiled.objects.read(name, longest=len(CONTENT))


@pytest.mark.parametrize("kind", ["corrupted", "truncated", "half_head"])
def test_an_image_that_came_damaged_is_read_again_at_once(spoiled: Spoiled, name: str, kind: str) -> None:
    put(spoiled, name)
    spoiled.spoil("GetObject", kind)

    found = spoiled.objects.read(name, longest=len(CONTENT))

    assert found is not None
    assert found[1] == CONTENT
    assert spoiled.tries("GetObject") == 2


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("UploadPart", "reset"),
        ("UploadPart", "lost_answer"),
        ("CreateMultipartUpload", "server_error"),
        ("CompleteMultipartUpload", "lost_answer"),
        ("CompleteMultipartUpload", "half_head"),
    ],
)
def test_an_upload_survives_a_bad_moment(spoiled: Spoiled, name: str, operation: str, kind: str) -> None:
    spoiled.spoil(operation, kind)

    with spoiled.objects.writing(name) as out:
        out.write(LARGE)

    assert stored(spoiled, name) == LARGE


@pytest.mark.parametrize("operation", ["UploadPart", "CompleteMultipartUpload"])
def test_an_upload_that_breaks_for_good_leaves_neither_an_object_nor_parts(
    spoiled: Spoiled, name: str, operation: str
) -> None:
    spoiled.spoil(operation, "reset", times=None)

    with pytest.raises(TransientError, match=name), spoiled.objects.writing(name) as out:
        out.write(LARGE)

    assert spoiled.objects.head(name) is None
    assert unfinished_uploads(spoiled, name) == 0


@pytest.mark.parametrize("kind", ["lost_answer", "half_head", "timeout"])
def test_a_mark_whose_answer_did_not_arrive_is_ours(spoiled: Spoiled, name: str, kind: str) -> None:
    spoiled.spoil("PutObject", kind, **({"seconds": 0.01} if kind == "timeout" else {}))

    assert spoiled.objects.create(name, b"asked")

    assert not spoiled.objects.create(name, b"asked")


def test_a_copy_whose_delete_failed_keeps_both_and_the_next_run_deletes_the_source(spoiled: Spoiled, name: str) -> None:
    put(spoiled, f"{name}/source.png")
    source = spoiled.objects.head(f"{name}/source.png")
    assert source is not None
    spoiled.spoil("DeleteObjects", "server_error", times=None)
    assert spoiled.objects.copy(source, f"{name}/copy.png") is not None
    with pytest.raises(TransientError):
        spoiled.objects.delete_unchanged([source])
    assert stored(spoiled, f"{name}/source.png") == stored(spoiled, f"{name}/copy.png") == CONTENT

    spoiled.mend()
    assert spoiled.objects.copy(source, f"{name}/copy.png") is not None
    assert spoiled.objects.delete_unchanged([source]) == []

    assert spoiled.objects.head(f"{name}/source.png") is None
    assert stored(spoiled, f"{name}/copy.png") == CONTENT


def test_an_object_that_is_replaced_before_the_delete_stays(spoiled: Spoiled, name: str) -> None:
    put(spoiled, name)
    seen = spoiled.objects.head(name)
    assert seen is not None
    put(spoiled, name, b"another photo")

    assert spoiled.objects.delete_unchanged([seen]) == [name]

    assert stored(spoiled, name) == b"another photo"


def test_connections_that_are_closed_while_idle_go_unnoticed(spoiled: Spoiled, name: str) -> None:
    spoiled.spoil("*", "keep_alive_closed", times=None)

    for number in range(4):
        assert spoiled.objects.create(f"{name}-{number}", b"x")
        assert spoiled.objects.head(f"{name}-{number}") is not None

    assert spoiled.tries("PutObject") == 4
