"""The SQLite file that a kill -9 leaves whole: one connection, one lock, one thread for the event loop's use.

Write-ahead mode with full synchronisation: what a method reported as stored is on the disk.
Kept out: what is stored (`job_store`, `record_store`); only texts under a name are kept here.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_SCHEMA = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY, job_id TEXT UNIQUE NOT NULL, name TEXT NOT NULL, token TEXT UNIQUE NOT NULL,
    is_over INTEGER NOT NULL, document TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS unfinished_jobs ON jobs (seq) WHERE is_over = 0;
CREATE TABLE IF NOT EXISTS files (
    job_id TEXT, number INTEGER, key TEXT, PRIMARY KEY (job_id, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
    job_id TEXT, file INTEGER, place INTEGER, start INTEGER, size INTEGER, record_id TEXT, outcome TEXT,
    PRIMARY KEY (job_id, file, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class Database:
    """The database in `state_dir`, made when it is not there."""

    def __init__(self, state_dir: Path) -> None:
        state_dir.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bedrock-database")
        self._connection = sqlite3.connect(state_dir / "bedrock.sqlite3", check_same_thread=False, isolation_level=None)
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Finish what is under way and close the file."""
        self._thread.shutdown()
        self._connection.close()

    async def in_thread(self, work: Callable[..., T], *args: object) -> T:
        """Run work that blocks on this database (milliseconds) away from the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Cursor]:
        """All of the block's writes, or none of them."""
        with self._lock:
            cursor = self._connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    def text(self, name: str) -> str | None:
        """The text kept under a name."""
        found = self.rows("SELECT value FROM texts WHERE name = ?", name)
        return found[0][0] if found else None

    def keep_text(self, name: str, value: str) -> None:
        """Keep a text under a name."""
        with self.transaction() as cursor:
            cursor.execute("INSERT OR REPLACE INTO texts VALUES (?, ?)", (name, value))
