"""Reading and copying below the client: what they must still do as the client does it."""

from __future__ import annotations

import base64
import zlib
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore import UNSIGNED
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import ClientError, ConnectionClosedError, FlexibleChecksumError

from yorutsuke_pipeline.aws.object_calls import ObjectCalls
from yorutsuke_pipeline.aws.object_store import S3ObjectStore
from yorutsuke_pipeline.aws.request_signature import NO_BODY, RequestSigner, host_of
from yorutsuke_pipeline.engine.errors import ConfigurationError, TransientError
from yorutsuke_pipeline.engine.ports import StoredObject
from yorutsuke_pipeline_tests.aws.servers import serving
from yorutsuke_pipeline_tests.aws.test_credentials import moment_of, process_credentials, signed_with
from yorutsuke_pipeline_tests.aws.wire import BOTOCORES_TRIES, URL, Wire, answer, closed, quick_retries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from botocore.awsrequest import AWSResponse

BUCKET, KEY = "receipts-dev", "uploads/mai/領収書 (1)+~%2F.jpg"
PHOTO = b"\xff\xd8a photo"
ETAG = '"0123456789abcdef0123456789abcdef"'
SOURCE = StoredObject(KEY, len(PHOTO), ETAG)
COPIED = f"<?xml version='1.0'?><CopyObjectResult><ETag>{ETAG}</ETag></CopyObjectResult>".encode()
REFUSED = b"<Error><Code>InternalError</Code><Message>told so</Message></Error>"
MISSING = b"<Error><Code>NoSuchKey</Code><Message>told so</Message></Error>"
DENIED = b"<Error><Code>AccessDenied</Code><Message>told so</Message></Error>"


def client(url: str | None = URL, region: str = "us-west-2", **config: Any) -> Any:  # noqa: ANN401 — any of botocore's settings
    settings = Config(retries={"mode": "standard", "total_max_attempts": BOTOCORES_TRIES}, **config)
    session = boto3.Session("KEY", "secret", "token", region_name=region)
    return session.client("s3", endpoint_url=url, config=settings)


def photo(content: bytes = PHOTO, **headers: str) -> AWSResponse:
    return answer(content, headers={"etag": ETAG, **{name.replace("_", "-"): value for name, value in headers.items()}})


def read(wire: Wire, *, of: Any = None, longest: int = 100) -> tuple[StoredObject, bytes] | None:  # noqa: ANN401 — any client
    used = of or client()
    with quick_retries(used), wire.attached(used):
        return S3ObjectStore(used, BUCKET).read(KEY, longest=longest)


def copied(wire: Wire) -> StoredObject | None:
    used = client()
    with quick_retries(used), wire.attached(used):
        return S3ObjectStore(used, BUCKET).copy(SOURCE, "processed/a.jpg")


def told_of(request: Any) -> dict[str, str]:  # noqa: ANN401 — a request of either kind
    """Return what of a request's headers is no matter of its moment, as text."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    passing = {"amz-sdk-invocation-id", "amz-sdk-request", "x-amz-date", "authorization", "user-agent"}
    return {
        name: value.decode() if isinstance(value, bytes) else str(value)
        for name, value in headers.items()
        if name not in passing
    }


@pytest.mark.parametrize("token", [None, "session-token"])
@pytest.mark.parametrize("origin", ["https://receipts.s3.us-east-1.amazonaws.com", "http://127.0.0.1:5000/receipts"])
@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"x-amz-checksum-mode": "ENABLED", "User-Agent": "a"}),
        ("PUT", {"x-amz-copy-source": "receipts/a%20b.jpg", "x-amz-copy-source-if-match": ETAG}),
    ],
)
def test_the_signature_is_botocores(token: str | None, origin: str, method: str, headers: dict[str, str]) -> None:
    url = f"{origin}/uploads/a%20b.jpg"
    theirs = AWSRequest(method, url, headers=headers)
    S3SigV4Auth(Credentials("KEY", "secret", token), "s3", "us-east-1").add_auth(theirs)

    signer, key = RequestSigner(host_of(url), "us-east-1", "s3"), ReadOnlyCredentials("KEY", "secret", token)
    told = {**headers, "X-Amz-Content-SHA256": NO_BODY}
    ours = signer.sign(method, urlsplit(url).path, told, key, moment_of(theirs))

    assert {name: theirs.headers[name] for name in ours} == ours
    assert ("X-Amz-Security-Token" in ours) is (token is not None)


@pytest.mark.parametrize(
    "used",
    [
        lambda: client(None),
        lambda: client(None, "us-east-1"),
        lambda: client(None, "us-gov-west-1"),
        lambda: client(None, use_dualstack_endpoint=True),
        lambda: client(None, s3={"addressing_style": "path"}),
        lambda: client(None, s3={"use_accelerate_endpoint": True}),
        lambda: client("https://s3.example:443/behind/a/gateway"),
        lambda: client(response_checksum_validation="when_required"),
    ],
)
def test_requests_go_where_the_clients_go_and_say_the_same(used: Any) -> None:  # noqa: ANN401 — makes a client
    ours, theirs = Wire([photo(), answer(COPIED)]), Wire([photo(), answer(COPIED)])
    made = used()
    with ours.attached(made):
        calls = ObjectCalls(made, BUCKET)
        assert calls.get(KEY, longest=100) == (SOURCE, PHOTO)
        assert calls.copy(SOURCE, "processed/a.jpg") == ETAG
    with theirs.attached(made):
        made.get_object(Bucket=BUCKET, Key=KEY)
        source = {"Bucket": BUCKET, "Key": KEY}
        made.copy_object(Bucket=BUCKET, Key="processed/a.jpg", CopySource=source, CopySourceIfMatch=ETAG)

    for our, their in zip(ours.requests, theirs.requests, strict=True):
        assert (our.method, our.url) == (their.method, their.url)
        assert told_of(our) == told_of(their)


def test_a_good_answer_takes_one_request() -> None:
    wire = Wire([photo()])

    assert read(wire) == (SOURCE, PHOTO)

    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    "spoiled",
    [
        answer(REFUSED, 500),
        photo(x_amz_checksum_crc32="AAAAAA=="),
        photo(x_amz_checksum_sha256="AAAAAA=="),
        answer(b"<html>a proxy's page</html>", 502),
        closed(),
    ],
    ids=["server error", "wrong checksum", "another wrong checksum", "a proxy's page", "connection closed"],
)
def test_what_goes_wrong_once_is_asked_again_through_the_client(spoiled: Any) -> None:  # noqa: ANN401 — answer or error
    wire = Wire([spoiled, photo()])

    assert read(wire) == (SOURCE, PHOTO)

    assert len(wire.requests) == 2


def test_a_right_checksum_is_believed_and_one_of_parts_is_not_asked() -> None:
    right = base64.b64encode(zlib.crc32(PHOTO).to_bytes(4, "big")).decode()

    for told in (right, "AAAAAA==-7"):
        wire = Wire([photo(x_amz_checksum_crc32=told)])
        assert read(wire) == (SOURCE, PHOTO)
        assert len(wire.requests) == 1


def test_a_wrong_checksum_that_stays_is_the_clients_error() -> None:
    with pytest.raises(TransientError) as caught:
        read(Wire([photo(x_amz_checksum_crc32="AAAAAA=="), photo(x_amz_checksum_crc32="AAAAAA==")]))

    assert isinstance(caught.value.__cause__, FlexibleChecksumError)


def test_what_is_not_there_is_none_and_what_is_not_allowed_is_the_clients_error() -> None:
    assert read(Wire([answer(MISSING, 404)])) is None
    with pytest.raises(ConfigurationError) as caught:
        read(Wire([answer(DENIED, 403)]))

    assert isinstance(caught.value.__cause__, ClientError)


def test_what_stays_broken_is_given_up_as_often_as_the_client_gives_up() -> None:
    wire = Wire([closed()])

    with pytest.raises(TransientError) as caught:
        read(wire)

    assert isinstance(caught.value.__cause__, ConnectionClosedError)
    assert len(wire.requests) == 1 + BOTOCORES_TRIES


def test_a_longer_object_is_left_to_the_client_which_does_not_read_it() -> None:
    wire = Wire([photo()])

    assert read(wire, longest=3) == (SOURCE, b"")

    assert len(wire.requests) == 2


def test_a_copy_takes_one_request_and_is_believed_by_its_etag() -> None:
    wire = Wire([answer(COPIED)])

    assert copied(wire) == StoredObject("processed/a.jpg", len(PHOTO), ETAG)

    assert [request.method for request in wire.requests] == ["PUT"]


@pytest.mark.parametrize(
    "spoiled",
    [answer(REFUSED, 500), answer(REFUSED), answer(b""), answer(b"<CopyObjectResult>"), closed()],
    ids=["server error", "error after a 200", "empty", "cut", "connection closed"],
)
def test_a_copy_that_goes_wrong_once_is_asked_for_again_through_the_client(spoiled: Any) -> None:  # noqa: ANN401 — as above
    wire = Wire([spoiled, answer(COPIED)])

    assert copied(wire) is not None

    assert [request.method for request in wire.requests] == ["PUT", "PUT"]


def test_a_copy_whose_source_changed_is_none() -> None:
    changed = b"<Error><Code>PreconditionFailed</Code></Error>"

    assert copied(Wire([answer(changed, 412)])) is None


def test_credentials_are_renewed_between_two_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # boto3 renews what ends within ten minutes before each call.
    used = process_credentials(tmp_path, monkeypatch, gives=9, lasting=timedelta(minutes=5)).s3
    calls, wire = ObjectCalls(used, BUCKET), Wire([photo()])

    with wire.attached(used):
        calls.get(KEY, longest=100)
        calls.get(KEY, longest=100)

    first, second = signed_with(wire)
    assert first.startswith("KEY-")
    assert first != second


def test_events_that_are_attached_to_the_client_are_emitted() -> None:
    used, told = client(), list[str]()
    for event in ("before-call", "before-send", "after-call"):
        used.meta.events.register(f"{event}.s3.GetObject", lambda event_name, **_: told.append(event_name))

    with Wire([photo()]).attached(used):
        ObjectCalls(used, BUCKET).get(KEY, longest=100)

    assert told == [f"{event}.s3.GetObject" for event in ("before-call", "before-send", "after-call")]


@contextmanager
def a_server() -> Iterator[tuple[str, list[str]]]:
    """Serve a photo, and copies, on loopback; yield its address and the list of what was asked for."""
    with serving(lambda method: (PHOTO if method == "GET" else COPIED, {"ETag": ETAG})) as (url, asked):
        yield url, asked


@pytest.mark.parametrize("is_proxy", [False, True])
def test_calls_go_through_the_clients_proxy_if_it_has_one(is_proxy: bool) -> None:  # noqa: FBT001 — a case
    with a_server() as (url, asked):
        used = client("http://s3.example", proxies={"http": url}) if is_proxy else client(url)
        store = S3ObjectStore(used, BUCKET)

        assert store.read("a.jpg", longest=100) == (StoredObject("a.jpg", len(PHOTO), ETAG), PHOTO)
        assert store.copy(StoredObject("a.jpg", len(PHOTO), ETAG), "b.jpg") is not None
        used.close()

    origin = "http://s3.example" if is_proxy else ""
    assert asked == [f"GET {origin}/{BUCKET}/a.jpg", f"PUT {origin}/{BUCKET}/b.jpg"]


@pytest.mark.parametrize(
    ("bucket", "config"),
    [(BUCKET, {"signature_version": UNSIGNED}), ("receipts--usw2-az1--x-s3", {})],
    ids=["unsigned", "directory bucket"],
)
def test_a_client_that_signs_in_another_way_is_called_itself(bucket: str, config: dict[str, Any]) -> None:
    used = client(None, **config)

    with Wire([photo()]).attached(used) as wire:
        assert ObjectCalls(used, bucket).get(KEY, longest=100) is None
        assert ObjectCalls(used, bucket).copy(SOURCE, "b.jpg") is None

    assert wire.requests == []


def test_a_client_without_what_is_used_of_it_is_called_itself() -> None:
    class Bare:
        """A client of another version of botocore."""

    calls = ObjectCalls(Bare(), BUCKET)  # type: ignore[arg-type]  # as said

    assert calls.get(KEY, longest=100) is None
    assert calls.copy(SOURCE, "b.jpg") is None
