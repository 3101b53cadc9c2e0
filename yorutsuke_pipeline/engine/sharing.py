"""Sharing records out over jobs: no job above the service's limits, and none below its minimum.

What belongs here: which job the next record goes to, decided in one pass over records that are prepared as they
come. How many there will be is known only at the end, because any of them can still be turned away, and so is how
large they are. Two rules answer that:

- *Balance*: the records that may still come are shared equally over the fewest jobs that can hold them, reckoned
  anew at each record from the mean size of those before it. Bytes count first, then records.
- *Look ahead*: a job is closed only while the minimum of the next one is in hand. So the last one is no remainder,
  whatever was turned away. It costs the memory of as many lines as the minimum.

What cannot be divided (5 records into jobs of 3 or 4), or what no longer fits into the window, is left over; such a
remainder goes on demand (`planning`). Nothing is ever padded.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from yorutsuke_pipeline.engine.quotas import Quotas

Item = TypeVar("Item")

# A hundred receipts are 27 MB; a hundred of the largest requests would be 2.5 GB.
_WINDOW_BYTES = 256_000_000


class Sharing(Generic[Item]):
    """One pass over records, each put into a job.

    Args:
        quotas: Of the model.
        size: Returns a record's bytes in its part.
        still_expected: Returns how many records may come after all that were taken; too many is harmless.
        window_bytes: As much is looked ahead at most.
    """

    def __init__(
        self,
        quotas: Quotas,
        size: Callable[[Item], int],
        still_expected: Callable[[], int],
        *,
        window_bytes: int = _WINDOW_BYTES,
    ) -> None:
        self._quotas = quotas
        self._size = size
        self._still_expected = still_expected
        self._window_bytes = window_bytes
        self._window: deque[tuple[Item, int]] = deque()
        self._ahead_bytes = 0
        self._is_drained = False
        self._records = 0
        self._bytes = 0
        self._all_records = 0
        self._all_bytes = 0

    def share(self, records: Iterable[Item]) -> Iterator[tuple[int, Item]]:
        """Yield each record, in order, with the number of its job, from 1."""
        source, job = iter(records), 1
        while True:
            self._look_ahead(source)
            if not self._window:
                return
            if self._records and self._closes():
                job, self._records, self._bytes = job + 1, 0, 0
            record, size = self._window.popleft()
            self._ahead_bytes -= size
            self._records += 1
            self._bytes += size
            yield job, record

    def _look_ahead(self, source: Iterator[Item]) -> None:
        """Hold the next record and, behind it, as many as a job needs."""
        while not self._is_drained and len(self._window) <= self._quotas.fewest_records:
            if self._window and self._ahead_bytes >= self._window_bytes:
                return
            record = next(source, None)
            if record is None:
                self._is_drained = True
                return
            size = self._size(record)
            self._window.append((record, size))
            self._ahead_bytes += size
            self._all_records += 1
            self._all_bytes += size

    def _closes(self) -> bool:
        """Tell whether the job is complete without the next record."""
        if not self._fits(1, self._window[0][1]):
            return True
        is_enough = min(self._records, len(self._window)) >= self._quotas.fewest_records
        if not is_enough:
            return False
        if self._is_drained and not self._fits(len(self._window), self._ahead_bytes):
            return True
        return self._records >= self._share()

    def _fits(self, records: int, size: int) -> bool:
        fits_in_count = self._records + records <= self._quotas.most_records
        return fits_in_count and self._bytes + size <= self._quotas.job_bytes

    def _share(self) -> int:
        """Return how many records this job gets if it and all later ones get as many."""
        behind = max(0, self._still_expected()) if not self._is_drained else 0
        records = self._records + len(self._window) + behind
        mean = -(-self._all_bytes // self._all_records)
        size = self._bytes + self._ahead_bytes + behind * mean
        if records <= self._quotas.most_records and size <= self._quotas.job_bytes:
            return records
        jobs = max(_ceil(records, self._quotas.most_records), _ceil(size, self._quotas.job_bytes))
        return _ceil(records, jobs)


def _ceil(amount: int, unit: int) -> int:
    return max(1, -(-amount // unit))
