"""The places where adapters are tried: each by its name, made only if a test asks for it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from yorutsuke_pipeline.local_aws.fault_proxy.proxy import FaultProxy
from yorutsuke_pipeline_tests.aws.places import Place, embedded_place, moto_place
from yorutsuke_pipeline_tests.aws.spoiled import Spoiled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint


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


@pytest.fixture(scope="package")
def _proxy(embedded_aws: Endpoint) -> Iterator[FaultProxy]:
    with FaultProxy(embedded_aws.url) as proxy:
        yield proxy


@pytest.fixture(scope="package")
def _spoiled(embedded_aws: Endpoint, embedded: Place, _proxy: FaultProxy) -> Spoiled:
    return Spoiled(_proxy, embedded_place(embedded_aws.model_copy(update={"url": _proxy.url})), embedded)


@pytest.fixture
def spoiled(_spoiled: Spoiled) -> Iterator[Spoiled]:
    """The embedded AWS behind a proxy that does nothing until the test spoils something."""
    _spoiled.proxy.reset()
    with _spoiled.in_a_hurry():
        yield _spoiled
    _spoiled.mend()
