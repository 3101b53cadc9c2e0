"""A table of waiting records in memory: plain rows under the table's own attribute names."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.days import utc_text
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.workloads.receipts.tables import IMAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date, datetime

    from yorutsuke_pipeline.engine.table_shapes import RecordTableShape

_NOW = "2026-01-10T00:00:00.000Z"
_OURS = frozenset({"attempts", "lastReason", "intentId"})


class FakeRecordTable:
    """Implements `PendingRecords`; `rows` by identity is there to be looked at, and changed."""

    def __init__(self, rows: Iterable[dict[str, Any]] = (), shape: RecordTableShape = IMAGES) -> None:
        self.shape = shape
        self.rows: dict[str, dict[str, Any]] = {row[shape.key]: dict(row) for row in rows}
        self._lock = Lock()

    def pending(self, day: date) -> Iterator[PendingRecord]:
        time = self.shape.time
        with self._lock:
            waiting = [
                dict(row)
                for row in self.rows.values()
                if row.get("pendingDate") == day.isoformat() and row.get("status") == "pending" and time in row
            ]
        yield from map(self._record, sorted(waiting, key=lambda row: str(row[time])))

    def holds(self, identity: str, intent_id: str) -> bool:
        row = self.rows.get(identity, {})
        return row.get("intentId") == intent_id and row.get("status") == "pending"

    def claim(self, identity: str, intent_id: str) -> PendingRecord | None:
        with self._lock:
            row = self.rows.get(identity, {})
            if row.get("status") != "pending" or "pendingDate" not in row:
                return None
            if row.get("intentId", intent_id) != intent_id:
                return None
            row["intentId"] = intent_id
            return self._record(dict(row))

    def release(self, identity: str, intent_id: str, *, attempts: int, reason: str | None) -> bool:
        with self._lock:
            row = self.rows.get(identity, {})
            if row.get("intentId") != intent_id or row.get("status") != "pending":
                return _was_left_by(row, intent_id, "pending")
            _leave(row, attempts, reason)
            return True

    def fail(self, identity: str, intent_id: str, *, attempts: int, reason: str) -> bool:
        with self._lock:
            row = self.rows.get(identity, {})
            if row.get("intentId") != intent_id or row.get("status") != "pending":
                return _was_left_by(row, intent_id, "failed")
            _leave(row, attempts, reason)
            row["status"] = "failed"
            row.pop("pendingDate", None)
            return True

    def finish(self, identity: str, intent_id: str, *, archived_key: str | None) -> bool:
        with self._lock:
            row = self.rows.get(identity, {})
            if row.get("intentId") != intent_id:
                return False
            if row["status"] != "processed":
                row["status"] = "processed"
                row.pop("pendingDate", None)
            if archived_key is not None:
                row["archivedKey"] = archived_key
            return True

    def enqueue(
        self,
        record: PendingRecord,
        day: date,
        intent_id: str,
        now: datetime,
        *,
        is_over: Callable[[str], bool] | None = None,
    ) -> bool:
        with self._lock:
            there = self.rows.get(record.identity)
            if there is not None:
                if there.get("status") != "pending" or there.get("orderedBy") == intent_id:
                    return there.get("status") == "pending"
                holder = there.get("intentId") or there.get("orderedBy")
                if holder is not None and (is_over is None or not is_over(holder)):
                    return False
            row = {
                **record.attributes,
                self.shape.key: record.identity,
                self.shape.time: utc_text(now),
                "status": "pending",
                "pendingDate": day.isoformat(),
                "orderedBy": intent_id,
            }
            if there is not None:
                history = ("attempts", "lastReason", "lastIntentId", "redrivenAt")
                row |= {name: there[name] for name in history if there.get(name)}
                row |= {} if holder is None else {"lastIntentId": holder}
            self.rows[record.identity] = row
            return True

    def find(self, identity: str) -> PendingRecord | None:
        with self._lock:
            row = self.rows.get(identity)
            return None if row is None else self._record(dict(row))

    def redrive(self, identity: str, day: date, *, keeps_reason: bool, even_discarded: bool) -> bool:
        with self._lock:
            row = self.rows.get(identity, {})
            if row.get("status") != "failed" or self.shape.time not in row:
                return False
            if "discardedAt" in row and not even_discarded:
                return False
            row.update(status="pending", pendingDate=day.isoformat(), attempts=0, redrivenAt=_NOW)
            for name in ["discardedAt", "discardReason", "orderedBy"] + ([] if keeps_reason else ["lastReason"]):
                row.pop(name, None)
            return True

    def discard(self, identity: str, reason: str) -> bool:
        with self._lock:
            row = self.rows.get(identity, {})
            if row.get("status") != "failed" or "discardedAt" in row:
                return False
            row.update(discardedAt=_NOW, discardReason=reason)
            return True

    def _record(self, row: dict[str, Any]) -> PendingRecord:
        reason = row.get("lastReason")
        return PendingRecord(
            identity=row[self.shape.key],
            attributes={name: value for name, value in row.items() if name not in _OURS and name != self.shape.key},
            attempts=_attempts(row.get("attempts")),
            last_reason=reason if isinstance(reason, str) else None,
            intent_id=row.get("intentId"),
            time_name=self.shape.time,
        )


def _was_left_by(row: dict[str, Any], intent_id: str, status: str) -> bool:
    return "intentId" not in row and row.get("lastIntentId") == intent_id and row.get("status") == status


def _leave(row: dict[str, Any], attempts: int, reason: str | None) -> None:
    row["lastIntentId"] = row.pop("intentId")
    row["attempts"] = attempts
    row["lastReason"] = reason
    if reason is None:
        del row["lastReason"]


def _attempts(value: object) -> int:
    """Read a count whoever wrote it: as a number, as its text, or as something else altogether."""
    text = str(value) if isinstance(value, (int, str)) else ""
    return int(text) if text.isdecimal() else 0
