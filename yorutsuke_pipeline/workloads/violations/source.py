"""Where violations come from: the rows of the Iceberg table that a request selects. Implements `RecordSource`."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.workloads.violations.selection import request_of, tier
from yorutsuke_pipeline.workloads.violations.violation import Violation, check_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from yorutsuke_pipeline.workloads.violations.request import Filters, ViolationsRequest

_log = logging.getLogger(__name__)
# As much of an id as a message shows.
_NAMED = 60
Tier = tuple["Decimal", "Decimal | None"]


class ViolationRows(Protocol):
    """The table, as far as it is selected from; `aws.violations_table` says more."""

    def select(self, filters: Filters, tier: Tier | None = None) -> Iterator[Mapping[str, Any]]:
        """Yield the rows without a text that match, highest fine first, by the fields of a `Violation`."""
        ...

    def removals(self, filters: Filters, tier: Tier | None = None) -> Sequence[tuple[str, int]]:
        """Return how many rows each filter alone removes, most first."""
        ...


@dataclass(frozen=True)
class ViolationsSource:
    """The source; `table` opens the table when it is called."""

    table: Callable[[], ViolationRows]

    def select(self, selection: Mapping[str, Any]) -> Iterator[PendingRecord]:
        """Yield what a request selects, the highest fines first; a row under no possible id is left out and logged."""
        request = request_of(selection)
        for row in self.table().select(request.filters, _tier(request)):
            violation = Violation(**row)
            try:
                check_identity(violation.violation_id)
            except ValueError as error:
                # Others load the table too, and a look-up of a hundred rows fails with one key that cannot be.
                _log.warning("violation %r is left out of an order: %s", violation.violation_id[:_NAMED], error)
                continue
            yield PendingRecord(violation.violation_id, violation.as_attributes())

    def most(self, selection: Mapping[str, Any]) -> int:
        """Return `limits.maxViolations`."""
        return request_of(selection).limits.max_violations

    def why_none(self, selection: Mapping[str, Any]) -> str:
        """Return which filter removes the most rows, where none is left."""
        request = request_of(selection)
        removals = self.table().removals(request.filters, _tier(request))
        if not removals:
            return "no violation is left to write about: the table has no row without a text"
        name, count = removals[0]
        others = ", ".join(f"{other} {number:,}" for other, number in removals[1:])
        also = f" (then {others})" if others else ""
        return f"no violation is left to write about: {name} removes the most, {count:,} rows{also}"


def _tier(request: ViolationsRequest) -> Tier | None:
    priority = request.limits.priority
    return None if priority is None else tier(priority)
