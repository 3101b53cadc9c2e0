"""The files of deploy/ for three processes: Dagster takes them, and compose and systemd give what they read."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are one more package, for one call
from dagster._core.instance.config import dagster_instance_config
from dagster._core.workspace.load import location_origins_from_yaml_paths

from yorutsuke_pipeline.settings import load_settings
from yorutsuke_pipeline_tests.deploy.variables import variables_of
from yorutsuke_pipeline_tests.end_to_end.dagster_dev import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

_DEPLOY = CHECKOUT / "deploy"
# What somebody would set for what compose takes from its environment.
_EXAMPLES = {
    "YORUTSUKE_ENV": "prod",
    "YORUTSUKE_BUCKET": "yorutsuke-receipts-prod-123456789012",
    "YORUTSUKE_ROLE_ARN": "arn:aws:iam::123456789012:role/yorutsuke-bedrock-batch-prod",
}
_READ = variables_of("dagster.yaml", "workspace.yaml")


def _services() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load((_DEPLOY / "compose.yaml").read_text())["services"])


@pytest.mark.parametrize("service", ["migrate", "code", "daemon", "webserver"])
def test_compose_gives_every_process_what_the_configuration_reads(service: str) -> None:
    assert set(_services()[service]["environment"]) >= _READ


def test_no_secret_stands_in_the_compose_file() -> None:
    text = (_DEPLOY / "compose.yaml").read_text()

    assert set(re.findall(r"PASSWORD: (\S+?):\?", text)) == {"${DAGSTER_POSTGRES_PASSWORD"}


def test_dagster_takes_the_instance_and_starts_again_only_runs_that_vanished(tmp_path: Path) -> None:
    shutil.copy(_DEPLOY / "dagster.yaml", tmp_path)

    config, _ = dagster_instance_config(str(tmp_path))

    assert config["storage"]["postgres"]["postgres_db"]["scheme"] == "postgresql+psycopg2"
    assert config["run_retries"]["retry_on_asset_or_op_failure"] is False
    with_local = yaml.safe_load((CHECKOUT / "dagster.yaml").read_text())
    assert config["run_retries"] == with_local["run_retries"]
    assert config["run_monitoring"] == with_local["run_monitoring"]


def test_dagster_takes_the_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_CODE_HOST", "code")
    monkeypatch.setenv("DAGSTER_CODE_PORT", "4000")

    (location,) = location_origins_from_yaml_paths([str(_DEPLOY / "workspace.yaml")])

    assert location.location_name == "yorutsuke_pipeline"


@pytest.mark.parametrize("unit", ["code", "daemon", "webserver", "api"])
def test_every_unit_is_started_again_and_may_write_nothing_but_its_own_state(unit: str) -> None:
    lines = (_DEPLOY / "systemd" / f"yorutsuke-{unit}.service").read_text().splitlines()

    assert {"Restart=always", "ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet="} <= set(lines)


def test_the_units_differ_only_in_what_they_start() -> None:
    hardened = {
        (_DEPLOY / "systemd" / f"yorutsuke-{unit}.service").read_text().split("StateDirectory=")[1]
        for unit in ("code", "daemon", "webserver", "api")
    }

    assert len(hardened) == 1


def test_the_api_in_a_container_has_its_settings_and_nothing_of_dagsters() -> None:
    service = _services()["api"]
    given = service["environment"]

    assert not [name for name in given if name.startswith("DAGSTER_")]
    settings = load_settings(
        {name: _EXAMPLES.get(name, value) for name, value in given.items() if name != "AWS_REGION"}
    )
    assert not settings.is_embedded
    (mounted,) = service["volumes"]
    assert str(settings.api_tokens_file).startswith(mounted.split(":")[-2] + "/")
    assert service["ports"] == ["127.0.0.1:4700:4700"]


def test_the_unit_of_the_api_reads_its_tokens_as_a_credential_and_knows_no_password() -> None:
    text = (_DEPLOY / "systemd" / "yorutsuke-api.service").read_text()

    assert "LoadCredential=api-tokens.json:" in text
    assert "YORUTSUKE_API_TOKENS_FILE=%d/api-tokens.json" in text
    assert "pgpass" not in text
