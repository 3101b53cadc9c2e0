"""infra/ecs.yaml as an account would see it: intrinsic functions resolved, in the words of ECS' own API."""

from __future__ import annotations

import re
from typing import Any

import yaml  # type: ignore[import-untyped]  # its stubs are one more package, for one call

from yorutsuke_pipeline_tests.end_to_end.dagster_dev import CHECKOUT

ACCOUNT = "123456789012"
REGION = "us-east-1"
_PSEUDO = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
_PARAMETERS = {"Env": "prod", "Image": "registry.example.com/yorutsuke-pipeline:0.1.0", "SettingsFile": ""}


def load_template(name: str) -> dict[str, Any]:
    """Return a template of infra/ as it is written."""
    return dict(yaml.safe_load((CHECKOUT / "infra" / name).read_text()))


def resolved(value: Any) -> Any:  # noqa: ANN401 — what YAML holds
    """Return a part of the template with its functions resolved; what another resource will be is `<its name>`."""
    match value:
        case list():
            found: Any = [resolved(each) for each in value]
        case {"Ref": str(name)}:
            found = _named(name)
        case {"Fn::Sub": str(text)}:
            found = re.sub(r"\$\{([^}]+)\}", lambda name: str(_named(name[1])), text)
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            found = f"<{name}.{attribute}>"
        case {"Fn::If": [_, _, otherwise]}:
            found = resolved(otherwise)
        case dict():
            parts = {key: resolved(each) for key, each in value.items()}
            found = {key: each for key, each in parts.items() if each is not None}
        case _:
            found = value
    return found


def task_definition(logical: str) -> dict[str, Any]:
    """Return a task definition as `ecs.register_task_definition` takes it."""
    properties = resolved(load_template("ecs.yaml")["Resources"][logical]["Properties"])
    renamed = _lower_first(properties)
    return {**renamed, "cpu": str(renamed["cpu"]), "memory": str(renamed["memory"])}


def environment(logical: str) -> dict[str, str]:
    """Return the variables of a task's last container."""
    container = task_definition(logical)["containerDefinitions"][-1]
    return {each["name"]: each["value"] for each in container["environment"]}


def _named(name: str) -> str | None:
    if name == "AWS::NoValue":
        return None
    return _PSEUDO.get(name) or _PARAMETERS.get(name) or f"<{name}>"


def _lower_first(value: Any) -> Any:  # noqa: ANN401 — as above
    if isinstance(value, list):
        return [_lower_first(each) for each in value]
    if isinstance(value, dict):
        # `awslogs-group` and the like are names of options, and stay as they are.
        return {key[0].lower() + key[1:]: _lower_first(each) for key, each in value.items()}
    return value
