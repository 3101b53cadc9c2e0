"""Which half of the pipeline a day needs, when a person or the night asks for days to be run again.

What belongs here: the decisions. Which days failed, and launching them, is `defs/launching.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import IntentLedger, PendingRecords
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.watching import Progress

_SUBMITTED = frozenset({IntentStatus.SUBMITTED, IntentStatus.COLLECTED, IntentStatus.RECORDED})


class Half(Word):
    """The two halves of the pipeline, by the names of their jobs."""

    SUBMIT = "submit_batch"
    INGEST = "ingest_results"


@dataclass(frozen=True)
class Retry:
    """The half that a day needs, and why, in a sentence for the person who asked."""

    half: Half
    reason: str


def half_needed(intent: Intent) -> Half:
    """Return the half that brings an open intent on."""
    return Half.INGEST if intent.status in _SUBMITTED else Half.SUBMIT


def retry_of(progress: Iterable[Progress], *, something_waits: bool) -> Retry | None:
    """Return what brings a failed day to its end, or None while its jobs run, whose answers come by themselves.

    Answers that are paid for come first: submitting what else waits can follow them at any time, whereas
    the service's output expires. With nothing left to do at all, the second half does nothing and so turns
    the day green.

    Args:
        progress: The day's open intents, with their jobs as they are now.
        something_waits: As `waits_for_submission` tells.
    """
    current = sorted(progress, key=lambda each: each.intent.intent_id)
    for each in current:
        if each.is_ready:
            return Retry(Half.INGEST, f"{each.intent.intent_id} is {each.intent.status}: its answers are to be read")
    for each in current:
        if each.intent.status not in _SUBMITTED:
            return Retry(Half.SUBMIT, f"{each.intent.intent_id} is {each.intent.status}: it is not submitted yet")
    if something_waits:
        return Retry(Half.SUBMIT, "records wait in it")
    if current:
        return None
    return Retry(Half.INGEST, "nothing is left to do: the run changes nothing and turns the day green")


def day_waits(pending: PendingRecords, ledger: IntentLedger, workload: str, day: date) -> bool:
    """Tell whether any record of a day waits that no submitted intent has: late, or back in line."""
    return waits_for_submission(pending.pending(day), intents_in(ledger, workload, day, *IntentStatus))


def waits_for_submission(records: Iterable[PendingRecord], intents: Iterable[Intent]) -> bool:
    """Tell whether any of a day's pending records is in no intent whose jobs are submitted.

    What was put in line for an order that was stopped or refused waits for another order, not for the day.

    Args:
        records: Those that wait in the day, claimed or not.
        intents: The day's, closed ones included.
    """
    there = list(intents)
    submitted = {intent.intent_id for intent in there if intent.status in _SUBMITTED}
    given_up = {intent.intent_id for intent in there if intent.was_given_up}
    return any(record.intent_id not in submitted and record.ordered_by not in given_up for record in records)
