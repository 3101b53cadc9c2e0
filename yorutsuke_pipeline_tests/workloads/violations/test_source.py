"""What the source says when the table has no row for a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.workloads.violations.request import ViolationsRequest
from yorutsuke_pipeline.workloads.violations.selection import selection_of
from yorutsuke_pipeline.workloads.violations.source import ViolationsSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from yorutsuke_pipeline.workloads.violations.request import Filters
    from yorutsuke_pipeline.workloads.violations.source import Tier


@dataclass(frozen=True)
class NoRows:
    """Implements `ViolationRows`: a table in which nothing is found."""

    removed: Sequence[tuple[str, int]]

    def select(self, filters: Filters, tier: Tier | None = None) -> Iterator[Mapping[str, Any]]:  # noqa: ARG002 — the protocol's
        return iter(())

    def removals(self, filters: Filters, tier: Tier | None = None) -> Sequence[tuple[str, int]]:  # noqa: ARG002 — as above
        return self.removed


@pytest.mark.parametrize(
    ("removed", "reason"),
    [
        ([], "the table has no row without a text"),
        ([("agencies", 19_000)], "agencies removes the most, 19,000 rows"),
        (
            [("agencies", 19_000), ("hasText", 40), ("priority", 7)],
            "agencies removes the most, 19,000 rows (then hasText 40, priority 7)",
        ),
    ],
)
def test_the_reason_for_none_is_the_filter_that_removes_the_most(removed: list[tuple[str, int]], reason: str) -> None:
    source = ViolationsSource(lambda: NoRows(removed))

    assert source.why_none(selection_of(ViolationsRequest())) == f"no violation is left to write about: {reason}"
