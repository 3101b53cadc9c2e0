"""The manifest's records, to be matched with lines that come in any order.

On disk, but for one byte a record: whether it was seen. Rows are appended and then indexed, because a
million inserts into a tree in the order of their hashed ids would each touch another page.
"""

from __future__ import annotations

import marshal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SCHEMA = "CREATE TABLE record (number INTEGER PRIMARY KEY, id TEXT, job INTEGER, document BLOB)"
_LAST_OF_EACH = "DELETE FROM record WHERE number NOT IN (SELECT max(number) FROM record GROUP BY id)"


class RecordIndex(Scratch):
    """Records by id, each with whether a line for it was seen."""

    def __init__(self) -> None:
        super().__init__(_SCHEMA)
        self._seen = bytearray()

    def load(self, documents: Iterable[dict[str, Any]]) -> int:
        """Take the manifest's documents, once; return how many records there are.

        Of a record that is listed twice, the last document counts.
        """
        rows = ((document["recordId"], _job_of(document), marshal.dumps(document)) for document in documents)
        self._database.executemany("INSERT INTO record (id, job, document) VALUES (?, ?, ?)", rows)
        try:
            self._index()
        except sqlite3.IntegrityError:
            self._database.execute(_LAST_OF_EACH)
            self._index()
        count, highest = self._database.execute("SELECT count(*), max(number) FROM record").fetchone()
        self._seen = bytearray((highest or 0) + 1)
        return int(count)

    def take(self, record_id: str, job: int) -> tuple[dict[str, Any] | None, bool]:
        """Return a record's document (None if the job has no such record), and whether for the first time."""
        if not record_id.isascii():
            return None, False
        query = "SELECT number, document FROM record WHERE id = ? AND job = ?"
        row = self._database.execute(query, (record_id, job)).fetchone()
        if row is None:
            return None, False
        number, document = row
        is_first = not self._seen[number]
        self._seen[number] = True
        return _read(document), is_first

    def left(self, job: int) -> Iterator[dict[str, Any]]:
        """Yield the documents of a job's records that were never taken, in the manifest's order."""
        query = "SELECT number, document FROM record WHERE job = ? ORDER BY number"
        with closing(self._database.execute(query, (job,))) as rows:
            for number, document in rows:
                if not self._seen[number]:
                    yield _read(document)

    def _index(self) -> None:
        self._database.execute("CREATE UNIQUE INDEX by_id ON record (id)")
        self._database.execute("CREATE INDEX by_job ON record (job)")


def _job_of(document: dict[str, Any]) -> int:
    """Return the number of the job that asks about a record; lists of before jobs read several parts say `part`."""
    return int(document["job"] if "job" in document else document["part"])


def _read(document: bytes) -> dict[str, Any]:
    # Written by this process into a file that nobody else can open; half the time of JSON.
    read: dict[str, Any] = marshal.loads(document)  # noqa: S302 — as above
    return read
