"""What a contract suite runs on: a port, and the table behind it as anybody else could write and read it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from yorutsuke_pipeline_tests.fakes.pending_images import FakePendingImages

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from yorutsuke_pipeline_tests.aws.places import Place

Port = TypeVar("Port")


@dataclass(frozen=True)
class Subject(Generic[Port]):
    """A port and its table.

    Attributes:
        put: Puts a row.
        row: Returns the row of an id, empty if there is none.
    """

    port: Port
    put: Callable[[dict[str, Any]], None]
    row: Callable[[str], dict[str, Any]]


def over_images(
    request: pytest.FixtureRequest, fake: Callable[[FakePendingImages], Port], adapter: Callable[[Place], Port]
) -> Subject[Port]:
    """Return a port over the pending-images table: the fake's, or of the place that a fixture's parameter names."""
    if request.param == "fake":
        images = FakePendingImages()
        return Subject(
            fake(images),
            lambda row: images.rows.update({row["imageId"]: row}),
            lambda name: images.rows.get(name, {}),
        )
    place: Place = request.getfixturevalue(request.param)
    return Subject(
        adapter(place),
        partial(place.put, place.pending_table),
        lambda name: place.row(place.pending_table, {"imageId": name}),
    )
