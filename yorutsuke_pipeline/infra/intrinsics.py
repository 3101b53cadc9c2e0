"""The template's functions, resolved for one account: what CloudFormation would make of it.

What belongs here: the functions that the template uses, in their long form. A function that is not known here is
refused, so that nothing is compared that was not understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.infra.naming import NAMINGS, Account, filled, name_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yorutsuke_pipeline.infra.template import Template

_PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")
_NO_VALUE = object()


@dataclass(frozen=True)
class Resource:
    """A resource as the template wants it.

    Attributes:
        properties: Resolved.
        ref: What `Ref` gives: a name, an ARN, a URL; None if only CloudFormation knows.
    """

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    ref: str | None

    @property
    def name(self) -> str:
        """The name in the account; of a resource without one, its logical id."""
        return name_in(self.type, self.properties) or self.logical_id


def resources_of(
    template: Template, account: Account, parameters: Mapping[str, str], stack_name: str = ""
) -> tuple[Resource, ...]:
    """Return the resources that CloudFormation would make, in the template's order.

    Args:
        template: What is deployed.
        account: Where.
        parameters: Values by name; one that is not given has the template's default.
        stack_name: As what.

    Raises:
        ConfigurationError: A parameter is none of the template's, or it uses a function that is not known here.
    """
    return _Resolver(template, account, parameters, stack_name).resources()


class _Resolver:
    def __init__(self, template: Template, account: Account, parameters: Mapping[str, str], stack_name: str) -> None:
        self._document, self._source = template.document, template.source
        self._account = account
        declared = self._document.get("Parameters", {})
        if unknown := sorted(set(parameters) - set(declared)):
            raise ConfigurationError(f"{self._source} has no parameter {', '.join(unknown)}")
        self._values: dict[str, Any] = {
            "AWS::AccountId": account.id,
            "AWS::Region": account.region,
            "AWS::Partition": account.partition,
            "AWS::StackName": stack_name,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::NoValue": _NO_VALUE,
            **{name: parameters.get(name, parameter.get("Default")) for name, parameter in declared.items()},
        }
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self._condition,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._substituted,
            "Fn::Join": lambda told: str(told[0]).join(map(str, self.resolve(told[1]))),
            "Fn::Split": lambda told: str(self.resolve(told[1])).split(told[0]),
            "Fn::Select": lambda told: self.resolve(told[1])[int(self.resolve(told[0]))],
            "Fn::If": lambda told: self.resolve(told[1] if self._condition(told[0]) else told[2]),
            "Fn::Equals": lambda told: str(self.resolve(told[0])) == str(self.resolve(told[1])),
            "Fn::Not": lambda told: not self.resolve(told[0]),
            "Fn::And": lambda told: all(self.resolve(each) for each in told),
            "Fn::Or": lambda told: any(self.resolve(each) for each in told),
        }

    def resources(self) -> tuple[Resource, ...]:
        """Return all whose condition holds."""
        return tuple(
            self._resource(logical_id, told)
            for logical_id, told in self._document["Resources"].items()
            if "Condition" not in told or self._condition(told["Condition"])
        )

    def resolve(self, value: Any) -> Any:  # noqa: ANN401 — any piece of a template
        """Return a piece of the template without functions."""
        if isinstance(value, list):
            return [each for each in map(self.resolve, value) if each is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        name = next(iter(value), "")
        if len(value) == 1 and (name == "Ref" or name.startswith("Fn::")):
            return self._function(name)(value[name])
        if len(value) == 1 and name == "Condition" and isinstance(value[name], str):
            return self._condition(value[name])
        resolved = {key: self.resolve(each) for key, each in value.items()}
        return {key: each for key, each in resolved.items() if each is not _NO_VALUE}

    def _function(self, name: str) -> Callable[[Any], Any]:
        try:
            return self._functions[name]
        except KeyError:
            raise ConfigurationError(f"{self._source} uses {name}, which is not understood here") from None

    def _resource(self, logical_id: str, told: Mapping[str, Any]) -> Resource:
        properties = self.resolve(told.get("Properties", {}))
        name = name_in(told["Type"], properties)
        ref = filled(NAMINGS[told["Type"]].ref, name, properties, self._account) if name else None
        return Resource(logical_id, told["Type"], properties, ref)

    def _condition(self, name: str) -> bool:
        return bool(self.resolve(self._document["Conditions"][name]))

    def _ref(self, name: str) -> Any:  # noqa: ANN401 — a parameter's value
        return self._values[name] if name in self._values else self._of_resource(name, None)

    def _attribute(self, told: str | list[str]) -> str:
        logical_id, _, attribute = (told if isinstance(told, str) else ".".join(told)).partition(".")
        return self._of_resource(logical_id, attribute)

    def _of_resource(self, logical_id: str, attribute: str | None) -> str:
        """Return what `Ref` gives, or `Fn::GetAtt` of an attribute."""
        told = self._document["Resources"].get(logical_id, {})
        naming = NAMINGS.get(told.get("Type", ""))
        pattern = None if naming is None else naming.ref if attribute is None else naming.attributes.get(attribute)
        # Its name and path alone: its other properties may refer to what refers to it.
        own = {
            key: value for key, value in told.get("Properties", {}).items() if naming and key in (naming.name, "Path")
        }
        properties = self.resolve(own)
        if naming is None or pattern is None or naming.name not in properties:
            asked = logical_id if attribute is None else f"{logical_id}.{attribute}"
            raise ConfigurationError(f"{self._source} refers to {asked}, which only CloudFormation knows")
        return filled(pattern, properties[naming.name], properties, self._account)

    def _substituted(self, told: str | list[Any]) -> str:
        text, own = (told, {}) if isinstance(told, str) else (told[0], self.resolve(told[1]))

        def value_of(match: re.Match[str]) -> str:
            is_literal, name = match.groups()
            if is_literal:
                return f"${{{name}}}"
            if name in own:
                return str(own[name])
            return self._attribute(name) if "." in name else str(self._ref(name))

        return _PLACEHOLDER.sub(value_of, text)
