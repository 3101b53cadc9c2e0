"""Roles and managed policies, read back from IAM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.infra.readings.reading import Reading, found_or_none, without_defaults

if TYPE_CHECKING:
    from yorutsuke_pipeline.infra.intrinsics import Resource

_NONE = frozenset({"NoSuchEntity"})
_DEFAULTS = {"Path": "/", "MaxSessionDuration": "3600"}


def _read_role(iam: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — boto3 makes its clients as it runs
    name = resource.name
    answer = found_or_none(iam.get_role, _NONE, RoleName=name)
    if answer is None:
        return None
    role = answer["Role"]
    found = {key: role.get(key) for key in ("Path", "Description", "MaxSessionDuration", "AssumeRolePolicyDocument")}
    found["RoleName"] = name
    found["PermissionsBoundary"] = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    found["Policies"] = [
        {"PolicyName": policy, "PolicyDocument": _inline(iam, name, policy)}
        for page in iam.get_paginator("list_role_policies").paginate(RoleName=name)
        for policy in page["PolicyNames"]
    ]
    found["ManagedPolicyArns"] = [
        policy["PolicyArn"]
        for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
        for policy in page["AttachedPolicies"]
    ]
    return without_defaults(found, _DEFAULTS, resource.properties)


def _inline(iam: Any, role: str, policy: str) -> Any:  # noqa: ANN401 — as above, and a document
    return iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]


def _read_managed_policy(iam: Any, resource: Resource) -> dict[str, Any] | None:  # noqa: ANN401 — as above
    answer = found_or_none(iam.get_policy, _NONE, PolicyArn=resource.ref)
    if answer is None:
        return None
    policy = answer["Policy"]
    version = iam.get_policy_version(PolicyArn=resource.ref, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    found = {
        "ManagedPolicyName": policy["PolicyName"],
        "Path": policy.get("Path"),
        "Description": policy.get("Description"),
        "PolicyDocument": version["Document"],
        # Whom it is attached to is compared with the roles (`comparison`).
        "Roles": resource.properties.get("Roles"),
    }
    return without_defaults(found, _DEFAULTS, resource.properties)


ROLE = Reading(
    "AWS::IAM::Role",
    "iam",
    frozenset(
        {
            "RoleName",
            "Path",
            "Description",
            "MaxSessionDuration",
            "AssumeRolePolicyDocument",
            "PermissionsBoundary",
            "Policies",
            "ManagedPolicyArns",
        }
    ),
    _read_role,
)
MANAGED_POLICY = Reading(
    "AWS::IAM::ManagedPolicy",
    "iam",
    frozenset({"ManagedPolicyName", "Path", "Description", "PolicyDocument", "Roles"}),
    _read_managed_policy,
)
