"""A private database on disk, for what must be joined or told apart without memory for all of it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class Scratch:
    """A temporary SQLite database that spills to disk and vanishes with the process, or at the end of its context.

    Args:
        schema: The statements that make its tables.
    """

    def __init__(self, schema: str) -> None:
        # An empty name is SQLite's own word for a private database on disk, deleted when it is closed. One
        # thread uses it at a time; which one ends a generator that holds it is not ours to say.
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.executescript(schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete it."""
        self._database.close()
