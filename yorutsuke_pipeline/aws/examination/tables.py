"""The tables: whether they are there and active, with the keys and indexes that the adapters use.

What belongs here: what is expected of the ledger's table, and of a workload's two by their shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.examination.finding import Finding, Look
from yorutsuke_pipeline.aws.failures import Target
from yorutsuke_pipeline.engine.table_shapes import RecordTableShape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeySchemaElementTypeDef

    from yorutsuke_pipeline.engine.table_shapes import ResultTableShape

_DEPLOY = "deploy infra/template.yaml"


@dataclass(frozen=True)
class Layout:
    """What the adapters rely on: the key's attributes, and those of each index by its name."""

    key: tuple[str, ...]
    indexes: Mapping[str, tuple[str, ...]]


_LEDGER = Layout(
    ("intentId", "item"),
    {
        "openIntents": ("openWorkload", "intentId"),
        "jobId": ("jobId",),
        "workload-createdAt": ("workload", "createdAt"),
    },
)


def layouts(shapes: Iterable[RecordTableShape | ResultTableShape]) -> dict[str, Layout]:
    """Return the layouts of the ledger's table and of tables of these shapes, by their names without environment."""
    return {"batch-jobs": _LEDGER, **{shape.table: _layout(shape) for shape in shapes}}


def examine_tables(
    dynamodb: DynamoDBClient, wanted: Mapping[str, Layout], full_name: Callable[[str], str]
) -> Iterator[Finding]:
    """Yield a finding for each table of `layouts`."""
    for short, layout in wanted.items():
        name = full_name(short)
        look = Look(f"table {short}", Target(f"table {name}", "YORUTSUKE_ENV"), "dynamodb:DescribeTable")
        yield look.find(partial(_examine, dynamodb, look, name, layout))


def _layout(shape: RecordTableShape | ResultTableShape) -> Layout:
    if isinstance(shape, RecordTableShape):
        return Layout((shape.key,), {shape.index: ("pendingDate", shape.time)})
    indexes: dict[str, tuple[str, ...]] = {}
    if shape.identity_index is not None:
        indexes[shape.identity_index] = (shape.identity,)
    if shape.neighbour_index is not None:
        indexes["-".join(shape.neighbour_index)] = shape.neighbour_index
    return Layout(shape.key, indexes)


def _examine(dynamodb: DynamoDBClient, look: Look, name: str, layout: Layout) -> Finding:
    table = dynamodb.describe_table(TableName=name)["Table"]
    if table["TableStatus"] != "ACTIVE":
        return look.mend(f"{name} is {table['TableStatus']}", "wait until it is ACTIVE, then examine again")
    if _attributes(table["KeySchema"]) != layout.key:
        return look.mend(f"the key of {name} is {', '.join(_attributes(table['KeySchema']))}", _DEPLOY)
    found = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", [])}
    for wanted, key in layout.indexes.items():
        index = found.get(wanted)
        if index is None or _attributes(index["KeySchema"]) != key:
            return look.mend(f"{name} has no index {wanted} over {', '.join(key)}", _DEPLOY)
        if index.get("IndexStatus", "ACTIVE") != "ACTIVE":
            return look.mend(f"index {wanted} of {name} is {index['IndexStatus']}", "wait until it is ACTIVE")
    return look.good(f"{name} is active, with {_counted(len(layout.indexes))}")


def _counted(indexes: int) -> str:
    return f"{indexes or 'no'} index{'es' if indexes > 1 else ''}"


def _attributes(schema: Iterable[KeySchemaElementTypeDef]) -> tuple[str, ...]:
    """Return the attributes of a key, the partition's first."""
    return tuple(part["AttributeName"] for part in sorted(schema, key=lambda part: part["KeyType"]))
