"""How one type of resource is read back: the shape of it, and what several of them need.

A reading says in CloudFormation's words what is there. What AWS says of every resource (a default that nobody set) is
left out unless the template says something about it too; otherwise each would differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from yorutsuke_pipeline.aws.failures import code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from yorutsuke_pipeline.infra.intrinsics import Resource


@dataclass(frozen=True)
class Reading:
    """How resources of one type are read.

    Attributes:
        service: The boto3 client that `read` gets.
        properties: Those of the template that are read back; the others are named as not compared.
        read: The properties that are there, or None if there is no such resource. May raise botocore's errors.
    """

    resource_type: str
    service: str
    properties: frozenset[str]
    read: Callable[[Any, Resource], Mapping[str, Any] | None]


def found_or_none(call: Callable[..., Any], missing: Collection[str], **arguments: Any) -> Any:  # noqa: ANN401 — an answer of boto3
    """Return a call's answer, or None if it fails with one of the codes in `missing`."""
    try:
        return call(**arguments)
    except ClientError as error:
        if code_of(error) in missing:
            return None
        raise


def without_defaults(
    found: Mapping[str, Any], defaults: Mapping[str, object], declared: Mapping[str, Any]
) -> dict[str, Any]:
    """Leave out what has AWS's default and is not declared."""
    return {
        name: value
        for name, value in found.items()
        if value is not None and (name in declared or name not in defaults or str(value) != str(defaults[name]))
    }
