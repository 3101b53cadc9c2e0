"""The Iceberg table `violations`: its columns, how its files are laid out, and a content row as one of its texts.

What belongs here: names, types and properties. How rows are found is `violations_query.py`, how texts get in
`violations_merge.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pyiceberg.schema import Schema
from pyiceberg.table.sorting import NullOrder, SortDirection, SortField, SortOrder
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import (
    DateType,
    DecimalType,
    ListType,
    NestedField,
    StringType,
    TimestamptzType,
)

from yorutsuke_pipeline.engine.days import parse_utc
from yorutsuke_pipeline.engine.errors import ConfigurationError, PermanentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyiceberg.table import Table

TABLE = "violations"
IDENTITY, FINE, ISSUED = "violation_id", "fine_amount", "date_issued"
AGENCY, TYPE = "agency", "violation_type"
# What a row is found with and asked about, and what it gets.
SOURCE_COLUMNS = (IDENTITY, AGENCY, "company", TYPE, FINE, ISSUED, "place", "narrative")
TITLE = "title_bedrock"
TEXT_COLUMNS = (TITLE, "description_bedrock", "tags", "generated_at", "attribution")

SCHEMA = Schema(
    NestedField(1, IDENTITY, StringType(), required=True),
    NestedField(2, AGENCY, StringType()),
    NestedField(3, "company", StringType()),
    NestedField(4, TYPE, StringType()),
    NestedField(5, FINE, DecimalType(14, 2)),
    NestedField(6, ISSUED, DateType()),
    NestedField(7, "place", StringType()),
    NestedField(8, "narrative", StringType()),
    NestedField(9, TITLE, StringType()),
    NestedField(10, "description_bedrock", StringType()),
    NestedField(11, "tags", ListType(element_id=14, element_type=StringType(), element_required=False)),
    NestedField(12, "generated_at", TimestamptzType()),
    NestedField(13, "attribution", StringType()),
    identifier_field_ids=[1],
)
# Not partitioned: every request takes the highest fines first, so files that each hold a range of fines are all that
# is needed to read no more of them than it takes (docs/violations.md has the figures).
SORT_ORDER = SortOrder(
    SortField(5, IdentityTransform(), SortDirection.DESC, NullOrder.NULLS_LAST),
    SortField(1, IdentityTransform(), SortDirection.ASC, NullOrder.NULLS_FIRST),
)
ROWS_OF_A_FILE = 20_000
PROPERTIES = {
    # Of uncompressed rows, as pyiceberg understands it: some 20,000 of them.
    "write.target-file-size-bytes": str(8 * 2**20),
    "write.parquet.row-group-limit": "5000",
    # Each commit leaves a file of metadata; the tables' own maintenance is not asked to clear these away.
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}


def check_columns(table: Table) -> None:
    """Refuse a table that is not ours.

    Raises:
        ConfigurationError: A column is missing or of another type; the message names it.
    """
    there = {field.name: field.field_type for field in table.schema().fields}
    wrong = [
        f"{field.name} ({there.get(field.name, 'missing')}, not {field.field_type})"
        for field in SCHEMA.fields
        if not _is_as_wanted(there.get(field.name), field.field_type)
    ]
    if wrong:
        raise ConfigurationError(
            f"the table {'.'.join(table.name())} has not the columns of violations: {', '.join(wrong)}; "
            "alter it, or set YORUTSUKE_VIOLATIONS_NAMESPACE to the one that has the table",
        )


def _is_as_wanted(found: object, wanted: object) -> bool:
    # A list's element has an id of its own in each table.
    return isinstance(found, ListType) if isinstance(wanted, ListType) else found == wanted


def text_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that a content row fills, its id among them.

    Args:
        row: With `violationId` (or `violation_id`), `title_bedrock`, `description_bedrock`, `tags`, `generated_at`
            (ISO 8601 with its offset, or aware) and `attribution`; what else it has is left out.

    Raises:
        PermanentError: The id or the title is missing, or the time is none; a row without a title would be
            asked about again.
    """
    identity = row.get("violationId") or row.get(IDENTITY)
    if not identity or not row.get(TITLE):
        raise PermanentError(f"the content of violation {identity!r} has no violationId or no {TITLE}: it is no text")
    text = {name: row.get(name) for name in TEXT_COLUMNS}
    return {
        **text,
        IDENTITY: identity,
        "tags": list(text["tags"] or ()),
        "generated_at": _moment(identity, row.get("generated_at")),
    }


def _moment(identity: object, value: object) -> datetime | None:
    try:
        moment = parse_utc(value) if isinstance(value, str) else value
    except ValueError as error:
        raise PermanentError(f"the content of violation {identity!r}: generated_at is no time: {error}") from error
    if moment is None or (isinstance(moment, datetime) and moment.tzinfo is not None):
        return moment
    raise PermanentError(f"the content of violation {identity!r}: generated_at {value!r} is no time with an offset")
