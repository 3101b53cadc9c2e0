"""The transactions table in memory."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.errors import UnwrittenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from yorutsuke_pipeline.engine.workload import Row


class FakeTransactions:
    """Implements `ResultTable`; `rows` by (userId, transactionId) is there to be looked at, and edited.

    A row whose transactionId is in `unwritable` is never written, as if the table throttled it for ever.
    """

    def __init__(self, rows: Iterable[Row] = (), *, unwritable: Iterable[str] = ()) -> None:
        self.rows: dict[tuple[str, str], Row] = {_place(row): dict(row) for row in rows}
        self.unwritable = set(unwritable)
        self._lock = Lock()

    def key(self, row: Row) -> dict[str, str]:
        return {"userId": row["userId"], "transactionId": row["transactionId"]}

    def write(self, rows: Iterable[Row]) -> int:
        wanted = {_place(row): row for row in rows}
        with self._lock:
            edited = [place for place in wanted if self.rows.get(place, {}).get("editedAt") is not None]
            left = [row for place, row in wanted.items() if place not in edited]
            self.rows.update(
                {_place(row): dict(row) for row in left if row["transactionId"] not in self.unwritable},
            )
        unwritten = [row["transactionId"] for row in left if row["transactionId"] in self.unwritable]
        if unwritten:
            raise UnwrittenError("the deadline passed", unwritten)
        return len(edited)

    def neighbours(self, neighbourhoods: Sequence[tuple[str, str]]) -> Sequence[Row]:
        with self._lock:
            return [
                dict(row)
                for user, beginning in neighbourhoods
                for row in self.rows.values()
                if row["userId"] == user and str(row.get("date")).startswith(beginning)
            ]

    def mark_archive_failed(self, key: dict[str, str], reason: str) -> None:
        with self._lock:
            row = self.rows.get((key["userId"], key["transactionId"]))
            if row is not None:
                row.update(status="migrationFailed", archiveError=reason)


def _place(row: Row) -> tuple[str, str]:
    return row["userId"], row["transactionId"]
