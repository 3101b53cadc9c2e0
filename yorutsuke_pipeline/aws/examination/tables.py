"""The tables: whether they are there and active, with the keys and indexes that the adapters use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.examination.finding import Finding, Look
from yorutsuke_pipeline.aws.failures import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeySchemaElementTypeDef

_DEPLOY = "deploy infra/template.yaml"


@dataclass(frozen=True)
class Layout:
    """What the adapters rely on: the key's attributes, and those of each index by its name."""

    key: tuple[str, ...]
    indexes: Mapping[str, tuple[str, ...]]


LAYOUTS = {
    "pending-images": Layout(("imageId",), {"pendingDate-uploadedAt": ("pendingDate", "uploadedAt")}),
    "batch-jobs": Layout(
        ("intentId", "item"),
        {
            "openIntents": ("openWorkload", "intentId"),
            "jobId": ("jobId",),
            "workload-createdAt": ("workload", "createdAt"),
        },
    ),
    "transactions": Layout(("userId", "transactionId"), {"imageId": ("imageId",), "userId-date": ("userId", "date")}),
    "pending-violations": Layout(("violationId",), {"pendingDate-requestedAt": ("pendingDate", "requestedAt")}),
    "violation-content": Layout(("PK", "SK"), {}),
}
"""By the name of the table without its environment."""


def examine_tables(dynamodb: DynamoDBClient, names: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each table; `names` are their full names by those of `LAYOUTS`."""
    for short, layout in LAYOUTS.items():
        look = Look(f"table {short}", Target(f"table {names[short]}", "YORUTSUKE_ENV"), "dynamodb:DescribeTable")
        yield look.find(partial(_examine, dynamodb, look, names[short], layout))


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
