"""A table of violations in memory: what orders select from, and where texts are published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.record import PendingRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.workload import Row
    from yorutsuke_pipeline.workloads.violations.violation import Violation


class FakeRegister:
    """Implements `RecordSource` and `Publisher`; a selection is `{"most": 5}`, of the rows in their order.

    Attributes:
        rows: The violations, those that matter most first.
        texts: What was published, by violation.
        snapshots: The intents that changed something by publishing, in order.
    """

    def __init__(self) -> None:
        self.rows: list[Violation] = []
        self.texts: dict[str, Row] = {}
        self.snapshots: list[str] = []

    def select(self, selection: Mapping[str, Any]) -> Iterator[PendingRecord]:  # noqa: ARG002 — all of them
        for row in self.rows:
            if row.violation_id not in self.texts:
                yield PendingRecord(row.violation_id, row.as_attributes())

    def most(self, selection: Mapping[str, Any]) -> int:
        return int(selection["most"])

    def why_none(self, selection: Mapping[str, Any]) -> str:  # noqa: ARG002 — the port's signature
        return f"all {len(self.rows)} have a text or wait for one"

    def publish(self, intent: Intent, rows: Iterable[Row]) -> Mapping[str, int]:
        texts = {row["violationId"]: row for row in rows}
        changed = {identity: row for identity, row in texts.items() if self.texts.get(identity) != row}
        if changed:
            self.texts |= changed
            self.snapshots.append(intent.intent_id)
        return {"updated": len(changed), "unchanged": len(texts) - len(changed)}
