"""Calls below the client: what they must still do as the client does it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import ClientError, ConnectionClosedError

from yorutsuke_pipeline.aws.request_signature import RequestSigner, host_of
from yorutsuke_pipeline.aws.table_calls import TableCalls
from yorutsuke_pipeline_tests.aws.servers import serving
from yorutsuke_pipeline_tests.aws.test_credentials import moment_of, process_credentials, signed_with
from yorutsuke_pipeline_tests.aws.wire import BOTOCORES_TRIES, URL, Wire, answer, closed, quick_retries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REQUEST = '{"RequestItems":{"t":[{"PutRequest":{"Item":{"id":{"S":"1"}}}}]}}'
GOOD: dict[str, Any] = {"UnprocessedItems": {}}


def client(url: str = URL, **config: Any) -> Any:  # noqa: ANN401 — any of botocore's settings
    settings = Config(retries={"mode": "standard", "total_max_attempts": BOTOCORES_TRIES}, **config)
    session = boto3.Session("KEY", "secret", region_name="us-east-1")
    return session.client("dynamodb", endpoint_url=url, config=settings)


def called(wire: Wire, *, of: Any = None) -> dict[str, Any]:  # noqa: ANN401 — any client
    used = of or client()
    with quick_retries(used), wire.attached(used):
        return TableCalls(used).call("BatchWriteItem", REQUEST)


@pytest.mark.parametrize("token", [None, "session-token"])
@pytest.mark.parametrize("url", ["https://dynamodb.us-east-1.amazonaws.com", "http://127.0.0.1:5000"])
def test_the_signature_is_botocores(token: str | None, url: str) -> None:
    told = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.Query"}
    theirs = AWSRequest("POST", url + "/", headers=told, data=b'{"a":1}')
    SigV4Auth(Credentials("KEY", "secret", token), "dynamodb", "us-east-1").add_auth(theirs)

    signer, key = RequestSigner(host_of(url), "us-east-1", "dynamodb"), ReadOnlyCredentials("KEY", "secret", token)
    ours = signer.sign("POST", "/", told, key, moment_of(theirs), body=b'{"a":1}')

    assert {name: theirs.headers[name] for name in ours} == ours
    assert ("X-Amz-Security-Token" in ours) is (token is not None)


def test_the_key_of_a_signature_is_that_of_the_day_and_the_secret() -> None:
    signer = RequestSigner("h", "us-east-1", "dynamodb")
    day = datetime(2026, 1, 9, tzinfo=timezone.utc)

    signatures = [
        signer.sign("POST", "/", {}, ReadOnlyCredentials("KEY", secret, None), now)["Authorization"]
        for secret, now in [("a", day), ("b", day), ("a", day + timedelta(days=1)), ("a", day)]
    ]

    assert len(set(signatures)) == 3
    assert signatures[0] == signatures[3]


def test_a_good_answer_takes_one_request() -> None:
    wire = Wire([answer(GOOD)])

    assert called(wire) == GOOD

    (request,) = wire.requests
    assert request.body == REQUEST.encode()
    assert b"KEY/" in request.headers["Authorization"]


@pytest.mark.parametrize(
    "spoiled",
    [
        answer({"__type": "InternalServerError", "message": "sorry"}, 500),
        answer(GOOD, headers={"x-amz-crc32": "1"}),
        answer(b'{"UnprocessedItems": '),
        answer(b"<html>a proxy's page</html>", 502),
        closed(),
    ],
    ids=["server error", "wrong checksum", "cut", "no JSON", "connection closed"],
)
def test_what_goes_wrong_once_is_asked_again_through_the_client(spoiled: Any) -> None:  # noqa: ANN401 — answer or error
    wire = Wire([spoiled, answer(GOOD)])

    assert called(wire)["UnprocessedItems"] == {}

    assert len(wire.requests) == 2


def test_an_error_is_the_clients_own() -> None:
    used = client()
    missing = answer({"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "no t"}, 400)

    with pytest.raises(used.exceptions.ResourceNotFoundException, match="no t"):
        called(Wire([missing]), of=used)


def test_what_stays_broken_is_given_up_as_often_as_the_client_gives_up() -> None:
    wire = Wire([answer({"__type": "InternalServerError"}, 500)])

    with pytest.raises(ClientError, match="InternalServerError"):
        called(wire)

    assert len(wire.requests) == 1 + BOTOCORES_TRIES


def test_a_connection_that_stays_closed_is_the_clients_error() -> None:
    wire = Wire([closed()])

    with pytest.raises(ConnectionClosedError):
        called(wire)

    assert len(wire.requests) == 1 + BOTOCORES_TRIES


def test_throttling_is_told_at_once_for_the_caller_knows_how_long_to_wait() -> None:
    wire = Wire([answer({"__type": "x#ThrottlingException", "message": "slower"}, 400)])

    with pytest.raises(ClientError, match="ThrottlingException"):
        called(wire)

    assert len(wire.requests) == 1


def test_credentials_are_renewed_between_two_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # boto3 renews what ends within ten minutes before each call.
    used = process_credentials(tmp_path, monkeypatch, gives=9, lasting=timedelta(minutes=5)).dynamodb
    calls, wire = TableCalls(used), Wire([answer(GOOD)])

    with wire.attached(used):
        calls.call("BatchWriteItem", REQUEST)
        calls.call("BatchWriteItem", REQUEST)

    first, second = signed_with(wire)
    assert first.startswith("KEY-")
    assert first != second


@contextmanager
def a_server() -> Iterator[tuple[str, list[str]]]:
    """Serve good answers on loopback; yield its address and the list of what was asked for."""
    with serving(lambda _method: (json.dumps(GOOD).encode(), {})) as (url, asked):
        yield url, asked


def test_calls_go_through_the_clients_proxy() -> None:
    with a_server() as (proxy, asked):
        used = client("http://dynamodb.example", proxies={"http": proxy})

        assert TableCalls(used).call("BatchWriteItem", REQUEST) == GOOD
        used.close()

    assert asked == ["POST http://dynamodb.example/"]


@pytest.mark.parametrize("path", ["", "/behind/a/gateway"])
def test_an_endpoint_of_another_shape_is_left_to_the_client(path: str) -> None:
    with a_server() as (url, asked):
        used = client(url + path)

        assert TableCalls(used).call("BatchWriteItem", REQUEST)["UnprocessedItems"] == {}
        used.close()

    assert asked == [f"POST {path or '/'}"]


def test_a_client_without_what_is_used_of_it_is_called_itself() -> None:
    class Bare:
        class meta:  # noqa: N801 — botocore's name
            endpoint_url, config = URL, None

        def batch_write_item(self, **parameters: object) -> object:
            return parameters

    assert TableCalls(Bare()).call("BatchWriteItem", REQUEST) == json.loads(REQUEST)  # type: ignore[arg-type]
