"""The manifest's records, to be matched with lines that come in any order."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_SCHEMA = "CREATE TABLE record (id TEXT PRIMARY KEY, part INTEGER, document TEXT, seen INTEGER) WITHOUT ROWID"


class RecordIndex(Scratch):
    """Records by id, each with whether a line for it was seen."""

    def __init__(self) -> None:
        super().__init__(_SCHEMA)

    def load(self, documents: Iterable[dict[str, Any]]) -> int:
        """Add the manifest's documents; return how many records there are."""
        rows = ((document["recordId"], document["part"], json.dumps(document)) for document in documents)
        self._database.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?, 0)", rows)
        (count,) = self._database.execute("SELECT count(*) FROM record").fetchone()
        return int(count)

    def take(self, record_id: str, part: int) -> tuple[dict[str, Any] | None, bool]:
        """Return a record's document (None if the part has no such record), and whether for the first time."""
        if not record_id.isascii():
            return None, False
        query = "SELECT document, seen FROM record WHERE id = ? AND part = ?"
        row = self._database.execute(query, (record_id, part)).fetchone()
        if row is None:
            return None, False
        if not row[1]:
            self._database.execute("UPDATE record SET seen = 1 WHERE id = ?", (record_id,))
        return json.loads(row[0]), not row[1]

    def left(self, part: int) -> Iterator[dict[str, Any]]:
        """Yield the documents of a part's records that were never taken."""
        query = "SELECT document FROM record WHERE part = ? AND seen = 0 ORDER BY id"
        with closing(self._database.execute(query, (part,))) as rows:
            for (document,) in rows:
                yield json.loads(document)
