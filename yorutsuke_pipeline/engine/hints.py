"""Hints: messages that say that a job may have changed, as values.

What belongs here: what a message means once it is read. Reading them is the queue's adapter; what is done
about them is `lookout.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Hint:
    """One message that could be read.

    Attributes:
        receipt: What the queue wants to hear when the message is settled.
        job_ids: The jobs that it names; none if it is about something else.
    """

    receipt: str
    job_ids: tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """What a queue held.

    Attributes:
        malformed_count: Messages that could not be read. They stay in the queue, which hands one that nobody
            could use on to its dead-letter queue.
    """

    hints: tuple[Hint, ...] = ()
    malformed_count: int = 0

    @property
    def job_ids(self) -> frozenset[str]:
        """The jobs that are named, each once, however often it was named."""
        return frozenset(job_id for hint in self.hints for job_id in hint.job_ids)


class _NoHints:
    """Implements `HintQueue` where no queue is configured."""

    def receive(self) -> Heard:
        """Return nothing."""
        return Heard()

    def settle(self, hints: Sequence[Hint]) -> None:
        """Do nothing."""


NO_HINTS = _NoHints()
