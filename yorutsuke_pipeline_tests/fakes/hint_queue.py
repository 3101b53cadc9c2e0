"""An events queue in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.hints import Heard, Hint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class FakeHintQueue:
    """Implements `HintQueue`: what is not settled is received again.

    Attributes:
        hints: What lies in the queue.
        error: What every receiving fails with, until the test sets it to None.
        settle_error: Likewise, every settling.
    """

    def __init__(self, *job_ids: str) -> None:
        self.hints: list[Hint] = []
        self.error: Exception | None = None
        self.settle_error: Exception | None = None
        self.tell(job_ids)

    def tell(self, job_ids: Iterable[str]) -> None:
        """Put a message for each of the jobs into the queue."""
        for job_id in job_ids:
            self.hints.append(Hint(f"receipt {len(self.hints)} of {job_id}", (job_id,)))

    def receive(self) -> Heard:
        if self.error is not None:
            raise self.error
        return Heard(tuple(self.hints))

    def settle(self, hints: Sequence[Hint]) -> None:
        if self.settle_error is not None:
            raise self.settle_error
        self.hints = [hint for hint in self.hints if hint not in hints]
