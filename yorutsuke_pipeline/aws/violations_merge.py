"""Texts into the table: the files that hold their rows are written anew, and one commit swaps them.

A file once written never changes. So what was made of one holds as long as the table has it, and when another
writer commits first, only the files that are new since are looked at again. A file that was written and is not
needed after all stays where it is: to delete one that some snapshot has would be worse. S3 Tables removes such files.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.io.pyarrow import schema_to_pyarrow

from yorutsuke_pipeline.aws.iceberg_files import TableFiles, write_file
from yorutsuke_pipeline.aws.violations_schema import IDENTITY, SCHEMA, TEXT_COLUMNS, text_of
from yorutsuke_pipeline.engine.streams import chunked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyiceberg.manifest import DataFile
    from pyiceberg.table import FileScanTask, Table

# In a snapshot's summary: the intent whose texts it brought.
INTENT_PROPERTY = "yorutsuke.intent"
_TEXTS = schema_to_pyarrow(SCHEMA.select(IDENTITY, *TEXT_COLUMNS), include_field_ids=False)
_TEXTS_AT_ONCE = 1_000


@dataclass(frozen=True)
class MergeReport:
    """What became of texts.

    Attributes:
        snapshot_id: The one that this call made; None if there was nothing to change.
        updated: Rows that have a new text.
        unchanged: Rows that had this very text already.
        unknown: The ids that the table does not have, sorted; their texts are left out.
    """

    snapshot_id: int | None
    updated: int
    unchanged: int
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Rewritten:
    """What a file becomes; `new` is None if its rows have their texts already."""

    old: DataFile
    new: DataFile | None
    found: frozenset[str]
    rows: int
    updated: int


def as_texts(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return content rows as columns, one row an id; of several with one id the last one counts.

    Raises:
        PermanentError: A row is no text; the message names it.
    """
    texts = (pa.Table.from_pylist([text_of(row) for row in some], _TEXTS) for some in chunked(rows, _TEXTS_AT_ONCE))
    table = pa.concat_tables([_TEXTS.empty_table(), *texts])
    last = {identity: place for place, identity in enumerate(table[IDENTITY].to_pylist())}
    return table.take(pa.array(sorted(last.values()), pa.int64())).combine_chunks()


class Merge:
    """Texts on their way into a table, through as many tries as it takes.

    Args:
        texts: Of `as_texts`.
        intent_id: Stands in the summary of the snapshot.
    """

    def __init__(self, texts: pa.Table, intent_id: str) -> None:
        self._texts = texts
        self._ids = texts[IDENTITY].combine_chunks()
        self._intent_id = intent_id
        # By the path of the file and those of what was deleted in it.
        self._made: dict[tuple[str, ...], _Rewritten | None] = {}

    def attempt(self, table: Table) -> MergeReport:
        """Write what is missing, and commit it on the table as it was loaded.

        Raises:
            CommitFailedException, ValidationException: pyiceberg's: another writer was first.
        """
        touched = []
        for task in TableFiles(table).tasks():
            key = (task.file.file_path, *sorted(each.file_path for each in task.delete_files))
            if key not in self._made:
                self._made[key] = self._rewrite(table, task)
            if (made := self._made[key]) is not None:
                touched.append(made)
        found = frozenset[str]().union(*(each.found for each in touched))
        updated = sum(each.updated for each in touched)
        unknown = tuple(sorted(set(self._ids.to_pylist()) - found))
        snapshot_id = self._commit(table, touched) if updated else None
        return MergeReport(snapshot_id, updated, sum(each.rows for each in touched) - updated, unknown)

    def _rewrite(self, table: Table, task: FileScanTask) -> _Rewritten | None:
        """Write a file anew if one of its rows gets another text; None if it has no row of ours."""
        # Most files hold none of the ids, and this one column says so.
        ids = TableFiles(table, columns=[IDENTITY]).pieces(task)
        found = frozenset(identity for rows in ids for identity in self._ours(rows)[IDENTITY].to_pylist())
        if not found:
            return None
        rows, updated = self._compare(TableFiles(table, columns=[IDENTITY, *TEXT_COLUMNS]).pieces(task))
        pieces = TableFiles(table).pieces(task)
        new = write_file(table, map(self._with_texts, pieces), like=task.file) if updated else None
        return _Rewritten(task.file, new, found, rows, updated)

    def _compare(self, pieces: Iterable[pa.Table]) -> tuple[int, int]:
        """Return how many rows are ours, and how many of these have another text than they should."""
        rows = updated = 0
        for piece in pieces:
            before = self._ours(piece).select(TEXT_COLUMNS).to_pylist()
            after = self._ours(self._with_texts(piece)).select(TEXT_COLUMNS).to_pylist()
            rows += len(before)
            updated += sum(map(operator.ne, before, after))
        return rows, updated

    def _with_texts(self, rows: pa.Table) -> pa.Table:
        places = self._places(rows)
        is_ours, texts = pc.is_valid(places), self._texts.take(places)
        for name in TEXT_COLUMNS:
            column = pc.if_else(is_ours, texts[name], rows[name].cast(texts[name].type))
            rows = rows.set_column(rows.schema.get_field_index(name), name, column)
        return rows

    def _ours(self, rows: pa.Table) -> pa.Table:
        return rows.filter(pc.is_valid(self._places(rows)))

    def _places(self, rows: pa.Table) -> pa.ChunkedArray:
        """Return where in the texts each row's is; null for none."""
        return pc.index_in(rows[IDENTITY], value_set=self._ids)

    def _commit(self, table: Table, touched: Iterable[_Rewritten]) -> int:
        properties = {INTENT_PROPERTY: self._intent_id}
        with (
            table.transaction() as transaction,
            transaction.update_snapshot(snapshot_properties=properties).overwrite() as swap,
        ):
            for each in touched:
                if each.new is not None:
                    swap.delete_data_file(each.old)
                    swap.append_data_file(each.new)
        return swap.snapshot_id
