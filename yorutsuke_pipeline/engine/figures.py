"""The figures of a closed intent: what graphs and alarms are made of.

What belongs here: which figures there are and what each counts. Their names and units where they are sent
are the adapter's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.intent import ResultStats

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from yorutsuke_pipeline.engine.intent import Intent


@dataclass(frozen=True)
class IntentFigures:
    """What became of an intent's records, in numbers.

    Attributes:
        closed_at: When it was.
        success_count: Records with a result.
        failure_count: All other records that it claimed.
        dead_letter_count: Those of the latter that now wait for a person.
        processing: From the beginning of reading its answers to its close: our own work with them, without
            the hours at the service, and with all that stood still in between. None if nothing was asked.
    """

    workload: str
    closed_at: datetime
    success_count: int
    failure_count: int
    dead_letter_count: int
    processing: timedelta | None


class _NoMetrics:
    """Implements `Metrics` where nobody wants to know."""

    def send(self, figures: IntentFigures) -> None:
        """Do nothing."""


NO_METRICS = _NoMetrics()


def figures_of(intent: Intent, *, dead_letter_count: int) -> IntentFigures:
    """Return the figures of an intent that has just been closed.

    Raises:
        ValueError: It is not closed.
    """
    if intent.closed_at is None:
        raise ValueError(f"intent {intent.intent_id} is {intent.status}: only a closed one has figures")
    stats = intent.result or ResultStats(0, 0)
    began = intent.collecting_since
    return IntentFigures(
        workload=intent.workload,
        closed_at=intent.closed_at,
        success_count=stats.success_count,
        failure_count=stats.failure_count,
        dead_letter_count=dead_letter_count,
        processing=None if began is None else intent.closed_at - began,
    )
