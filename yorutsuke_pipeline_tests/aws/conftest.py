"""The places where adapters are tried: each by its name, made only if a test asks for it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from yorutsuke_pipeline_tests.aws.places import Place, embedded_place, moto_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint


@pytest.fixture(autouse=True)
def _no_configuration_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


@pytest.fixture(scope="package")
def moto() -> Iterator[Place]:
    # Its own credentials would stay in the environment of every test that runs beside these.
    with mock_aws(config={"core": {"mock_credentials": False}}):
        yield moto_place()


@pytest.fixture(scope="package")
def embedded(embedded_aws: Endpoint) -> Place:
    return embedded_place(embedded_aws)


@pytest.fixture
def name() -> str:
    """A name of this test's own: tests share the places."""
    return f"t{uuid.uuid4().hex[:12]}"
