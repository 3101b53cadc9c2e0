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

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import Publisher, ResultTable
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
    publisher: Publisher | None = None

    def accept(
        self, trial: Intent, pairs: Iterable[Pair], fields: Collection[str], chosen: Collection[str] | None
    ) -> Acceptance:
        """Write what a trial answered over what is stored, and publish that where results are published.

        Args:
            trial: The trial.
            pairs: Of it.
            fields: Which of the compared fields to take.
            chosen: The records, by identity; None for all.

        Raises:
            UnwrittenError: Rows were left at the deadline; accept again.
        """
        done = Acceptance()
        keys: list[dict[str, str]] = []
        for block in chunked(self._rows(pairs, fields, chosen, done), _BLOCK):
            kept = self.table.write(block)
            done.written_count += len(block) - kept
            done.edited_count += kept
            keys += map(self.table.key, block)
        if self.publisher is not None and keys:
            # Read again: where a person has edited meanwhile, it is that which is published.
            self.publisher.publish(trial, self.table.read(keys))
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
