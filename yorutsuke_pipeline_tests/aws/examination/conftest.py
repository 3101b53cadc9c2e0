"""Clients whose answers a test writes down; botocore checks that they have the form of real ones."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from yorutsuke_pipeline.aws.clients import AwsClients

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION, ACCOUNT = "us-east-1", "123456789012"


@pytest.fixture(scope="package")
def clients() -> AwsClients:
    """Clients that reach nobody."""
    return AwsClients(REGION, "http://127.0.0.1:1", placeholder_credentials=True)


@contextmanager
def told(client: Any) -> Iterator[Stubber]:  # noqa: ANN401 — any client
    """Let a client answer what is added to the stub, in turn; all of it must be asked for."""
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()
