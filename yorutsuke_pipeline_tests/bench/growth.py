"""Growth: what a side takes at a size, against what it takes at the smallest. Is memory flat, and time linear?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline_tests.bench.rounds import Row


@dataclass(frozen=True)
class Growth:
    """What a side takes at a size, against the smallest that was measured. Less is no fault.

    Attributes:
        since: The smallest size.
        peak: How many times the resident memory there is at most, that of idling included.
        time_a_record: How many times the time, divided by the records.
        must: How many times either may be.
    """

    since: int
    peak: float
    time_a_record: float
    must: float

    @property
    def is_met(self) -> bool:
        return max(self.peak, self.time_a_record) <= self.must

    def __str__(self) -> str:
        return f"of {self.since:,}'s peak {self.peak:.2f}x, time a record {self.time_a_record:.2f}x"


def with_growth(rows: list[Row], must: float) -> Iterator[Row]:
    """Yield a benchmark's rows of all its sizes, each but a side's smallest with its growth."""
    for row in rows:
        least = min((other for other in rows if other.side == row.side), key=lambda other: other.size)
        if row.size > least.size:
            time_a_record = (row.seconds / row.size) / (least.seconds / least.size)
            yield replace(row, growth=Growth(least.size, row.peak_mb / least.peak_mb, time_a_record, must))
        else:
            yield row
