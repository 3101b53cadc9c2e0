"""An account beside the template: for each resource whether it is there, and as it should be.

What belongs here: which drifts there are. How a resource is read is its type's own (`readings`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.failures import Target, calling
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.words import Word
from yorutsuke_pipeline.infra.difference import Difference, differences
from yorutsuke_pipeline.infra.naming import NAMINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from yorutsuke_pipeline.infra.intrinsics import Resource
    from yorutsuke_pipeline.infra.readings.reading import Reading


class State(Word):
    """What a comparison came to."""

    EQUAL = "equal"
    DIFFERS = "differs"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_COMPARED = "not compared"


@dataclass(frozen=True)
class ResourceDrift:
    """What became of one resource of the template.

    Attributes:
        differences: If it differs.
        not_compared: Its properties that nothing here reads back.
        why: If it could not be read, or is of a type that nothing here reads back.
    """

    resource: Resource
    state: State
    differences: tuple[Difference, ...] = ()
    not_compared: tuple[str, ...] = ()
    why: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing speaks against it."""
        return self.state in (State.EQUAL, State.NOT_COMPARED)


def compare(
    resources: Sequence[Resource], readings: Mapping[str, Reading], client: Callable[[str], Any]
) -> Iterator[ResourceDrift]:
    """Yield the drift of each resource, in their order. Only reads.

    Args:
        resources: What should be there.
        readings: How a type is read, by type.
        client: Gives boto3's client of a service.
    """
    for resource in _with_attachments(resources):
        reading = readings.get(resource.type)
        if reading is None:
            yield ResourceDrift(resource, State.NOT_COMPARED, why=f"nothing here reads a {resource.type}")
        elif resource.ref is None and resource.type in NAMINGS:
            yield ResourceDrift(resource, State.NOT_COMPARED, why="the template gives it no name")
        else:
            yield _compared(resource, reading, client)


def _compared(resource: Resource, reading: Reading, client: Callable[[str], Any]) -> ResourceDrift:
    left_out = tuple(name for name in resource.properties if name not in reading.properties)
    try:
        with calling(Target(f"{resource.type} {resource.name}", "AWS_PROFILE and AWS_REGION"), "read it"):
            found = reading.read(client(reading.service), resource)
    except YorutsukeError as error:
        return ResourceDrift(resource, State.UNREADABLE, not_compared=left_out, why=str(error))
    if found is None:
        return ResourceDrift(resource, State.MISSING, not_compared=left_out)
    expected = {name: value for name, value in resource.properties.items() if name in reading.properties}
    unlike = tuple(differences(expected, found))
    return ResourceDrift(resource, State.DIFFERS if unlike else State.EQUAL, unlike, left_out)


def _with_attachments(resources: Sequence[Resource]) -> Iterator[Resource]:
    """Give each role the policies that name it: in the account, one cannot see which of the two named the other."""
    for resource in resources:
        attached = [each.ref for each in resources if resource.name in each.properties.get("Roles", ()) and each.ref]
        if resource.type == "AWS::IAM::Role" and attached:
            own = resource.properties.get("ManagedPolicyArns", [])
            arns = list(dict.fromkeys([*own, *attached]))
            yield replace(resource, properties={**resource.properties, "ManagedPolicyArns": arns})
        else:
            yield resource
