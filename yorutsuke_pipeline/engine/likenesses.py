"""Which rows of an intent look like others: those stored before, and those of the intent itself.

What belongs here: remembering, so that each neighbourhood is read once for an intent and not once for each row, with
memory that does not grow with the number of rows. What makes two rows alike is the workload's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

# Half a megabyte of it stays in memory: four times as much made a million rows no faster.
_SCHEMA = """
PRAGMA cache_size = -512;
CREATE TABLE row (likeness TEXT, name TEXT, PRIMARY KEY (likeness, name)) WITHOUT ROWID;
CREATE TABLE place (owner TEXT, part TEXT, PRIMARY KEY (owner, part)) WITHOUT ROWID;
"""


class Likenesses(Scratch):
    """Likenesses by row, and the neighbourhoods that were read."""

    def __init__(self) -> None:
        super().__init__(_SCHEMA)

    def visit(self, places: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return those of different neighbourhoods that are visited for the first time."""
        add = "INSERT OR IGNORE INTO place VALUES (?, ?)"
        return [place for place in dict.fromkeys(places) if self._database.execute(add, place).rowcount]

    def add(self, rows: Iterable[tuple[str, str]]) -> None:
        """Remember rows, each by its likeness and its name."""
        self._database.executemany("INSERT OR IGNORE INTO row VALUES (?, ?)", rows)

    def shared(self, likenesses: Collection[str]) -> set[str]:
        """Return those of some hundred likenesses that two rows or more have."""
        places = ", ".join("?" for _ in likenesses)
        query = f"SELECT likeness FROM row WHERE likeness IN ({places}) GROUP BY likeness HAVING count(*) > 1"  # noqa: S608 — question marks
        return {likeness for (likeness,) in self._database.execute(query, tuple(likenesses))}
