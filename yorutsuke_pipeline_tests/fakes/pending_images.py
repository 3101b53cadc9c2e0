"""The pending-images table in memory: plain rows under the table's own attribute names."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.record import PendingRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

_NOW = "2026-01-10T00:00:00.000Z"
_OURS = frozenset({"imageId", "attempts", "lastReason", "intentId"})


class FakePendingImages:
    """Implements `PendingRecords`; `rows` by `imageId` is there to be looked at, and changed."""

    def __init__(self, rows: Iterable[dict[str, Any]] = ()) -> None:
        self.rows: dict[str, dict[str, Any]] = {row["imageId"]: dict(row) for row in rows}
        self._lock = Lock()

    def pending(self, day: date) -> Iterator[PendingRecord]:
        with self._lock:
            waiting = [
                dict(row)
                for row in self.rows.values()
                if row.get("pendingDate") == day.isoformat() and row.get("status") == "pending" and "uploadedAt" in row
            ]
        yield from map(_record, sorted(waiting, key=lambda row: str(row["uploadedAt"])))

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
            return _record(dict(row))

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

    def find(self, identity: str) -> PendingRecord | None:
        with self._lock:
            row = self.rows.get(identity)
            return None if row is None else _record(dict(row))

    def redrive(self, identity: str, day: date, *, keeps_reason: bool, even_discarded: bool) -> bool:
        with self._lock:
            row = self.rows.get(identity, {})
            if row.get("status") != "failed" or "uploadedAt" not in row:
                return False
            if "discardedAt" in row and not even_discarded:
                return False
            row.update(status="pending", pendingDate=day.isoformat(), attempts=0, redrivenAt=_NOW)
            for name in ["discardedAt", "discardReason"] + ([] if keeps_reason else ["lastReason"]):
                row.pop(name, None)
            return True

    def discard(self, identity: str, reason: str) -> bool:
        with self._lock:
            row = self.rows.get(identity, {})
            if row.get("status") != "failed" or "discardedAt" in row:
                return False
            row.update(discardedAt=_NOW, discardReason=reason)
            return True


def _was_left_by(row: dict[str, Any], intent_id: str, status: str) -> bool:
    return "intentId" not in row and row.get("lastIntentId") == intent_id and row.get("status") == status


def _leave(row: dict[str, Any], attempts: int, reason: str | None) -> None:
    row["lastIntentId"] = row.pop("intentId")
    row["attempts"] = attempts
    row["lastReason"] = reason
    if reason is None:
        del row["lastReason"]


def _record(row: dict[str, Any]) -> PendingRecord:
    reason = row.get("lastReason")
    return PendingRecord(
        identity=row["imageId"],
        attributes={name: value for name, value in row.items() if name not in _OURS},
        attempts=_attempts(row.get("attempts")),
        last_reason=reason if isinstance(reason, str) else None,
        intent_id=row.get("intentId"),
    )


def _attempts(value: object) -> int:
    """Read a count whoever wrote it: as a number, as its text, or as something else altogether."""
    text = str(value) if isinstance(value, (int, str)) else ""
    return int(text) if text.isdecimal() else 0
