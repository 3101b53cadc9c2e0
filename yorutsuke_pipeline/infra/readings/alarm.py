"""Alarms, read back from CloudWatch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.infra.readings.reading import Reading, without_defaults

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from yorutsuke_pipeline.infra.intrinsics import Resource

_DEFAULTS = {"ActionsEnabled": "True", "TreatMissingData": "missing"}
_PROPERTIES = frozenset(
    {
        "ActionsEnabled",
        "AlarmActions",
        "AlarmDescription",
        "AlarmName",
        "ComparisonOperator",
        "DatapointsToAlarm",
        "Dimensions",
        "EvaluateLowSampleCountPercentile",
        "EvaluationPeriods",
        "ExtendedStatistic",
        "InsufficientDataActions",
        "MetricName",
        "Metrics",
        "Namespace",
        "OKActions",
        "Period",
        "Statistic",
        "Threshold",
        "TreatMissingData",
        "Unit",
    }
)


def _read_alarm(cloudwatch: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — boto3 makes its clients as it runs
    alarms = cloudwatch.describe_alarms(AlarmNames=[resource.name], AlarmTypes=["MetricAlarm"])["MetricAlarms"]
    if not alarms:
        return None
    declared = resource.properties
    found = {name: value for name, value in alarms[0].items() if name in _PROPERTIES and value != ""}
    found["Metrics"] = _metrics(found.get("Metrics", ()), declared.get("Metrics", ()))
    return without_defaults(found, _DEFAULTS, declared)


def _metrics(found: Sequence[Mapping[str, Any]], declared: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Leave out `ReturnData: true`, the default, where the template says nothing of it."""
    told = {query["Id"]: query for query in declared}
    return [without_defaults(query, {"ReturnData": "True"}, told.get(query["Id"], {})) for query in found]


ALARM = Reading("AWS::CloudWatch::Alarm", "cloudwatch", _PROPERTIES, _read_alarm)
