"""What each actor may do: its role's policies as they are deployed, grant by grant.

The embedded AWS deploys infra/template.yaml and resolves its intrinsic functions, so what is read here are the
statements of the template with real names in them. Only `Allow`, and conditions on texts, are understood; anything
else is an error, so that a statement cannot be overlooked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy_boto3_iam import IAMClient

    from yorutsuke_pipeline_tests.security.permissions.need import Need

# A request of those that are read here has one value of each key, so "for all values" asks nothing more.
_EXACT, _LIKE = "StringEquals", "StringLike"
_KNOWN = {name: each for each in (_EXACT, _LIKE) for name in (each, f"ForAllValues:{each}")}
LONGEST_POLICY = 6144
"""IAM's limit on a managed policy, in characters without blanks."""


@dataclass(frozen=True)
class Condition:
    """That a condition key has a value, or one like it."""

    operator: str
    key: str
    value: str

    def holds(self, context: frozenset[tuple[str, str]]) -> bool:
        return any(
            key == self.key and (_is_like(self.value, value) if self.operator == _LIKE else value == self.value)
            for key, value in context
        )


@dataclass(frozen=True)
class Grant:
    """One action on one pattern of resources, on conditions that must all hold."""

    action: str
    resource: str
    conditions: tuple[Condition, ...] = ()

    def allows(self, need: Need) -> bool:
        return (
            _is_like(self.action, need.action)
            and _is_like(self.resource, need.resource)
            and all(condition.holds(need.context) for condition in self.conditions)
        )

    def __str__(self) -> str:
        told = "".join(f" if {each.key} is {each.value!r}" for each in self.conditions)
        return f"{self.action} on {self.resource}{told}"


def grants_of(document: dict[str, Any]) -> Iterator[Grant]:
    """Yield what a policy's document grants: each action on each resource under each value of its conditions.

    Raises:
        LookupError: A statement says something that is not understood here.
    """
    for statement in _listed(document["Statement"]):
        if statement["Effect"] != "Allow" or not {"Action", "Resource"} <= set(statement):
            raise LookupError(f"a statement that is not understood: {statement}")
        conditions = [
            [Condition(_KNOWN.get(operator, operator), key, value) for value in _listed(values)]
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        ]
        if any(each.operator not in {_EXACT, _LIKE} for some in conditions for each in some):
            raise LookupError(f"a condition that is not understood: {statement['Condition']}")
        for action, resource in product(_listed(statement["Action"]), _listed(statement["Resource"])):
            yield from (Grant(action, resource, chosen) for chosen in product(*conditions))


def documents_of(iam: IAMClient, role: str) -> dict[str, dict[str, Any]]:
    """Return the documents of a role's managed policies by name."""
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    found: dict[str, dict[str, Any]] = {}
    for policy in attached:
        arn = policy["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document: Any = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        found[policy["PolicyName"]] = document
    return found


def forbidden(needs: Iterable[Need], grants: Iterable[Grant]) -> list[str]:
    """Return the needs that no grant allows."""
    given = list(grants)
    return sorted(str(need) for need in needs if not any(grant.allows(need) for grant in given))


def unused(grants: Iterable[Grant], needs: Iterable[Need]) -> list[str]:
    """Return the grants that nothing needs."""
    met = list(needs)
    return sorted(str(grant) for grant in grants if not any(grant.allows(need) for need in met))


def _is_like(pattern: str, text: str) -> bool:
    """Compare as IAM does: `*` is any text and `?` any sign, also across slashes and colons."""
    expression = "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 — IAM takes one or several of everything
    return value if isinstance(value, list) else [value]
