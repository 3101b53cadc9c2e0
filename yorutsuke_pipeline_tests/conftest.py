"""Fixtures that tests of several layers share: above all an embedded AWS of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.local_aws import lifecycle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint


@pytest.fixture(autouse=True)
def _no_configuration_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the AWS configuration of whoever runs the tests out of them."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


@pytest.fixture(scope="session")
def embedded_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """One server for the session (for each xdist worker), provisioned, without sample data.

    Tests share its tables and bucket: they use identifiers of their own.
    """
    home = tmp_path_factory.mktemp("embedded-aws")
    yield lifecycle.ensure_running(home, idle_exit_seconds=600)
    lifecycle.stop(home)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("proof") is None)
