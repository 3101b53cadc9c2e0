"""`aws proxy`: the fault injector by hand."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from yorutsuke_pipeline_tests.cli.conftest import Terminal, product_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint


@contextmanager
def running_proxy(*words: str, home: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Start the command as a person would; yields it and the variables that it printed."""
    command = [sys.executable, "-m", "yorutsuke_pipeline.cli", "aws", "proxy", *words]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "YORUTSUKE_"))}
    settings = {"YORUTSUKE_HOME": home, "YORUTSUKE_SAMPLES": "false", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=kept | settings,
        # A shell that starts tests in the background has Ctrl-C ignored by all that they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 — no thread holds a lock here
    ) as process:
        try:
            yield process, _variables(process)
        finally:
            process.kill()


def _variables(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    variables: dict[str, str] = {}
    for line in process.stdout:
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").strip().partition("=")
            variables[name] = value
        if "AWS_DEFAULT_REGION" in variables:
            return variables
    raise AssertionError(f"it ended: {process.stderr.read() if process.stderr else ''}")


def test_a_client_of_the_printed_variables_meets_the_faults_and_ctrl_c_counts_them(
    embedded_aws: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, faults = tmp_path / "calls.jsonl", tmp_path / "faults.json"
    faults.write_text('[{"operation": "s3:*", "kind": "slow", "seconds": 0}]')
    throttled = "operation=ListTables kind=throttle call=2"
    options = ("--fault", throttled, "--faults-file", str(faults), "--log", str(log), "--upstream", embedded_aws.url)

    with running_proxy(*options, home=str(tmp_path / "unused")) as (process, variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        session = boto3.Session()
        dynamodb = session.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
        dynamodb.list_tables()
        with pytest.raises(ClientError, match="ProvisionedThroughputExceeded"):
            dynamodb.list_tables()
        session.client("s3").list_buckets()
        process.send_signal(signal.SIGINT)
        said, remarked = process.communicate(timeout=30)

    assert process.returncode == 0
    assert said.splitlines() == ["operation\tcalls\tfaulted", "dynamodb:ListTables\t2\t1", "s3:ListBuckets\t1\t1"]
    assert 'call 2: dynamodb:ListTables "": throttle, answered 400' in remarked
    assert not (tmp_path / "unused").exists()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["number"], line["fault"], line["status"]) for line in lines] == [
        (1, None, 200),
        (2, "throttle", 400),
        (3, "slow", 200),
    ]
    assert lines[0].keys() == {"number", "service", "operation", "subject", "fault", "status", "milliseconds"}


def test_without_an_upstream_it_leads_to_the_embedded_aws_and_sigterm_ends_it_too(embedded_aws: Endpoint) -> None:
    with running_proxy(home=embedded_aws.home) as (process, variables):
        other_address = variables["AWS_ENDPOINT_URL"]
        process.terminate()
        process.communicate(timeout=30)

    assert process.returncode == 0
    assert other_address != embedded_aws.url
    assert variables["AWS_REGION"] == embedded_aws.region
    assert variables["AWS_ACCESS_KEY_ID"] == "test"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--fault", "operation=PutItem kind=throtle"], "--fault: kind: Input should be 'throttle'"),
        (["--fault", "kind=reset calls=2"], "--fault: calls: no field of a fault"),
        (["--upstream", "https://a-real-one"], "--upstream: the upstream 'https://a-real-one' is no http://host:port"),
        (["--faults-file", "no/such/file"], "no/such/file"),
    ],
)
def test_wrong_usage_names_the_field(tmp_path: Path, words: list[str], complaint: str) -> None:
    result = Terminal(product_of(tmp_path)).run("aws", "proxy", *words)

    assert result.exit_code == 2
    assert complaint in result.stderr


def test_a_wrong_file_of_faults_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    path.write_text('[{"kind": "slow", "seconds": -1}]')

    result = Terminal(product_of(tmp_path)).run("aws", "proxy", "--faults-file", path)

    assert result.exit_code == 2
    assert "--faults-file: 0.seconds: Input should be greater than or equal to 0" in result.stderr


def test_a_port_that_is_taken_and_a_log_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    terminal, upstream = Terminal(product_of(tmp_path)), ("--upstream", "http://127.0.0.1:1")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        on_port = terminal.run("aws", "proxy", *upstream, "--port", str(port))
    in_log = terminal.run("aws", "proxy", *upstream, "--log", tmp_path / "no" / "log")

    assert (on_port.exit_code, in_log.exit_code) == (2, 2)
    assert f"--port: {port} is taken" in on_port.stderr
    assert "No such file" in in_log.stderr


def test_a_real_aws_is_not_put_behind_a_proxy(tmp_path: Path) -> None:
    result = Terminal(product_of(tmp_path, aws="real")).run("aws", "proxy")

    assert result.exit_code == 1
    assert result.stderr.startswith("yorutsuke: YORUTSUKE_AWS is real")
