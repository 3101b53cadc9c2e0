"""Which rows of an intent look like others: those stored before, and those of the intent itself.

What belongs here: remembering, so that each neighbourhood is read once for an intent and not once for each row. What
makes two rows alike is the workload's to say. In a temporary database that spills to disk and vanishes with
the process, so memory does not grow with the number of rows.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType


class Likenesses:
    """Likenesses by row, and the neighbourhoods that were read."""

    def __init__(self) -> None:
        # An empty name is SQLite's own word for a private database on disk, deleted when it is closed. One
        # thread uses it at a time; which one ends a generator is not ours to say.
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.execute(
            "CREATE TABLE row (likeness TEXT, name TEXT, PRIMARY KEY (likeness, name)) WITHOUT ROWID"
        )
        self._database.execute("CREATE TABLE place (owner TEXT, part TEXT, PRIMARY KEY (owner, part)) WITHOUT ROWID")

    def __enter__(self) -> Likenesses:  # noqa: PYI034 — typing.Self is younger than Python 3.10
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def visit(self, places: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return those of different neighbourhoods that are visited for the first time."""
        add = "INSERT OR IGNORE INTO place VALUES (?, ?)"
        return [place for place in places if self._database.execute(add, place).rowcount]

    def add(self, rows: Iterable[tuple[str, str]]) -> None:
        """Remember rows, each by its likeness and its name."""
        self._database.executemany("INSERT OR IGNORE INTO row VALUES (?, ?)", rows)

    def is_shared(self, likeness: str) -> bool:
        """Tell whether two rows or more have a likeness."""
        query = "SELECT name FROM row WHERE likeness = ? LIMIT 2"
        return len(self._database.execute(query, (likeness,)).fetchall()) > 1
