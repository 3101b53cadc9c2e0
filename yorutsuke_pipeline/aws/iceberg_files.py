"""A table's data files, one at a time and some thousand rows at a time: read under a filter, written anew.

pyiceberg's own readers hand all files to a pool of threads at once and hold whatever these have read, so the
memory they take is the table's. Maintenance makes files of a million rows, so a whole file is too much as well.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.dataset as ds
from pyiceberg.conversions import from_bytes
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.expressions.visitors import bind
from pyiceberg.io.pyarrow import ArrowScan, ParquetFormatWriter, expression_to_pyarrow, schema_to_pyarrow
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.typedef import Record

from yorutsuke_pipeline.engine.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyiceberg.expressions import BooleanExpression
    from pyiceberg.table import FileScanTask, Table
    from pyiceberg.types import PrimitiveType

# Rows of one piece, and how many pieces are read ahead: pyiceberg's would be two million rows.
_ROWS_AT_ONCE, _AHEAD = 10_000, 2
_FIELD_ID = b"PARQUET:field_id"


class TableFiles:
    """The files of one snapshot of a table that a filter leaves.

    Args:
        table: As it was loaded; what others commit later is not seen.
        row_filter: Files and groups of rows that cannot match are not read.
        columns: No others are read, the filter's excepted; empty for all.
    """

    def __init__(self, table: Table, row_filter: BooleanExpression | None = None, columns: Sequence[str] = ()) -> None:
        self._table = table
        self._scan = table.scan(row_filter=row_filter or AlwaysTrue(), selected_fields=tuple(columns) or ("*",))
        self._reader = ArrowScan(table.metadata, table.io, self._scan.projection(), self._scan.row_filter)

    @property
    def schema(self) -> pa.Schema:
        """The columns of what is read."""
        return schema_to_pyarrow(self._scan.projection(), include_field_ids=False)

    def tasks(self) -> list[FileScanTask]:
        """Return the files, by what the table's manifests say of them."""
        return list(self._scan.plan_files())

    def pieces(self, task: FileScanTask) -> Iterator[pa.Table]:
        """Yield the rows of a file that match, in their order; what is deleted in it is left out."""
        with self._table.io.new_input(task.file.file_path).open() as source:
            fragment = ds.ParquetFileFormat(pre_buffer=True).make_fragment(source)
            # Deletes, and columns that were renamed or added since, are pyiceberg's to know: it holds the whole file.
            if task.delete_files or not self._has_all_columns(fragment.physical_schema):
                yield self._reader.to_table([task]).cast(self.schema)
                return
            scanner = ds.Scanner.from_fragment(
                fragment,
                filter=self._filter,
                columns=self.schema.names,
                batch_size=_ROWS_AT_ONCE,
                batch_readahead=_AHEAD,
            )
            for batch in scanner.to_batches():
                if len(batch):
                    yield pa.Table.from_batches([batch]).cast(self.schema)

    def all_pieces(self) -> Iterator[pa.Table]:
        """Yield the rows of all files."""
        for task in self.tasks():
            yield from self.pieces(task)

    @property
    def _filter(self) -> ds.Expression:
        schema = self._table.schema()
        return expression_to_pyarrow(bind(schema, self._scan.row_filter, case_sensitive=True), schema)

    def _has_all_columns(self, there: pa.Schema) -> bool:
        ids = {field.name: (field.metadata or {}).get(_FIELD_ID) for field in there}
        return all(ids.get(field.name) == b"%d" % field.field_id for field in self._table.schema().fields)


def upper_bound(table: Table, file: DataFile, column: str) -> object | None:
    """Return what no value of a column in a file is above; None if the file does not say."""
    field = table.schema().find_field(column)
    bound = (file.upper_bounds or {}).get(field.field_id)
    kind: PrimitiveType = field.field_type  # type: ignore[assignment] # bounds are of primitive columns only
    return None if bound is None else from_bytes(kind, bound)


def write_file(table: Table, pieces: Iterable[pa.Table], like: DataFile | None = None) -> DataFile:
    """Write rows, not none, as a file that no snapshot has yet.

    Args:
        table: Decides the columns, their order and the place.
        pieces: With the table's columns.
        like: The file whose rows these are, changed in no column that the table is partitioned by; None only for a
            table that is not partitioned.

    Raises:
        PermanentError: Of the partitions that the table has, the file can be in none.
    """
    _check_partition(table, like)
    wanted = schema_to_pyarrow(table.schema())
    output = table.io.new_output(table.location_provider().new_data_location(f"{uuid.uuid4()}.parquet"))
    with ParquetFormatWriter(output, table.schema(), table.properties) as writer:
        for rows in pieces:
            writer.write(rows.select(wanted.names).cast(wanted))
    return DataFile.from_args(
        content=DataFileContent.DATA,
        file_path=output.location,
        file_format=FileFormat.PARQUET,
        partition=Record() if like is None else like.partition,
        file_size_in_bytes=len(output),
        sort_order_id=None,
        spec_id=table.metadata.default_spec_id,
        equality_ids=None,
        key_metadata=None,
        **writer.result().to_serialized_dict(),
    )


def _check_partition(table: Table, like: DataFile | None) -> None:
    name = ".".join(table.name())
    if like is None and not table.spec().is_unpartitioned():
        raise PermanentError(f"{name} is partitioned: add rows to it with what made it, not from here")
    # pyiceberg adds files of the present partitioning only.
    if like is not None and like.spec_id != table.metadata.default_spec_id:
        raise PermanentError(f"{like.file_path} is partitioned as {name} no longer is; rewrite the table's files first")
