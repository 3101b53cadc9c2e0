"""What a side's calls go to: the stub, for most benchmarks, or an AWS that really keeps what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings


class Service(Protocol):
    """All services of an AWS, on one port of loopback."""

    @property
    def port(self) -> int: ...

    @property
    def url(self) -> str: ...

    def begin(self, settings: StubSettings) -> None:
        """Begin a run: no transactions, and images waiting as the settings say."""

    def make(self, key: str, kind: str, count: int, image_bytes: int = 0) -> int:
        """Make an object of records, of a kind that `contents` knows; return its size in bytes."""

    def counts(self) -> dict[str, Any]:
        """Return what was counted since the run began; at least `rows_written`, the transactions that are there."""
