"""The shapes of the two DynamoDB tables of violations; infra/template.yaml declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.table_shapes import RecordTableShape, ResultTableShape
from yorutsuke_pipeline.workloads.violations.content import SORT_KEY, partition_key

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.record import PendingRecord

PENDING_VIOLATIONS = RecordTableShape("pending-violations", "violationId", "requestedAt", "violation")


def _key_of(record: PendingRecord) -> tuple[str, str]:
    return partition_key(record.identity), SORT_KEY


VIOLATION_CONTENT = ResultTableShape(
    table="violation-content",
    key=("PK", "SK"),
    label="PK",
    identity="violationId",
    noun="text",
    record_noun="violation",
    key_of=_key_of,
)
