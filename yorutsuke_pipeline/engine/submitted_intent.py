"""The moment from which an intent counts as submitted: nothing of it waits to be submitted any more.

It may come when the last job is created, and when a person withdraws those that were not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.events import Event, EventName
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.ports import EventLog, IntentLedger


def mark_submitted(intent: Intent, jobs: Sequence[BatchJob], ledger: IntentLedger, events: EventLog) -> Intent:
    """Note that an intent is submitted and tell of it, unless that was noted before or a job still waits.

    Args:
        intent: As it was read.
        jobs: All of its jobs, those withdrawn included.
        ledger: Where it is noted.
        events: Where it is told, once.

    Raises:
        LostRaceError: Another run has noted something about the intent first; nothing is told.
    """
    if intent.status is not IntentStatus.MANIFESTED or any(job.awaits_submission for job in jobs):
        return intent
    saved = ledger.save(intent.advance(IntentStatus.SUBMITTED))
    facts = (("jobs", len(jobs)), ("records", intent.record_count))
    events.emit(Event(EventName.BATCH_SUBMITTED, intent.intent_id, intent.trace_id, facts))
    return saved
