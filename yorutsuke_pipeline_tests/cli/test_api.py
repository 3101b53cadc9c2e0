"""`yorutsuke api`: the server as a person starts it, and its tokens."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from yorutsuke_pipeline.api.token_file import TokenFile
from yorutsuke_pipeline_tests.cli.conftest import Terminal, product_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The command with desks in memory: what they are made of otherwise is AWS.
_SERVE = """
import sys
from pathlib import Path
from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.cli.program import program
from yorutsuke_pipeline.cli.surroundings import Surroundings
from yorutsuke_pipeline.workloads.receipts.workload import ReceiptsWorkload
from yorutsuke_pipeline.workloads.violations.workload import ViolationsWorkload
from yorutsuke_pipeline_tests.cli.conftest import product_of
from yorutsuke_pipeline_tests.fakes.order_desk import FakeOrderDesk

workloads = ReceiptsWorkload(), ViolationsWorkload()
desks = {workload.name: FakeOrderDesk(workload, SystemClock()) for workload in workloads}
program(["api", "--port", "0"], obj=Surroundings(product_of(Path(sys.argv[1])), desks=desks))
"""


@contextmanager
def served(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the command; yields it and the address that it printed."""
    command = [sys.executable, "-c", _SERVE, str(home)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ) | {"PYTHONUNBUFFERED": "1"},
        # A shell that starts tests in the background has Ctrl-C ignored by all that they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 — no thread holds a lock here
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_a_first_start_makes_a_token_that_works_and_ends_in_order(tmp_path: Path) -> None:
    with served(tmp_path) as (process, url):
        token = (tmp_path / "api-token").read_text().strip()
        path = "/admin/bedrock/batch"
        headers = {"Authorization": f"Bearer {token}"}
        ordered = httpx.post(url + path, headers=headers, json={})
        refused = httpx.post(url + path, json={})
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)

    assert ordered.status_code == 202
    assert refused.status_code == 401
    assert "server" not in ordered.headers
    assert process.returncode == 0
    assert f"it is in {tmp_path / 'api-token'}" in said
    assert (tmp_path / "api-token").stat().st_mode & 0o777 == 0o600
    assert f"POST {path} 202 in" in said
    assert token not in said
    assert "Traceback" not in said


def test_a_second_start_keeps_the_tokens_of_the_first(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "api-tokens.json")
    made = Terminal(product_of(tmp_path)).document("api", "token", "create", "--owner", "aoi", "--scopes", "read")

    with served(tmp_path) as (process, url):
        missing = httpx.get(f"{url}/api/batch/jobs/lunch", headers={"Authorization": f"Bearer {made['token']}"})
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert process.returncode == 0
    assert missing.status_code == 404
    assert [entry.id for entry in file.entries()] == [made["id"]]
    assert not (tmp_path / "api-token").exists()


def test_a_token_is_shown_once_listed_without_itself_and_revoked(tmp_path: Path) -> None:
    terminal = Terminal(product_of(tmp_path))

    made = terminal.run("api", "token", "create", "--owner", "aoi", "--scopes", "submit,read", "--days", "30")
    listed = terminal.document("api", "token", "list")["tokens"]
    table = terminal.run("api", "token", "list").stdout
    revoked = terminal.run("api", "token", "revoke", listed[0]["id"])

    token = made.stdout.strip()
    assert token.startswith("yorutsuke_")
    assert "shown this once" in made.stderr
    assert (listed[0]["owner"], listed[0]["scopes"], listed[0]["expired"]) == ("aoi", ["read", "submit"], False)
    assert "read,submit" in table
    assert token not in json.dumps(listed) + table
    assert revoked.exit_code == 0
    assert terminal.document("api", "token", "list") == {"tokens": []}


def test_before_the_first_token_the_list_is_empty(tmp_path: Path) -> None:
    assert Terminal(product_of(tmp_path)).document("api", "token", "list") == {"tokens": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--owner", "aoi", "--scopes", "root"], "'root' is none of admin, submit, read"),
        (["--owner", "aoi", "--scopes", ""], "is none of"),
        (["--owner", "../aoi", "--scopes", "read"], "cannot be a user id"),
        (["--owner", "aoi", "--scopes", "read", "--days", "0"], "--days"),
    ],
)
def test_a_token_that_cannot_be_is_wrong_usage(tmp_path: Path, words: list[str], said: str) -> None:
    result = Terminal(product_of(tmp_path)).run("api", "token", "create", *words)

    assert result.exit_code == 2
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_revoking_what_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert Terminal(product_of(tmp_path)).run("api", "token", "revoke", "abc").exit_code == 2


def test_a_real_account_needs_a_file_of_tokens(tmp_path: Path) -> None:
    result = Terminal(product_of(tmp_path, aws="real")).run("api", "token", "list")

    assert result.exit_code == 1
    assert "YORUTSUKE_API_TOKENS_FILE" in result.stderr


def test_a_port_that_is_taken_is_named_with_the_setting_that_chooses_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-c", _SERVE.replace('"0"', f'"{port}"'), str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert ended.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in ended.stderr
    assert "YORUTSUKE_API_PORT" in ended.stderr
