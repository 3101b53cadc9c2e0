"""The reconciler: the rules, one day after the other, each contradiction told once. Reads only, but for fixes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.reconciliation.day_rules import contradictions_of_day
from yorutsuke_pipeline.engine.reconciliation.shelf import Shelf
from yorutsuke_pipeline.engine.reconciliation.table_rules import contradictions_of_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from yorutsuke_pipeline.engine.reconciliation.books import Books
    from yorutsuke_pipeline.engine.reconciliation.contradiction import Contradiction


@dataclass(frozen=True)
class Reconciler:
    """Compares the books. Memory grows neither with the records nor with the contradictions."""

    books: Books

    def of_day(self, day: date) -> Iterator[Contradiction]:
        """Yield the contradictions of a day that can be found without a scan.

        Raises:
            ManifestChangedError: A list that the product wrote can no longer be read.
        """
        yield from _once(contradictions_of_day(self.books, day))

    def over(
        self,
        first: date,
        last: date,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Iterator[Contradiction]:
        """Yield the contradictions of a range of days, both included, and those that nothing dates.

        Reads both tables, all dead letters and the inbox whole: not for anything that runs by itself.

        Args:
            first: The first day.
            last: The last day, included.
            progress: Told how many steps are done, and of how many.

        Raises:
            ManifestChangedError: A list that the product wrote can no longer be read.
        """
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]

        def everything() -> Iterator[Contradiction]:
            yield from contradictions_of_tables(self.books, days)
            for done, day in enumerate(days, start=1):
                progress(done, len(days) + 1)
                yield from contradictions_of_day(self.books, day)
            progress(len(days) + 1, len(days) + 1)

        yield from _once(everything())


def _once(found: Iterator[Contradiction]) -> Iterator[Contradiction]:
    with Shelf() as told:
        for contradiction in found:
            if told.is_new(contradiction.kind, contradiction.subject):
                yield contradiction
