"""The Iceberg table `violations`: what is asked of it, and what it gets back.

What belongs here: opening the table for each call, so that it is as others left it, and asking again when another
writer was first. How rows are found is `violations_query.py`, how texts get in `violations_merge.py`, which catalog
it is `violations_catalog.py`. These modules need the extra `violations`; nothing else imports them at import.
"""

from __future__ import annotations

import contextlib
from contextlib import closing
from typing import TYPE_CHECKING, Any

from pyiceberg.exceptions import NamespaceAlreadyExistsError, TableAlreadyExistsError
from sqlalchemy.exc import IntegrityError

from yorutsuke_pipeline.aws.iceberg_failures import reaching
from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.aws.violations_filters import count_removals
from yorutsuke_pipeline.aws.violations_load import append_rows
from yorutsuke_pipeline.aws.violations_merge import Merge, MergeReport, as_texts
from yorutsuke_pipeline.aws.violations_query import highest_first
from yorutsuke_pipeline.aws.violations_schema import PROPERTIES, SCHEMA, SORT_ORDER, TABLE, check_columns
from yorutsuke_pipeline.engine.errors import LostRaceError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping

    from pyiceberg.catalog import Catalog
    from pyiceberg.table import Table

    from yorutsuke_pipeline.aws.violations_filters import Tier, Wishes

# A merge of 50,000 texts takes a quarter of a minute, and is not begun anew when it loses a race.
_PATIENCE = Patience(deadline=300.0, first_wait=0.2)


class ViolationsTable:
    """The table, in one catalog.

    Args:
        catalog: Of `violations_catalog`; closed by `close`.
        namespace: Where the table is in it.
        patience: How long a merge goes on while other writers are first.
    """

    def __init__(self, catalog: Catalog, namespace: str, *, patience: Patience = _PATIENCE) -> None:
        self._catalog = catalog
        self._namespace = namespace
        self._what = f"the table {namespace}.{TABLE}"
        self._patience = patience

    def select(self, filters: Wishes, tier: Tier | None = None) -> Generator[dict[str, Any], None, None]:
        """Yield the rows without a text that match: highest fine first, those of one fine by id.

        The rows are those of one moment, whatever is written meanwhile. Files are read as the rows are taken: who
        wants a few closes the iterator, which frees what it holds.

        Args:
            filters: None of them removes anything if it is not set.
            tier: The fines of a priority: from, inclusive, up to, exclusive.

        Returns:
            The columns of `SOURCE_COLUMNS`, which are the fields of a `Violation`.

        Raises:
            ConfigurationError: There is no such table, or not with these columns.
            TransientError: The catalog or a file could not be read.
        """
        with reaching(self._what, "select violations"), closing(highest_first(self._table(), filters, tier)) as rows:
            yield from rows

    def removals(self, filters: Wishes, tier: Tier | None = None) -> list[tuple[str, int]]:
        """Return how many rows without a text each filter alone removes, most first, by its name in a request.

        `hasText` counts the rows that match every filter and have a text; `priority` is the tier; `incomplete`
        counts the rows without a fine or a day. What removes none is not named.
        """
        with reaching(self._what, "count what the filters remove"):
            return count_removals(self._table(), filters, tier)

    def row_count(self) -> int:
        """Return how many rows it has, as its last snapshot says; no file is read.

        Raises:
            ConfigurationError: As `select`.
            TransientError: The catalog could not be read.
        """
        with reaching(self._what, "look at it"):
            snapshot = self._table().current_snapshot()
        summary = None if snapshot is None else snapshot.summary
        return 0 if summary is None else int(summary["total-records"] or 0)

    def merge(self, rows: Iterable[Mapping[str, Any]], intent_id: str) -> MergeReport:
        """Put texts into the rows of their ids, all in one snapshot whose summary names the intent.

        Doing it again changes nothing and makes no snapshot. A row is never added.

        Args:
            rows: Content rows, as `violations_schema.text_of` reads them.
            intent_id: Stands in the summary as `yorutsuke.intent`.

        Raises:
            PermanentError: A row is no text.
            LostRaceError: Other writers were first until the deadline; nothing was changed.
            InDoubtError: The commit may have taken effect; merging again finds out.
        """
        merge = Merge(as_texts(rows), intent_id)
        return self._patience.repeat(lambda: self._attempt(merge), on=LostRaceError)

    def create(self) -> bool:
        """Make the table, and its namespace; return False if it is there already.

        Raises:
            ConfigurationError: It is there and not ours, or may not be made.
        """
        with reaching(self._what, "make it"):
            # The second, of two at once: SQLite says it in its own words.
            with contextlib.suppress(NamespaceAlreadyExistsError, IntegrityError):
                self._catalog.create_namespace(self._namespace)
            try:
                self._catalog.create_table(self._name, SCHEMA, sort_order=SORT_ORDER, properties=PROPERTIES)
            except TableAlreadyExistsError:
                self._table()
                return False
            return True

    def load(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Add rows whose id is not there yet, in one snapshot; return how many.

        All are held in memory, some 500 MB a million. Two loads at once may both add a row: only one at a time.

        Args:
            rows: By the names of the columns; what a row does not have stays empty, the id excepted.
        """
        with reaching(self._what, "load violations"):
            return append_rows(self._table(), rows)

    def close(self) -> None:
        """Close the catalog's connections."""
        self._catalog.close()

    @property
    def name(self) -> str:
        """Its name, with the namespace."""
        return ".".join(self._name)

    @property
    def _name(self) -> tuple[str, str]:
        return self._namespace, TABLE

    def _table(self) -> Table:
        """Return the table as it is now."""
        table = self._catalog.load_table(self._name)
        check_columns(table)
        return table

    def _attempt(self, merge: Merge) -> MergeReport:
        with reaching(self._what, "merge texts"):
            return merge.attempt(self._table())
