"""The Iceberg table of violations: set, there, and with rows; or none of anybody's business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import pytest

from yorutsuke_pipeline.aws.examination.finding import State
from yorutsuke_pipeline.aws.examination.iceberg_table import examine_iceberg_table
from yorutsuke_pipeline.engine.errors import ConfigurationError

WAREHOUSE = "arn:aws:s3tables:us-east-1:123456789012:bucket/yorutsuke-violations-prod"


@dataclass(frozen=True)
class Table:
    """A table of so many rows."""

    rows: int

    def row_count(self) -> int:
        return self.rows


def must_not_be_opened() -> NoReturn:
    raise AssertionError("the table was opened")


def not_there() -> NoReturn:
    raise ConfigurationError("the table yorutsuke.violations could not be opened: NoSuchTable; make it")


@pytest.mark.parametrize(("rows", "state"), [(20_000, State.GOOD), (0, State.LOOK)])
def test_a_table_is_good_if_it_has_rows(rows: int, state: State) -> None:
    found = examine_iceberg_table(WAREHOUSE, lambda: Table(rows), is_embedded=False)

    assert found.state is state
    assert WAREHOUSE in found.found


def test_a_table_that_cannot_be_opened_must_be_mended_in_the_adapters_words() -> None:
    found = examine_iceberg_table(WAREHOUSE, not_there, is_embedded=False)

    assert (found.state, found.remedy) == (State.MEND, "make it")


@pytest.mark.parametrize(("warehouse", "is_embedded"), [(None, False), (None, True)])
def test_who_has_no_table_bucket_is_told_so_and_nothing_is_opened(warehouse: str | None, is_embedded: bool) -> None:  # noqa: FBT001 — a test's parameter
    found = examine_iceberg_table(warehouse, must_not_be_opened, is_embedded=is_embedded)

    assert (found.state, found.remedy) == (State.ABSENT, "")
