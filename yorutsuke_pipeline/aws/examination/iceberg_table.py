"""The Iceberg table of violations: whether it is set, there, and with the columns that are selected and merged.

What belongs here: what is looked at. It is opened by whoever examines (`Opened`), since loading what reads it takes
a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from yorutsuke_pipeline.aws.examination.finding import Finding, Look
from yorutsuke_pipeline.aws.failures import Target

if TYPE_CHECKING:
    from collections.abc import Callable

_SETTING = "YORUTSUKE_VIOLATIONS_WAREHOUSE"
_CHECK = "Iceberg table violations"


class Opened(Protocol):
    """The table, as far as it is examined; `aws.violations_table` says more."""

    def row_count(self) -> int:
        """Return how many rows it has; raises an error of the product if it is not there, or not with our columns."""
        ...


def examine_iceberg_table(warehouse: str | None, open_table: Callable[[], Opened], *, is_embedded: bool) -> Finding:
    """Return what was found of the table in the table bucket `warehouse`; None if none is set."""
    look = Look(_CHECK, Target(f"table bucket {warehouse}", _SETTING), "s3tables:GetTable")
    if is_embedded:
        return look.absent("the embedded AWS has it in a folder, which is made when it is first used")
    if warehouse is None:
        return look.absent(f"{_SETTING} is not set: no violation can be ordered (docs/violations.md)")
    return look.find(lambda: _examined(look, warehouse, open_table()))


def _examined(look: Look, warehouse: str, table: Opened) -> Finding:
    count = table.row_count()
    if count == 0:
        return look.worth_a_look(f"it has no row in {warehouse}", "load some: yorutsuke violations load")
    return look.good(f"{count:,} rows in {warehouse}")
