"""`aws`: the embedded AWS by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.settings import AwsEnvironment, load_settings
from yorutsuke_pipeline_tests.cli.conftest import Terminal, product_of

if TYPE_CHECKING:
    from pathlib import Path

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint


def test_status_names_the_endpoint_of_each_service(terminal: Terminal, embedded_aws: Endpoint) -> None:
    found = terminal.document("aws", "status")

    assert (found["aws"], found["condition"]) == ("embedded", "running")
    assert found["services"]["bedrock-runtime"] == embedded_aws.url


def test_status_of_a_home_without_a_server_starts_none(tmp_path: Path) -> None:
    found = Terminal(product_of(tmp_path)).document("aws", "status")

    assert (found["condition"], found["services"]) == ("stopped", {})
    assert list(tmp_path.iterdir()) == []


def test_where_the_user_says_where_aws_is_nothing_is_started_and_status_names_that_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    settings = load_settings({"YORUTSUKE_HOME": str(tmp_path)})
    terminal = Terminal(Composition(settings, AwsEnvironment("eu-west-1", ("AWS_ENDPOINT_URL_S3",))))

    assert terminal.document("aws", "start") == {
        "started": False,
        "reason": "AWS_ENDPOINT_URL_S3 says where AWS is",
    }
    assert terminal.document("aws", "status")["services"] == {
        "s3": "http://127.0.0.1:9",
        "dynamodb": "https://dynamodb.eu-west-1.amazonaws.com",
        "bedrock": "https://bedrock.eu-west-1.amazonaws.com",
        "bedrock-runtime": "https://bedrock-runtime.eu-west-1.amazonaws.com",
    }
    assert list(tmp_path.iterdir()) == []


def test_env_is_read_by_a_shell(terminal: Terminal, embedded_aws: Endpoint) -> None:
    assert f"export AWS_ENDPOINT_URL={embedded_aws.url}\n" in terminal.run("aws", "env").stdout
    assert "unset AWS_PROFILE\n" in terminal.run("aws", "env").stdout
    assert f"set -gx AWS_ENDPOINT_URL {embedded_aws.url};\n" in terminal.run("aws", "env", "--shell", "fish").stdout
    assert terminal.document("aws", "env")["AWS_ENDPOINT_URL"] == embedded_aws.url


def test_env_for_a_real_aws_is_refused(tmp_path: Path) -> None:
    result = Terminal(product_of(tmp_path, aws="real")).run("aws", "env")

    assert result.exit_code == 1
    assert result.stderr.startswith("yorutsuke: YORUTSUKE_AWS is real")


def test_stop_reset_and_start_of_a_home_of_its_own(tmp_path: Path) -> None:
    terminal = Terminal(product_of(tmp_path))
    try:
        started = terminal.document("aws", "start")
        refused = terminal.run("aws", "reset", said="n\n")
        running = terminal.document("aws", "status")
        (tmp_path / "samples" / "truth.jsonl").parent.mkdir(exist_ok=True)
        (tmp_path / "samples" / "truth.jsonl").touch()
        reset = terminal.document("aws", "reset", "--yes")
    finally:
        stopped = terminal.document("aws", "stop")

    assert (started["started"], started["samplesAdded"]) == (True, 0)
    assert refused.exit_code == 1
    assert running["condition"] == "running"
    assert reset["reset"]
    assert not (tmp_path / "samples").exists()
    assert stopped == {"stopped": False}


def test_faults_are_set_one_by_one_and_cleared(terminal: Terminal) -> None:
    try:
        set_one = terminal.document("aws", "faults", "set", "timing.scheduled=30", "job.ending=expire")
        set_other = terminal.document("aws", "faults", "set", "require_own_role=true")
        shown = terminal.run("aws", "faults").stdout
    finally:
        cleared = terminal.document("aws", "faults", "clear")

    assert (set_one["timing"]["scheduled"], set_one["jobs"][0]["ending"]) == (30, "expire")
    assert (set_other["timing"]["scheduled"], set_other["require_own_role"]) == (30, True)
    assert "timing.scheduled=30" in shown
    assert (cleared["timing"]["scheduled"], cleared["jobs"]) == (1, [])


@pytest.mark.parametrize(
    ("assignment", "complaint"),
    [
        ("timing.schedule=3", "timing.schedule"),
        ("job.ending=explode", "jobs.0.ending"),
        ("nonsense", "is no key=value"),
        ("weather.rain=1", "is no switch"),
    ],
)
def test_a_switch_that_does_not_exist_is_named(terminal: Terminal, assignment: str, complaint: str) -> None:
    result = terminal.run("aws", "faults", "set", assignment)

    assert result.exit_code == 2
    assert complaint in result.stderr


def test_faults_of_an_aws_that_is_not_running_say_how_to_start_it(tmp_path: Path) -> None:
    result = Terminal(product_of(tmp_path)).run("aws", "faults", "show")

    assert result.exit_code == 1
    assert "start it with `yorutsuke aws start`" in result.stderr
