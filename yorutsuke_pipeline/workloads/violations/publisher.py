"""Where texts are published: the rows of the Iceberg table. Implements `Publisher`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.workload import Row


class Merged(Protocol):
    """What a merge did, in rows."""

    @property
    def updated(self) -> int:
        """Rows with a new text."""
        ...

    @property
    def unchanged(self) -> int:
        """Rows that had this very text."""
        ...

    @property
    def unknown(self) -> Sequence[str]:
        """Ids of which the table has no row any more."""
        ...


class TextRows(Protocol):
    """The table, as far as it is merged into; `aws.violations_table` says more."""

    def merge(self, rows: Iterable[Mapping[str, Any]], intent_id: str) -> Merged:
        """Put texts into the rows of their ids, all in one snapshot that names the intent."""
        ...


@dataclass(frozen=True)
class ViolationsPublisher:
    """The publisher; `table` opens the table when it is called."""

    table: Callable[[], TextRows]

    def publish(self, intent: Intent, rows: Iterable[Row]) -> Mapping[str, int]:
        """Merge the texts of an intent into the table, all of them or none.

        A row whose title a person has emptied is no text any more: it is left out, and counted.
        """
        emptied = 0

        def texts() -> Iterator[Row]:
            nonlocal emptied
            for row in rows:
                if row.get("title_bedrock"):
                    yield row
                else:
                    emptied += 1

        merged = self.table().merge(texts(), intent.intent_id)
        counts = {"updated": merged.updated, "unchanged": merged.unchanged, "unknown": len(merged.unknown)}
        return {**counts, "emptied": emptied}
