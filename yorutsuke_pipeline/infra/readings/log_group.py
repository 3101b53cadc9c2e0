"""Log groups, read back from CloudWatch Logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.infra.readings.reading import Reading, without_defaults

if TYPE_CHECKING:
    from yorutsuke_pipeline.infra.intrinsics import Resource

_DEFAULTS = {"LogGroupClass": "STANDARD"}


def _read_log_group(logs: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — boto3 makes its clients as it runs
    # Groups are looked up by the beginning of their name, in its order: ours is on the first page if it is there.
    groups = logs.describe_log_groups(logGroupNamePrefix=resource.name)["logGroups"]
    group = next((group for group in groups if group["logGroupName"] == resource.name), None)
    if group is None:
        return None
    found = {
        "LogGroupName": group["logGroupName"],
        "RetentionInDays": group.get("retentionInDays"),
        "KmsKeyId": group.get("kmsKeyId"),
        "LogGroupClass": group.get("logGroupClass"),
    }
    return without_defaults(found, _DEFAULTS, resource.properties)


LOG_GROUP = Reading(
    "AWS::Logs::LogGroup",
    "logs",
    frozenset({"LogGroupName", "RetentionInDays", "KmsKeyId", "LogGroupClass"}),
    _read_log_group,
)
