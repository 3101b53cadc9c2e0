"""The Iceberg table of violations in memory."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from yorutsuke_pipeline.engine.workload import Row
    from yorutsuke_pipeline.workloads.violations.request import Filters
    from yorutsuke_pipeline.workloads.violations.source import Tier
    from yorutsuke_pipeline.workloads.violations.violation import Violation


@dataclass(frozen=True)
class FakeMerged:
    """What a merge did."""

    updated: int
    unchanged: int = 0
    unknown: Sequence[str] = ()


@dataclass
class FakeViolationsTable:
    """Implements `ViolationRows` and `TextRows`; of the filters it knows the least fine.

    Attributes:
        rows: The violations; of equal fines, the first is selected first.
        texts: What was published, by violation id.
        snapshots: The intent of each merge that changed something.
    """

    rows: list[Violation] = field(default_factory=list)
    texts: dict[str, Row] = field(default_factory=dict)
    snapshots: list[str] = field(default_factory=list)

    def select(self, filters: Filters, tier: Tier | None = None) -> Iterator[Mapping[str, Any]]:  # noqa: ARG002 — the protocol's
        least = filters.min_fine_amount or 0
        left = [row for row in self.rows if row.violation_id not in self.texts and row.fine_amount >= least]
        yield from (asdict(row) for row in sorted(left, key=lambda row: -row.fine_amount))

    def removals(self, filters: Filters, tier: Tier | None = None) -> Sequence[tuple[str, int]]:
        left = sum(row.violation_id not in self.texts for row in self.rows)
        removed = left - sum(1 for _ in self.select(filters, tier))
        return [("minFineAmount", removed)] if removed else []

    def merge(self, rows: Iterable[Mapping[str, Any]], intent_id: str) -> FakeMerged:
        given = {row["violationId"]: row for row in rows}
        new = {name: row for name, row in given.items() if self.texts.get(name) != row}
        self.texts.update(new)
        if new:
            self.snapshots.append(intent_id)
        return FakeMerged(len(new), len(given) - len(new))
