"""Tables, read back from DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.infra.readings.reading import Reading, found_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from yorutsuke_pipeline.infra.intrinsics import Resource

_NO_TABLE = frozenset({"ResourceNotFoundException"})
_ON = frozenset({"ENABLED", "ENABLING"})


def _read_table(dynamodb: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — boto3 makes its clients as it runs
    name = resource.name
    answer = found_or_none(dynamodb.describe_table, _NO_TABLE, TableName=name)
    if answer is None:
        return None
    table = answer["Table"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    return {
        "TableName": name,
        # A table that has always been provisioned has no summary.
        "BillingMode": table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "KeySchema": table["KeySchema"],
        "AttributeDefinitions": table["AttributeDefinitions"],
        "GlobalSecondaryIndexes": _indexes(table.get("GlobalSecondaryIndexes")),
        "LocalSecondaryIndexes": _indexes(table.get("LocalSecondaryIndexes")),
        "DeletionProtectionEnabled": table.get("DeletionProtectionEnabled"),
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": recovery == "ENABLED"},
        "TimeToLiveSpecification": _time_to_live(dynamodb.describe_time_to_live(TableName=name)),
        "StreamSpecification": {"StreamViewType": (table.get("StreamSpecification") or {}).get("StreamViewType")},
    }


def _indexes(found: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    return [{name: index[name] for name in ("IndexName", "KeySchema", "Projection")} for index in found or ()]


def _time_to_live(answer: Mapping[str, Any]) -> dict[str, Any]:
    told = answer["TimeToLiveDescription"]
    if told.get("TimeToLiveStatus") not in _ON:
        return {}
    return {"AttributeName": told.get("AttributeName"), "Enabled": True}


TABLE = Reading(
    "AWS::DynamoDB::Table",
    "dynamodb",
    frozenset(
        {
            "TableName",
            "BillingMode",
            "KeySchema",
            "AttributeDefinitions",
            "GlobalSecondaryIndexes",
            "LocalSecondaryIndexes",
            "DeletionProtectionEnabled",
            "PointInTimeRecoverySpecification",
            "TimeToLiveSpecification",
            "StreamSpecification",
        }
    ),
    _read_table,
)
