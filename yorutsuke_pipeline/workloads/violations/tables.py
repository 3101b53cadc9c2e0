"""The tables of violations: those that wait for a text, and the texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.table_shapes import RecordTableShape, ResultTableShape
from yorutsuke_pipeline.workloads.violations.content import SORT_KEY, partition_key

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.record import PendingRecord


def content_key(record: PendingRecord) -> tuple[str, str]:
    """Return the key of a violation's text: `VIOLATION#{id}`, `BEDROCK_CONTENT`."""
    return partition_key(record.identity), SORT_KEY


WAITING = RecordTableShape(table="pending-violations", key="violationId", time="requestedAt", noun="violation")
CONTENT = ResultTableShape(
    table="violation-content",
    key=("PK", "SK"),
    label="PK",
    identity="violationId",
    noun="text",
    record_noun="violation",
    key_of=content_key,
)
