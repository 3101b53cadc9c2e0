"""The clients: made late, once, as the standard configuration says, and each asking as often as it may."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.clients import AwsClients
from yorutsuke_pipeline.aws.object_store import S3ObjectStore
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline_tests.aws.wire import URL

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def access_key(clients: AwsClients) -> str | None:
    credentials = clients.dynamodb._request_signer._credentials  # type: ignore[attr-defined]  # no public way to ask
    return None if credentials is None else str(credentials.access_key)


def test_threads_share_one_client() -> None:
    clients = AwsClients("us-east-1", URL, placeholder_credentials=True)

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: clients.dynamodb, range(8)))

    assert len({id(client) for client in made}) == 1


def test_placeholder_credentials_are_used_only_if_asked_for() -> None:
    assert access_key(AwsClients("us-east-1", URL, placeholder_credentials=True)) == "test"
    assert access_key(AwsClients("us-east-1", URL)) is None


def test_credentials_that_are_written_down_come_before_placeholders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "written")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "down")

    assert access_key(AwsClients("us-east-1", URL, placeholder_credentials=True)) == "written"


def test_without_credentials_the_first_call_says_what_to_set() -> None:
    store = S3ObjectStore(AwsClients("us-east-1", URL).s3, "receipts")

    with pytest.raises(ConfigurationError, match="AWS_PROFILE"):
        store.head("a.jpg")


def test_without_a_region_it_says_what_to_set() -> None:
    with pytest.raises(ConfigurationError, match="AWS_REGION"):
        _ = AwsClients().dynamodb


def test_an_endpoint_that_is_none_is_named() -> None:
    with pytest.raises(ConfigurationError, match="AWS_ENDPOINT_URL"):
        _ = AwsClients("us-east-1", "127.0.0.1:8000").dynamodb


def test_a_missing_profile_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "night")

    with pytest.raises(ConfigurationError, match="night"):
        _ = AwsClients("us-east-1").dynamodb


def test_the_standard_endpoint_variables_decide_where_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1001")
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://127.0.0.1:1002")
    clients = AwsClients("us-east-1")

    assert clients.s3.meta.endpoint_url == "http://127.0.0.1:1001"
    assert clients.bedrock_runtime.meta.endpoint_url == "http://127.0.0.1:1002"


def test_a_profiles_region_is_used_where_none_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configuration = tmp_path / "config"
    configuration.write_text("[profile night]\nregion = ap-northeast-1\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(configuration))
    monkeypatch.setenv("AWS_PROFILE", "night")

    assert AwsClients().dynamodb.meta.region_name == "ap-northeast-1"


def test_bedrock_is_asked_once_and_waited_for() -> None:
    clients = AwsClients("us-east-1", URL, placeholder_credentials=True, concurrency=40)

    for client in (clients.bedrock, clients.bedrock_runtime):
        assert client.meta.config.retries["total_max_attempts"] == 1  # type: ignore[attr-defined]  # set by boto3
    assert clients.bedrock_runtime.meta.config.read_timeout == 300  # type: ignore[attr-defined]  # as above
    assert clients.s3.meta.config.max_pool_connections == 80  # type: ignore[attr-defined]  # as above
