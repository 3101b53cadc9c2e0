"""What a contract suite runs on: a port, and the table behind it as anybody else could write and read it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from yorutsuke_pipeline.aws.record_table import RecordTable
from yorutsuke_pipeline.workloads.receipts.tables import IMAGES
from yorutsuke_pipeline.workloads.violations.tables import WAITING
from yorutsuke_pipeline_tests.fakes.clock import FakeClock
from yorutsuke_pipeline_tests.fakes.record_table import FakeRecordTable

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from yorutsuke_pipeline.engine.ports import PendingRecords
    from yorutsuke_pipeline.engine.table_shapes import RecordTableShape
    from yorutsuke_pipeline_tests.aws.places import Place

Port = TypeVar("Port")

# Where the contract of the records' ports holds: on each kind of AWS, and for both shapes of table.
PLACES = ("fake", "moto", "embedded", "fake of pending-violations", "embedded of pending-violations")
_SHAPES = {shape.table: shape for shape in (IMAGES, WAITING)}


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


def waiting_records(request: pytest.FixtureRequest) -> Subject[PendingRecords]:
    """Return the port of records that wait, over the place that a fixture's parameter names."""
    return over_records(
        request,
        lambda fake: fake,
        lambda place, shape: RecordTable(place.clients.dynamodb, place.tables[shape.table], shape, FakeClock()),
    )


def a_day() -> date:
    """Return a day of a test's own: tests share the embedded AWS."""
    return date(1000, 1, 1) + timedelta(days=random.randrange(300_000))


def over_records(
    request: pytest.FixtureRequest,
    fake: Callable[[FakeRecordTable], Port],
    adapter: Callable[[Place, RecordTableShape], Port],
) -> Subject[Port]:
    """Return a port over a table of waiting records: the fake's, or of the place that a fixture's parameter names.

    Whichever the table, a test puts and reads rows under the names that they have in the images'.
    """
    where, _, short = request.param.partition(" of ")
    shape = _SHAPES[short or IMAGES.table]
    theirs = {IMAGES.key: shape.key, IMAGES.time: shape.time}
    ours = {name: known for known, name in theirs.items()}
    if where == "fake":
        records = FakeRecordTable(shape=shape)
        return Subject(
            fake(records),
            lambda row: records.rows.update({row[IMAGES.key]: _renamed(row, theirs)}),
            lambda name: _renamed(records.rows.get(name, {}), ours),
        )
    place: Place = request.getfixturevalue(where)
    table = place.tables[shape.table]
    return Subject(
        adapter(place, shape),
        lambda row: place.put(table, _renamed(row, theirs)),
        lambda name: _renamed(place.row(table, {shape.key: name}), ours),
    )


def _renamed(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in row.items()}
