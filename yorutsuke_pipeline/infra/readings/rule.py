"""Rules and their targets, read back from EventBridge."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.infra.readings.reading import Reading, found_or_none, without_defaults

if TYPE_CHECKING:
    from yorutsuke_pipeline.infra.intrinsics import Resource

_NO_RULE = frozenset({"ResourceNotFoundException"})
_DEFAULTS = {"State": "ENABLED", "EventBusName": "default"}
_READ = ("Name", "Description", "State", "ScheduleExpression", "EventBusName", "RoleArn")


def _read_rule(events: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — boto3 makes its clients as it runs
    bus = resource.properties.get("EventBusName", "default")
    rule = found_or_none(events.describe_rule, _NO_RULE, Name=resource.name, EventBusName=bus)
    if rule is None:
        return None
    found = {name: rule.get(name) or None for name in _READ}
    if rule.get("EventPattern"):
        found["EventPattern"] = json.loads(rule["EventPattern"])
    # A rule has five targets at most, and a page holds a hundred.
    found["Targets"] = events.list_targets_by_rule(Rule=resource.name, EventBusName=bus)["Targets"]
    return without_defaults(found, _DEFAULTS, resource.properties)


RULE = Reading("AWS::Events::Rule", "events", frozenset({*_READ, "EventPattern", "Targets"}), _read_rule)
