"""Without a fault nobody notices the proxy: bodies, protocols, connections, and a server that goes and comes."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import io
import os
import socket
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import boto3.s3.transfer
import pytest
from botocore.exceptions import ConnectionClosedError

from yorutsuke_pipeline.local_aws.fault_proxy.fault import Fault, FaultKind
from yorutsuke_pipeline.local_aws.fault_proxy.proxy import Call, FaultProxy, Moment
from yorutsuke_pipeline_tests.local_aws.fault_proxy.conftest import TABLE, Wire, item
from yorutsuke_pipeline_tests.local_aws.fault_proxy.scripted_server import BareClient, ScriptedServer

if TYPE_CHECKING:
    from typing import Any

GET = b"GET /bucket/key HTTP/1.1\r\nHost: of-the-client:1\r\nX-Odd-Case: kept\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Amz-Odd: kept\r\n\r\nok"


def test_20_mb_go_both_ways_unchanged(wire: Wire, key: str) -> None:
    content = os.urandom(20_000_000)
    place = {"Bucket": wire.bucket, "Key": key}

    wire.client("s3").put_object(**place, Body=io.BytesIO(content))
    found = wire.client("s3").get_object(**place)["Body"].read()

    assert hashlib.sha256(found).digest() == hashlib.sha256(content).digest()
    assert wire.names() == ["s3:PutObject", "s3:GetObject"]


def test_an_upload_in_parts_is_named_call_by_call(wire: Wire, key: str) -> None:
    in_parts = boto3.s3.transfer.TransferConfig(multipart_threshold=1, multipart_chunksize=5_242_880, use_threads=False)

    wire.client("s3").upload_fileobj(io.BytesIO(bytes(6_000_000)), wire.bucket, key, Config=in_parts)

    assert wire.names() == [
        "s3:CreateMultipartUpload",
        "s3:UploadPart",
        "s3:UploadPart",
        "s3:CompleteMultipartUpload",
    ]
    assert {call.operation.subject for call in wire.proxy.calls} == {f"{wire.bucket}/{key}"}


def test_answers_without_bodies_keep_the_connection(wire: Wire, key: str) -> None:
    s3, place = wire.client("s3"), {"Bucket": wire.bucket, "Key": key}

    s3.put_object(**place, Body=b"a receipt")
    length = s3.head_object(**place)["ContentLength"]
    s3.delete_object(**place)
    s3.head_bucket(Bucket=wire.bucket)

    assert length == 9
    assert wire.names() == ["s3:PutObject", "s3:HeadObject", "s3:DeleteObject", "s3:HeadBucket"]
    assert [outcome.status for outcome in wire.outcomes()] == [200, 200, 204, 200]
    assert len({call.connection for call in wire.proxy.calls}) == 1


def test_an_error_of_the_service_goes_through_as_it_is(wire: Wire, key: str) -> None:
    s3 = wire.client("s3")

    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=wire.bucket, Key=key)


def test_50_clients_at_once_get_their_own_answers(wire: Wire, key: str) -> None:
    dynamodb = wire.client("dynamodb")

    def write_and_read(number: int) -> str:
        dynamodb.put_item(**item(f"{key}-{number}"))
        found: dict[str, Any] = dynamodb.get_item(TableName=TABLE, Key={"id": {"S": f"{key}-{number}"}})
        return str(found["Item"]["id"]["S"])

    with ThreadPoolExecutor(50) as clients:
        read = list(clients.map(write_and_read, range(100)))

    assert read == [f"{key}-{number}" for number in range(100)]
    assert [call.number for call in wire.proxy.calls] == list(range(1, 201))


def test_control_paths_of_the_embedded_aws_are_no_calls(wire: Wire) -> None:
    wire.fail("*", "reset", times=None)
    connection = http.client.HTTPConnection(wire.proxy.url.removeprefix("http://"))
    connection.request("GET", "/_yorutsuke/health")
    status = connection.getresponse().status
    connection.close()

    assert status == 200
    assert wire.proxy.calls == []


def test_a_presigned_url_works_through_the_proxy(wire: Wire, key: str) -> None:
    place = {"Bucket": wire.bucket, "Key": key}
    wire.direct("s3").put_object(**place, Body=b"a receipt")
    url = wire.client("s3").generate_presigned_url("get_object", Params=place)

    with urllib.request.urlopen(url) as answer:  # noqa: S310 — of loopback
        assert answer.read() == b"a receipt"
    assert wire.names() == ["s3:GetObject"]


def through(
    answers: list[bytes], request: bytes, *, ending: bytes | None = None, waits_for_body: bool = True
) -> tuple[bytes, list[bytes]]:
    """Return what a client and a server of bare sockets see of each other, up to an ending or to the end."""
    server = ScriptedServer(answers, waits_for_body)
    with server.running(), FaultProxy(server.url) as proxy, BareClient(proxy.url) as client:
        client.say(request)
        received = client.hear(ending) if ending is not None else client.hear_to_the_end()
    return received, server.requests


def test_heads_go_through_as_they_were_written() -> None:
    received, requests = through([OK], GET, ending=b"ok")

    assert requests == [GET]
    assert received == OK


def test_an_answer_that_ends_with_its_connection_is_passed_on_whole() -> None:
    received, _ = through([b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall that there is"], GET)

    assert b"all that there is" in received
    assert received.endswith(b"\r\n0\r\n\r\n")


def test_chunked_bodies_go_both_ways() -> None:
    head = b"PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Encoding: aws-chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
    signed = b"5;chunk-signature=00\r\nhello\r\n"
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(signed), signed)
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nall\r\n0\r\n\r\n"

    received, requests = through([answer], head + body, ending=b"0\r\n\r\n")

    assert requests == [head + body]
    assert received == answer


WAITING = b"PUT /b/k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"


def test_a_client_that_waits_with_its_body_hears_the_servers_100() -> None:
    with contextlib.ExitStack() as running:
        listener = running.enter_context(socket.create_server(("127.0.0.1", 0)))
        proxy = running.enter_context(FaultProxy(f"http://127.0.0.1:{listener.getsockname()[1]}"))
        client = running.enter_context(BareClient(proxy.url))
        client.say(WAITING)
        server = running.enter_context(listener.accept()[0])
        asked = server.recv(65536)
        server.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        went_on = client.hear(b"\r\n\r\n")
        client.say(b"hello")
        body = server.recv(65536)
        server.sendall(OK)
        answer = client.hear(b"ok")

    assert asked == WAITING
    assert went_on.startswith(b"HTTP/1.1 100")
    assert (body, answer) == (b"hello", OK)


def test_a_client_that_waits_with_its_body_may_hear_the_answer_at_once() -> None:
    received, requests = through([b"HTTP/1.1 412 No\r\nContent-Length: 0\r\n\r\n"], WAITING, waits_for_body=False)

    assert received.startswith(b"HTTP/1.1 412 No")
    assert requests == [WAITING]


def test_a_server_that_closes_instead_of_answering_closes_the_client() -> None:
    assert through([b""], GET) == (b"", [GET])


def test_a_server_that_stops_in_mid_answer_stops_it_for_the_client() -> None:
    received, _ = through([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha"], GET)

    assert received.endswith(b"\r\n\r\nha")


def test_what_is_no_http_closes_the_connection() -> None:
    assert through([], b"\x16\x03\x01 not for us \r\n\r\n")[0] == b""


def test_a_server_that_was_restarted_is_found_again_and_one_that_is_gone_closes_the_client() -> None:
    first = ScriptedServer([OK])
    with contextlib.ExitStack() as running:
        running.enter_context(first.running())
        proxy = running.enter_context(FaultProxy(first.url))
        client = running.enter_context(BareClient(proxy.url))
        client.say(GET)
        before = client.hear(b"ok")
        first.wait_for_end()
        with ScriptedServer([OK], port=first.port).running():
            client.say(GET)
            again = client.hear(b"ok")
        client.say(GET)
        gone = client.hear_to_the_end()

    assert (before, again, gone) == (OK, OK, b"")


def test_nobody_but_this_machine_can_connect() -> None:
    with FaultProxy("http://127.0.0.1:1") as proxy:
        port = int(proxy.url.rpartition(":")[2])

        with pytest.raises(OSError):  # noqa: PT011 — refused or unreachable: an address of loopback that is not ours
            socket.create_connection(("127.0.0.2", port), timeout=5)


def test_a_proxy_can_be_stopped_twice_and_started_again(wire: Wire) -> None:
    moments: list[Moment] = []

    def watch(_call: Call, moment: Moment) -> bool:
        moments.append(moment)
        return False

    proxy = FaultProxy(wire.aws.url, watch=watch)
    proxy.stop()
    for _ in range(2):
        proxy.start()
        with pytest.raises(RuntimeError, match="runs already"):
            proxy.start()
        with BareClient(proxy.url) as client:
            client.say(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            assert client.hear(b"Result>").startswith(b"HTTP/1.1 200")
        proxy.stop()
        proxy.stop()

    assert [call.number for call in proxy.calls] == [1, 2]
    assert moments == [Moment.BEFORE, Moment.AFTER] * 2


def test_a_port_that_is_taken_is_said_at_the_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        proxy = FaultProxy("http://127.0.0.1:1", port=taken.getsockname()[1])

        with pytest.raises(OSError, match="address already in use"):
            proxy.start()


@pytest.mark.parametrize("upstream", ["https://dynamodb.us-east-1.amazonaws.com", "127.0.0.1:1", "http://h/path", ""])
def test_an_upstream_that_it_cannot_serve_is_refused(upstream: str) -> None:
    with pytest.raises(ValueError, match="is no http://host:port"):
        FaultProxy(upstream)


def test_stopping_ends_calls_under_way(wire: Wire, key: str) -> None:
    proxy = FaultProxy(wire.aws.url, [Fault(kind=FaultKind.SLOW, seconds=600)])
    proxy.start()
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(Wire(proxy, wire.aws, wire.reported).client("dynamodb").put_item, **item(key))
        while not proxy.calls:
            assert not waiting.done()
        proxy.stop()
        error = waiting.exception(timeout=30)

    assert isinstance(error, ConnectionClosedError)
    assert wire.item(key) is None
