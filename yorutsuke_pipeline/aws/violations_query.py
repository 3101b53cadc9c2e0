"""Finding violations: rows highest fine first.

The files are read in the order of the highest fine that each can hold. What is above anything that a later
file can hold is handed on, so whoever stops early has read no further; DuckDB keeps the rest in order, on disk
where it does not fit. On a table whose files overlap, all that match are read before the first is handed on.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from yorutsuke_pipeline.aws.iceberg_files import TableFiles, upper_bound
from yorutsuke_pipeline.aws.violations_filters import wanted_rows
from yorutsuke_pipeline.aws.violations_schema import FINE, IDENTITY, SOURCE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from pyiceberg.manifest import DataFile
    from pyiceberg.table import Table

    from yorutsuke_pipeline.aws.violations_filters import Tier, Wishes

# What does not fit goes to disk.
_MODEST: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "256MB", "threads": 2}
_ROWS_AT_ONCE = 1_000
# Every fine is between them: decimal(14, 2), and not negative.
_ABOVE_ALL, _BELOW_ALL = Decimal(10) ** 12, Decimal(-(10**12))


def highest_first(table: Table, wishes: Wishes, tier: Tier | None) -> Generator[dict[str, Any], None, None]:
    """Yield the rows without a text that match, by SOURCE_COLUMNS: highest fine first, then by id.

    A row without a fine or a day of issue is left out: nothing can be said about it.
    """
    files = TableFiles(table, wanted_rows(wishes, tier), SOURCE_COLUMNS)
    found = [(_highest_fine(table, task.file), task) for task in files.tasks()]
    found.sort(key=lambda each: each[0], reverse=True)
    to_come = [*(highest for highest, _ in found), _BELOW_ALL][1:]
    with _waiting_rows(files.schema) as database:
        for (_, task), highest_to_come in zip(found, to_come, strict=True):
            _keep(database, files.schema, files.pieces(task))
            yield from _above(database, highest_to_come)


def _highest_fine(table: Table, file: DataFile) -> Decimal:
    bound = upper_bound(table, file, FINE)
    return bound if isinstance(bound, Decimal) else _ABOVE_ALL


@contextmanager
def _waiting_rows(schema: pa.Schema) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty table `waiting`; nothing of it is left afterwards, in memory or on disk."""
    with (
        tempfile.TemporaryDirectory(prefix="violations-") as folder,
        duckdb.connect(":memory:", config={**_MODEST, "temp_directory": folder}) as database,
    ):
        database.register("nothing", schema.empty_table())
        database.execute("CREATE TABLE waiting AS FROM nothing")
        yield database


def _keep(database: duckdb.DuckDBPyConnection, schema: pa.Schema, pieces: Iterator[pa.Table]) -> None:
    """Add rows to the waiting ones, in one stream: a statement for each piece takes five times as long."""
    failures = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            for rows in pieces:
                yield from rows.to_batches()
        except Exception as error:
            failures.append(error)
            raise

    database.register("read", pa.RecordBatchReader.from_batches(schema, batches()))
    try:
        database.execute("INSERT INTO waiting FROM read")
    except Exception:
        # Of what its source raises, DuckDB keeps no more than the words.
        if failures:
            raise failures[0] from None
        raise
    finally:
        database.unregister("read")


def _above(database: duckdb.DuckDBPyConnection, fine: Decimal) -> Iterator[dict[str, Any]]:
    """Yield the waiting rows above a fine, and forget them."""
    # By name: the table may have its columns in any order.
    result = database.execute(
        f"SELECT {', '.join(SOURCE_COLUMNS)} FROM waiting WHERE {FINE} > $1 ORDER BY {FINE} DESC, {IDENTITY}",  # noqa: S608 — our own names of columns
        [fine],
    )
    while rows := result.fetchmany(_ROWS_AT_ONCE):
        for row in rows:
            yield dict(zip(SOURCE_COLUMNS, row, strict=True))
    database.execute(f"DELETE FROM waiting WHERE {FINE} > $1", [fine])  # noqa: S608 — our own name of a column
