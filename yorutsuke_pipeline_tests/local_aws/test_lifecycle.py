from __future__ import annotations

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any, cast

import pytest

from yorutsuke_pipeline.local_aws import lifecycle
from yorutsuke_pipeline.local_aws.endpoint import Endpoint, is_alive, write_endpoint
from yorutsuke_pipeline.local_aws.errors import OtherSettingsError, StartFailedError
from yorutsuke_pipeline.local_aws.home import Home
from yorutsuke_pipeline_tests.local_aws.clients import client
from yorutsuke_pipeline_tests.local_aws.quiet_bedrock import DOTTED_PATH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    lifecycle.stop(tmp_path / "home")


def start(home: Path, **options: object) -> Endpoint:
    return lifecycle.ensure_running(home, bedrock=DOTTED_PATH, **cast("Any", options))


def an_endpoint(home: Path, **changes: object) -> Endpoint:
    values = {
        "url": "http://127.0.0.1:1", "port": 1, "pid": 1, "instance": "ours", "home": str(home), "region": "us-east-1",
        "account_id": "000000000000", "environment": "dev", "version": "0", "started_at": "", "outputs": {},
    }  # fmt: skip
    return Endpoint.model_validate(values | changes)


ASK = f"""
import sys, pathlib
from yorutsuke_pipeline.local_aws import lifecycle
print(lifecycle.ensure_running(pathlib.Path(sys.argv[1]), bedrock={DOTTED_PATH!r}).instance)
"""


def test_six_processes_that_ask_at_once_get_one_server_which_outlives_them(home: Path) -> None:
    askers = [subprocess.Popen([sys.executable, "-c", ASK, str(home)], stdout=subprocess.PIPE) for _ in range(6)]

    instances = {asker.communicate()[0] for asker in askers}

    assert len(instances) == 1
    endpoint = lifecycle.status(home).endpoint
    assert endpoint is not None
    assert endpoint.instance.encode() == instances.pop().strip()


def test_everything_acknowledged_before_kill_9_is_there_after_the_restart_on_the_same_port(home: Path) -> None:
    endpoint = start(home)
    table = endpoint.outputs["TransactionsTableName"]
    queue = client(endpoint, "sqs").create_queue(QueueName="kept")["QueueUrl"]
    client(endpoint, "s3").create_bucket(Bucket="empty-bucket")
    acknowledged, rounds = write_until_killed(endpoint, table, queue)

    again = start(home)

    assert again.port == endpoint.port
    assert again.instance != endpoint.instance
    dynamodb = client(again, "dynamodb")
    rows = [row for page in dynamodb.get_paginator("scan").paginate(TableName=table) for row in page["Items"]]
    found = {row["transactionId"]["S"] for row in rows if row["userId"]["S"] == "writer"}
    counters = {row["transactionId"]["S"]: int(row["n"]["N"]) for row in rows if row["userId"]["S"] == "counter"}
    assert acknowledged <= found
    # The one request that was on its way may have taken effect unacknowledged; none took effect twice.
    assert all(count <= counters[name] <= count + 1 for name, count in rounds.items())
    attributes = client(again, "sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert int(attributes["ApproximateNumberOfMessages"]) >= sum(rounds.values())
    assert "empty-bucket" in [bucket["Name"] for bucket in client(again, "s3").list_buckets()["Buckets"]]


def write_until_killed(endpoint: Endpoint, table: str, queue: str) -> tuple[set[str], dict[str, int]]:
    """Four clients put rows, add to a counter and send messages; the server is killed under their hands."""
    acknowledged: set[str] = set()
    rounds: dict[str, int] = {}
    enough = threading.Event()

    def write(name: str) -> None:
        dynamodb, sqs = client(endpoint, "dynamodb"), client(endpoint, "sqs")
        counter = {"userId": {"S": "counter"}, "transactionId": {"S": name}}
        while True:
            row = f"{name}-{rounds.get(name, 0)}"
            item = {"userId": {"S": "writer"}, "transactionId": {"S": row}}
            try:
                dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}}]})
                acknowledged.add(row)
                sqs.send_message(QueueUrl=queue, MessageBody=row)
                dynamodb.update_item(
                    TableName=table, Key=counter, UpdateExpression="ADD n :one",
                    ExpressionAttributeValues={":one": {"N": "1"}},
                )  # fmt: skip
            except Exception:  # noqa: BLE001 - whatever a client makes of a vanished server
                return
            rounds[name] = rounds.get(name, 0) + 1
            if len(acknowledged) > 60:
                enough.set()

    writers = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for writer in writers:
        writer.start()
    assert enough.wait(timeout=60)
    os.kill(endpoint.pid, signal.SIGKILL)
    for writer in writers:
        writer.join(timeout=60)
    return acknowledged, rounds


def test_a_running_server_is_found_told_from_other_settings_stopped_and_reset(home: Path) -> None:
    endpoint = start(home)
    lifecycle.mark_seeded(home)
    client(endpoint, "s3").put_object(Bucket=endpoint.outputs["ReceiptsBucketName"], Key="k", Body=b"")

    assert start(home) == endpoint
    with pytest.raises(OtherSettingsError, match="yorutsuke aws stop"):
        start(home, environment="staging")
    assert lifecycle.status(home).services["bedrock-runtime"] == endpoint.url
    assert not endpoint.fresh

    lifecycle.reset(home)

    assert lifecycle.status(home).condition is lifecycle.Condition.STOPPED
    assert lifecycle.status(home).fresh
    assert not Home(home).state.exists()
    assert not lifecycle.stop(home)


def test_a_start_that_fails_says_why(home: Path) -> None:
    with pytest.raises(StartFailedError, match="No module named 'there_is_no_such_module'"):
        lifecycle.ensure_running(home, bedrock="there_is_no_such_module:Service")

    assert lifecycle.status(home).condition is lifecycle.Condition.STOPPED


class Stranger(http.server.BaseHTTPRequestHandler):
    """Somebody else's server, even of the same kind, that got the port of a server that died."""

    def do_GET(self) -> None:
        body = json.dumps({"status": "ready", "instance": "another's"}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def strangers_port() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_stranger_on_the_port_is_not_taken_for_our_server(home: Path, strangers_port: int) -> None:
    home.mkdir()
    write_endpoint(Home(home).endpoint_file, an_endpoint(home, port=strangers_port))

    assert lifecycle.status(home).condition is lifecycle.Condition.STOPPED
    assert not is_alive(an_endpoint(home, port=strangers_port))
    with pytest.raises(StartFailedError, match=f"port {strangers_port} on 127.0.0.1 is taken"):
        start(home, port=strangers_port)


def test_stopping_never_hits_a_stranger_that_got_the_process_id(home: Path) -> None:
    home.mkdir()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as innocent:
        write_endpoint(Home(home).endpoint_file, an_endpoint(home, pid=innocent.pid))
        Home(home).server_lock.write_text(str(innocent.pid))

        assert not lifecycle.stop(home)
        assert innocent.poll() is None
        innocent.communicate(b"\n")

    assert innocent.returncode == 0
