"""What a person decides about a record that failed: it is asked again, or it is given up.

What belongs here: when that is allowed, and the day in which a record waits again. Nothing is deleted, and
nothing is paid before the day's next run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.days import day_of, parse_utc
from yorutsuke_pipeline.engine.dead_letter_box import Case, Standing
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.record import Reject
from yorutsuke_pipeline.engine.terms import PLAIN_TERMS, Terms
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.ports import IntentLedger, PendingRecords
    from yorutsuke_pipeline.engine.record import PendingRecord

_BY_ANOTHER = "it was changed a moment ago by somebody else; look at it again"


class Verdict(Word):
    """What came of a decision."""

    DONE = "done"
    LEFT_ALONE = "left_alone"
    REFUSED = "refused"


@dataclass(frozen=True)
class Decision:
    """What came of a decision about one record.

    Attributes:
        day: Where it waits now, if it was put back in line.
        why: Why nothing was done, and what to do; None where it was.
    """

    case: Case
    verdict: Verdict
    day: date | None = None
    why: str | None = None


@dataclass(frozen=True)
class Redriver:
    """The rules, with the ports they work through. Doing the same again, or two people at once, does no harm."""

    pending: PendingRecords
    ledger: IntentLedger
    terms: Terms = PLAIN_TERMS

    def redrive(self, case: Case, *, even_discarded: bool) -> Decision:
        """Put a failed record back in line in its own day, with all its attempts before it.

        The reason why its last answer was rejected stays, for the next prompt; that of a record which was
        never asked about says nothing to the model and goes.

        Args:
            case: The record.
            even_discarded: Whether the person named this very record, and so takes a discard back.
        """
        record = case.record
        if case.standing is Standing.DISCARDED and not even_discarded:
            return _left_alone(case, "a person has discarded it; name it by its id to have it asked again all the same")
        if record is None or case.standing not in {Standing.WAITS_FOR_A_PERSON, Standing.DISCARDED}:
            return _nothing_to_redrive(case, self.terms)
        day = self._day(record)
        if not isinstance(day, date):
            return _refused(case, day)
        keeps_reason = case.newest is None or case.newest.was_asked
        if self.pending.redrive(record.identity, day, keeps_reason=keeps_reason, even_discarded=even_discarded):
            return Decision(case, Verdict.DONE, day=day)
        return _left_alone(case, _BY_ANOTHER)

    def discard(self, case: Case, reason: str) -> Decision:
        """Give a failed record up: it stays failed and is listed no more. Its source stays where it is."""
        if case.record is None or case.standing is not Standing.WAITS_FOR_A_PERSON:
            return _nothing_to_discard(case, self.terms)
        line = Reject.because("discarded", reason).reason
        if self.pending.discard(case.record.identity, line):
            return Decision(case, Verdict.DONE)
        return _left_alone(case, _BY_ANOTHER)

    def _day(self, record: PendingRecord) -> date | str:
        """Return the day in which a record is to wait, or why there is none.

        That of the intent that gave it up, which is where it was in line, whatever its row says since.
        """
        time = record.time
        if not isinstance(time, str):
            return f"its row has no {record.time_name}, so no run would see it; put the time there, in UTC"
        last = record.attributes.get("lastIntentId")
        intent = self.ledger.intent(last) if isinstance(last, str) and last else None
        if intent is None:
            return _day_of(record.time_name, time)
        if intent.status is IntentStatus.OPEN:
            # It would be counted as turned away and as asked about, in one intent.
            return f"{last} is not sealed yet; materialize {intent.day} first"
        return intent.day


def _day_of(name: str, time: str) -> date | str:
    try:
        return day_of(parse_utc(time))
    except ValueError:
        return f"its row's {name} {time[:60]!r} is no time; put the time there, for instance 2026-01-09T03:00:00.000Z"


def _nothing_to_redrive(case: Case, terms: Terms) -> Decision:
    if case.standing is Standing.BACK_IN_LINE:
        return _left_alone(case, f"it is back in line already, for {_attribute(case, 'pendingDate')}")
    if case.standing is Standing.ASKED_AGAIN:
        return _left_alone(case, f"{case.record.intent_id if case.record else None} is asking about it")
    if case.standing is Standing.ACCEPTED:
        return _left_alone(case, f"it was accepted since, and has a {terms.result}")
    return _refused(case, _why_never(case, terms))


def _nothing_to_discard(case: Case, terms: Terms) -> Decision:
    if case.standing is Standing.DISCARDED:
        return _left_alone(case, f"it was discarded already: {_attribute(case, 'discardReason')}")
    waits = {
        Standing.BACK_IN_LINE: "it is in line and will be asked about; only a record that failed can be discarded",
        Standing.ASKED_AGAIN: "it is being asked about; only a record that failed can be discarded",
        Standing.ACCEPTED: f"it was accepted, and has a {terms.result}",
    }
    return _refused(case, waits.get(case.standing) or _why_never(case, terms))


def _why_never(case: Case, terms: Terms) -> str:
    if case.standing is Standing.NOBODYS_LINE:
        return "it is a line of output that names no record; the record it may be about went back in line by itself"
    if case.standing is Standing.GONE:
        return f"its row is gone; {terms.adding}"
    return (
        f"its row's status {str(_attribute(case, 'status'))[:60]!r} is none of pending, processed and failed; mend it"
    )


def _attribute(case: Case, name: str) -> object:
    return case.record.attributes.get(name) if case.record is not None else None


def _left_alone(case: Case, why: str) -> Decision:
    return Decision(case, Verdict.LEFT_ALONE, why=why)


def _refused(case: Case, why: str) -> Decision:
    return Decision(case, Verdict.REFUSED, why=why)
