"""The records of a day, or of a whole table, to be joined with listings of any length."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SCHEMA = """
CREATE TABLE record (
    id TEXT PRIMARY KEY, identity TEXT, source_key TEXT, archived_key TEXT, seen INTEGER
) WITHOUT ROWID;
CREATE INDEX by_source ON record (source_key);
CREATE TABLE word (topic TEXT, text TEXT, PRIMARY KEY (topic, text)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Shelved:
    """A record whose row is known, or (with no keys) one that has none."""

    identity: str
    source_key: str | None
    archived_key: str | None


class Shelf(Scratch):
    """Records by id, by source and by copy; and sets of words (`topic`) of any size."""

    def __init__(self) -> None:
        super().__init__(_SCHEMA)

    def is_new(self, topic: str, text: str) -> bool:
        """Note a word; return whether it was not there before."""
        done = self._database.execute("INSERT OR IGNORE INTO word VALUES (?, ?)", (topic, text))
        return done.rowcount == 1

    def note(self, topic: str, texts: Iterable[str]) -> None:
        """Note words."""
        rows = ((topic, text) for text in texts)
        self._database.executemany("INSERT OR IGNORE INTO word VALUES (?, ?)", rows)

    def has(self, topic: str, text: str) -> bool:
        """Tell whether a word was noted."""
        query = "SELECT 1 FROM word WHERE topic = ? AND text = ?"
        return self._database.execute(query, (topic, text)).fetchone() is not None

    def words(self, topic: str) -> Iterator[str]:
        """Yield the words of a topic."""
        with closing(self._database.execute("SELECT text FROM word WHERE topic = ?", (topic,))) as rows:
            for (text,) in rows:
                yield text

    def put(self, record_id: str, shelved: Shelved) -> None:
        """Put a record there."""
        values = (record_id, shelved.identity, shelved.source_key, shelved.archived_key)
        self._database.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, 0)", values)

    def take(self, record_id: str) -> Shelved | None:
        """Return a record by its id, and note that it was asked for."""
        self._database.execute("UPDATE record SET seen = 1 WHERE id = ?", (record_id,))
        return self._one("id = ?", record_id)

    def of_source(self, key: str) -> Shelved | None:
        """Return a record by the key of its source: of several, one that is not archived."""
        return self._one("source_key = ? ORDER BY archived_key", key)

    def untaken_copies(self, folder: str) -> Iterator[Shelved]:
        """Yield the records that were archived in a folder and were never asked for."""
        # No LIKE: it knows wildcards, and takes a for A.
        query = (
            "SELECT identity, source_key, archived_key FROM record"
            " WHERE seen = 0 AND substr(archived_key, 1, length(?)) = ?"
        )
        with closing(self._database.execute(query, (folder, folder))) as rows:
            for identity, source_key, archived_key in rows:
                yield Shelved(identity, source_key, archived_key)

    def _one(self, condition: str, value: str) -> Shelved | None:
        query = f"SELECT identity, source_key, archived_key FROM record WHERE {condition} LIMIT 1"  # noqa: S608 — from here
        row = self._database.execute(query, (value,)).fetchone()
        return None if row is None else Shelved(*row)
