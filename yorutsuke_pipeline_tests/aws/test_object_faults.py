"""What S3 does when it does not do what it was asked: refusals inside a success, conflicts, broken uploads."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.object_store import S3ObjectStore
from yorutsuke_pipeline.engine.errors import ConfigurationError, ThrottledError, TransientError
from yorutsuke_pipeline.engine.ports import StoredObject
from yorutsuke_pipeline_tests.aws.wire import answer, quick_retries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSResponse

    from yorutsuke_pipeline_tests.aws.places import Place

MEGABYTE = 1024 * 1024


def xml(content: str, status: int = 200) -> AWSResponse:
    return answer(content.encode(), status, {"content-type": "application/xml"})


def refusal(code: str, status: int) -> AWSResponse:
    return xml(f"<Error><Code>{code}</Code><Message>told so</Message></Error>", status)


def undeleted(code: str, *keys: str) -> AWSResponse:
    errors = "".join(f"<Error><Key>{key}</Key><Code>{code}</Code></Error>" for key in keys)
    return xml(f"<DeleteResult>{errors}</DeleteResult>")


def store(place: Place) -> S3ObjectStore:
    return S3ObjectStore(place.clients.s3, place.bucket)


@contextmanager
def answering(place: Place, operation: str, given: AWSResponse) -> Iterator[None]:
    """Give every call of one operation the same answer."""
    hook: Any = lambda **_: given  # noqa: E731 — botocore's hook
    event = f"before-send.s3.{operation}"
    place.clients.s3.meta.events.register_first(event, hook)
    try:
        with quick_retries(place.clients.s3):
            yield
    finally:
        place.clients.s3.meta.events.unregister(event, hook)


def test_what_was_not_deleted_is_named_although_the_call_succeeded(moto: Place) -> None:
    with (
        answering(moto, "DeleteObjects", undeleted("InternalError", "uploads/a.jpg", "uploads/b.jpg")),
        pytest.raises(TransientError, match=r"'uploads/a\.jpg', 'uploads/b\.jpg'"),
    ):
        store(moto).delete(["uploads/a.jpg", "uploads/b.jpg", "uploads/c.jpg"])


def test_a_delete_that_is_not_allowed_is_a_matter_of_configuration(moto: Place) -> None:
    with (
        answering(moto, "DeleteObjects", undeleted("AccessDenied", "uploads/a.jpg")),
        pytest.raises(ConfigurationError, match="s3:DeleteObject"),
    ):
        store(moto).delete(["uploads/a.jpg"])


@pytest.mark.parametrize("place", ["moto", "embedded"])
def test_a_conflict_with_a_writer_who_came_first_is_no(place: str, name: str, request: pytest.FixtureRequest) -> None:
    there: Place = request.getfixturevalue(place)
    there.clients.s3.put_object(Bucket=there.bucket, Key=name, Body=b"theirs")

    with answering(there, "PutObject", refusal("ConditionalRequestConflict", 409)):
        assert not store(there).create(name, b"mine")


@pytest.mark.parametrize("there", [b"1234", b"12345", None])
def test_a_copy_whose_etag_is_another_is_looked_at_and_believed_only_if_its_size_is_the_same(
    embedded: Place, name: str, there: bytes | None
) -> None:
    source = StoredObject(f"{name}/a", 4, '"81dc9bdb52d04dc20036dbd8313ed055"')
    if there is not None:
        embedded.clients.s3.put_object(Bucket=embedded.bucket, Key=f"{name}/b", Body=there)

    with answering(embedded, "CopyObject", xml('<CopyObjectResult><ETag>"of a key"</ETag></CopyObjectResult>')):
        copied = store(embedded).copy(source, f"{name}/b")

    assert (copied is not None) == (there == b"1234")


# moto would do the put as well, beside the scripted answer.
def test_a_conflict_that_left_nothing_is_to_be_tried_again(embedded: Place, name: str) -> None:
    with (
        answering(embedded, "PutObject", refusal("ConditionalRequestConflict", 409)),
        pytest.raises(TransientError, match=name),
    ):
        store(embedded).create(name, b"mine")


def test_slow_down_is_throttling(embedded: Place, name: str) -> None:
    with answering(embedded, "GetObject", refusal("SlowDown", 503)), pytest.raises(ThrottledError):
        store(embedded).read(name, longest=10)


def test_an_upload_that_fails_leaves_no_parts_behind(embedded: Place, name: str) -> None:
    with (
        answering(embedded, "UploadPart", refusal("InternalError", 500)),
        pytest.raises(TransientError, match="part 1"),
        store(embedded).writing(name) as out,
    ):
        out.write(b"x" * 9 * MEGABYTE)

    uploads = embedded.clients.s3.list_multipart_uploads(Bucket=embedded.bucket, Prefix=name)
    assert uploads.get("Uploads", []) == []
    assert store(embedded).head(name) is None


def test_an_upload_that_was_given_up_meanwhile_is_to_be_tried_again(embedded: Place, name: str) -> None:
    with (
        answering(embedded, "CompleteMultipartUpload", refusal("NoSuchUpload", 404)),
        pytest.raises(TransientError, match=name),
        store(embedded).writing(name) as out,
    ):
        out.write(b"x" * 9 * MEGABYTE)

    assert store(embedded).head(name) is None


def test_a_missing_bucket_is_a_matter_of_configuration(moto: Place) -> None:
    nowhere = S3ObjectStore(moto.clients.s3, "nowhere")

    for call in (
        lambda: nowhere.read("a", longest=1),
        lambda: list(nowhere.list("a")),
        lambda: nowhere.create("a", b""),
    ):
        with pytest.raises(ConfigurationError, match="YORUTSUKE_BUCKET"):
            call()
