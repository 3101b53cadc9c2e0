"""The API over fake desks, with tokens of several callers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from yorutsuke_pipeline.api.app import ApiLimits, create_app
from yorutsuke_pipeline.api.tokens import Scope, mint
from yorutsuke_pipeline.workloads.receipts.workload import ReceiptsWorkload
from yorutsuke_pipeline.workloads.violations.workload import ViolationsWorkload
from yorutsuke_pipeline_tests.fakes.clock import FakeClock
from yorutsuke_pipeline_tests.fakes.order_desk import FakeOrderDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from fastapi import FastAPI
    from httpx import Response

    from yorutsuke_pipeline.api.tokens import TokenEntry

RECEIPTS: dict[str, Any] = {"intentId": "lunch-1", "pendingImageIds": ["image-1", "image-2"], "userId": "aoi"}


@dataclass
class KeptTokens:
    """Implements `TokenBook` in memory; while `fault` is set, it cannot be read."""

    kept: list[TokenEntry] = field(default_factory=list)
    fault: Exception | None = None

    def entries(self) -> list[TokenEntry]:
        if self.fault is not None:
            raise self.fault
        return self.kept

    def make(self, owner: str, *scopes: Scope, expires: datetime | None = None) -> str:
        token, entry = mint(owner, scopes, expires)
        self.kept.append(entry)
        return token


class Service:
    """The application and all that it works on."""

    def __init__(self, limits: ApiLimits | None = None) -> None:
        self.clock = FakeClock()
        self.tokens = KeptTokens()
        self.receipts = FakeOrderDesk(ReceiptsWorkload(), self.clock)
        self.violations = FakeOrderDesk(ViolationsWorkload(), self.clock)
        desks = {"receipts": self.receipts, "violations": self.violations}
        self.app: FastAPI = create_app(desks, self.tokens, limits or ApiLimits(), self.clock)
        self.client = TestClient(self.app)
        self.admin = self.tokens.make("mika", Scope.ADMIN)
        self.aoi = self.tokens.make("aoi", Scope.SUBMIT, Scope.READ)
        self.ren = self.tokens.make("ren", Scope.SUBMIT, Scope.READ)

    def call(self, method: str, path: str, token: str | None = None, **options: Any) -> Response:  # noqa: ANN401 — the client's
        headers = options.pop("headers", {})
        if token is not None:
            headers = {"Authorization": f"Bearer {token}"} | headers
        return self.client.request(method, path, headers=headers, **options)  # type: ignore[return-value] # httpx, under whichever name starlette has it


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    with made.client:
        yield made
