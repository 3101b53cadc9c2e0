"""Which half of the pipeline a day needs, when a person or the night asks for days to be run again.

What belongs here: the decisions. Which days failed, and launching them, is `defs/launching.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.holders import Holders
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import IntentLedger, PendingRecords
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.watching import Progress

_UNSUBMITTED = frozenset({IntentStatus.OPEN, IntentStatus.MANIFESTED})


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
    return Half.SUBMIT if intent.status in _UNSUBMITTED else Half.INGEST


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
        if each.intent.status in _UNSUBMITTED:
            return Retry(Half.SUBMIT, f"{each.intent.intent_id} is {each.intent.status}: it is not submitted yet")
    if something_waits:
        return Retry(Half.SUBMIT, "records wait in it")
    if current:
        return None
    return Retry(Half.INGEST, "nothing is left to do: the run changes nothing and turns the day green")


def day_waits(pending: PendingRecords, ledger: IntentLedger, workload: str, day: date) -> bool:
    """Tell whether a run that submits a day has anything to do: as `waits_for_submission`."""
    unsubmitted = intents_in(ledger, workload, day, *_UNSUBMITTED)
    return waits_for_submission(pending.pending(day), unsubmitted, ledger.intent)


def waits_for_submission(
    records: Iterable[PendingRecord], intents: Iterable[Intent], intent_of: Callable[[str], Intent | None]
) -> bool:
    """Tell whether an intent of a day is not submitted yet, or a record is there for the day's next one to take.

    Which those are, `Opening.takeable` decides: none that another intent has, of whatever day, and none that
    was put in line for an order, until that intent or order has ended. What was put in line for an order that was
    stopped or refused waits for another order.

    Args:
        records: Those that wait in the day, claimed or not.
        intents: The day's, orders included; those that are submitted or closed make no difference.
        intent_of: Returns an intent by its id, None if there is none.
    """
    if any(intent.status in _UNSUBMITTED for intent in intents):
        return True
    holders = Holders(intent_of)
    return any(
        (record.intent_id is None or holders.is_over(record.intent_id))
        and (record.ordered_by is None or holders.leaves(record.ordered_by))
        for record in records
    )
