"""Rows into the table, clustered: each file holds a range of fines, which is what makes selecting cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.io.pyarrow import schema_to_pyarrow

from yorutsuke_pipeline.aws.iceberg_files import TableFiles, write_file
from yorutsuke_pipeline.aws.violations_schema import FINE, IDENTITY, ROWS_OF_A_FILE
from yorutsuke_pipeline.engine.streams import chunked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyiceberg.table import Table

_ROWS_AT_ONCE = 10_000


def append_rows(table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
    """Append those rows whose id the table does not have, highest fine first; return how many."""
    columns = schema_to_pyarrow(table.schema(), include_field_ids=False)
    parts = [pa.Table.from_pylist(list(map(dict, some)), columns) for some in chunked(rows, _ROWS_AT_ONCE)]
    new = _without_known(table, pa.concat_tables([columns.empty_table(), *parts]))
    if len(new):
        append_sorted(table, new.sort_by([(FINE, "descending"), (IDENTITY, "ascending")]))
    return len(new)


def append_sorted(table: Table, rows: pa.Table) -> None:
    """Append rows as they come, so many a file, in one snapshot."""
    with table.transaction() as transaction, transaction.update_snapshot().fast_append() as append:
        for begin in range(0, len(rows), ROWS_OF_A_FILE):
            append.append_data_file(write_file(table, [rows.slice(begin, ROWS_OF_A_FILE)]))


def _without_known(table: Table, rows: pa.Table) -> pa.Table:
    """Leave out the rows whose id is in the table or was met before; the first one counts."""
    first: dict[str, int] = {}
    for place, identity in enumerate(rows[IDENTITY].to_pylist()):
        first.setdefault(identity, place)
    rows = rows.take(pa.array(first.values(), pa.int64()))
    files = TableFiles(table, columns=[IDENTITY])
    known = pa.concat_tables([files.schema.empty_table(), *files.all_pieces()])[IDENTITY]
    return rows.filter(pc.invert(pc.is_in(rows[IDENTITY], value_set=known.combine_chunks())))
