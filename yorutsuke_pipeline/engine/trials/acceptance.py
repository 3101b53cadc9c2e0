"""Accepting: what a trial answered takes the place of what is stored, where a person wants it.

Never written over is what a person has edited, and nothing is added: a result that is gone stays gone. Written
again, the same rows come to be, so a command that was killed is simply repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.streams import chunked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from yorutsuke_pipeline.engine.ports import ResultTable
    from yorutsuke_pipeline.engine.trials.comparison import Pair
    from yorutsuke_pipeline.engine.workload import Row, Workload

_BLOCK = 100


@dataclass
class Acceptance:
    """What was written.

    Attributes:
        written_count: Results that now say what the trial answered.
        edited_count: Results left alone because a person had edited them.
        without_result: Records left alone because the trial, or the table, has no result for them.
    """

    written_count: int = 0
    edited_count: int = 0
    without_result: int = 0


@dataclass(frozen=True)
class Accepter:
    """Writes accepted results."""

    workload: Workload
    table: ResultTable

    def accept(self, pairs: Iterable[Pair], fields: Collection[str], chosen: Collection[str] | None) -> Acceptance:
        """Write what a trial answered over what is stored.

        Args:
            pairs: Of the trial.
            fields: Which of the compared fields to take.
            chosen: The records, by identity; None for all.

        Raises:
            UnwrittenError: Rows were left at the deadline; accept again.
        """
        done = Acceptance()
        for block in chunked(self._rows(pairs, fields, chosen, done), _BLOCK):
            kept = self.table.write(block)
            done.written_count += len(block) - kept
            done.edited_count += kept
        return done

    def _rows(
        self, pairs: Iterable[Pair], fields: Collection[str], chosen: Collection[str] | None, done: Acceptance
    ) -> Iterator[Row]:
        for pair in pairs:
            if chosen is not None and pair.identity not in chosen:
                continue
            if pair.stored is None or pair.tried is None:
                done.without_result += 1
            elif pair.is_edited:
                done.edited_count += 1
            else:
                yield self.workload.replaced(pair.stored, pair.tried, fields)
