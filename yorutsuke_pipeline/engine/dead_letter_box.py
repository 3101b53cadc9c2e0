"""The dead-letter box: each record that was ever rejected, with its letters and where it stands now.

What belongs here: finding letters and joining them with the records' own rows. Reads only. What a person
then decides about a record is `redriving.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.stored_letters import LetterIndex, StoredLetter, all_letters, read_letters
from yorutsuke_pipeline.engine.streams import map_bounded
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import IntentLedger, ObjectStore, PendingRecords
    from yorutsuke_pipeline.engine.record import PendingRecord

# Shorter beginnings of an id match by chance.
SHORTEST_PREFIX = 6


class Standing(Word):
    """Where a record stands, by its own row."""

    WAITS_FOR_A_PERSON = "waits_for_a_person"
    DISCARDED = "discarded"
    BACK_IN_LINE = "back_in_line"
    ASKED_AGAIN = "asked_again"
    ACCEPTED = "accepted"
    GONE = "gone"
    NOBODYS_LINE = "nobodys_line"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Case:
    """All that is known of one rejected record.

    Attributes:
        name: What it is asked for by: the record's id, or `{jobId}:{number}` for a line of no record.
        identity: The record's own id (a receipt's `imageId`); None for a line of no record.
        letters: The newest last; none of a record whose letters are gone.
        record: Its row as it is now.
    """

    name: str
    identity: str | None
    letters: tuple[StoredLetter, ...]
    record: PendingRecord | None

    @property
    def newest(self) -> StoredLetter | None:
        """The letter that counts."""
        return self.letters[-1] if self.letters else None

    def without_raw(self) -> Case:
        """Return it without what was said and without older letters: small enough to hold many."""
        return replace(self, letters=tuple(replace(letter, raw="") for letter in self.letters[-1:]))

    @property
    def standing(self) -> Standing:
        """Where the record stands."""
        if self.identity is None:
            return Standing.NOBODYS_LINE
        if self.record is None:
            return Standing.GONE
        status = self.record.attributes.get("status")
        if status == "failed":
            is_discarded = "discardedAt" in self.record.attributes
            return Standing.DISCARDED if is_discarded else Standing.WAITS_FOR_A_PERSON
        if status == "pending":
            return Standing.BACK_IN_LINE if self.record.intent_id is None else Standing.ASKED_AGAIN
        return Standing.ACCEPTED if status == "processed" else Standing.UNCLEAR


@dataclass(frozen=True)
class Lookup:
    """What a name that a person gave may mean: one case, none, or several names to choose from."""

    given: str
    case: Case | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeadLetterBox:
    """The box, with the ports it looks through.

    Attributes:
        concurrency: How many rows are read at once.
    """

    workload: str
    pending: PendingRecords
    ledger: IntentLedger
    objects: ObjectStore
    concurrency: int

    def cases(self, days: Sequence[date] | None = None) -> Iterator[Case]:
        """Yield each record that has a letter, by name; memory does not grow with their number.

        Without `days`, every letter there is gets read. With them, those of the days' intents and jobs, as
        long as the jobs' rows are there (30 days after they ended); then every letter again, of which
        those are chosen that name the day.

        Raises:
            ManifestChangedError: A dead-letters object is not as the product writes them.
        """
        with LetterIndex() as index:
            index.load(self._all_letters() if days is None else self._letters_of(days))
            yield from map_bounded(self._case, index.by_record(), workers=self.concurrency)

    def cases_of(self, intent: Intent) -> Iterator[Case]:
        """Yield each record that an intent rejected, by name, as long as the rows of its jobs are there."""
        with LetterIndex() as index:
            index.load(letter for owner in self._owners(intent) for letter in self._letters(owner))
            yield from map_bounded(self._case, index.by_record(), workers=self.concurrency)

    def look_up(self, names: Sequence[str]) -> list[Lookup]:
        """Return what each name means: a record's id, its identity, or the beginning of either.

        A record without any letter is found by its whole identity.
        """
        with LetterIndex() as index:
            index.load(self._all_letters())
            return [self._look_up(index, name) for name in names]

    def _look_up(self, index: LetterIndex, given: str) -> Lookup:
        if not given or not given.isprintable():
            return Lookup(given)
        names = index.names_of(given)
        if not names and len(given) >= SHORTEST_PREFIX:
            names = index.names_beginning(given)
        if len(names) > 1:
            return Lookup(given, candidates=tuple(names))
        if names:
            return Lookup(given, self._case(index.of(names[0])))
        record = self.pending.find(given)
        return Lookup(given, None if record is None else Case(record.record_id, record.identity, (), record))

    def _case(self, letters: tuple[StoredLetter, ...]) -> Case:
        newest = letters[-1]
        record = None if newest.identity is None else self.pending.find(newest.identity)
        return Case(newest.name, newest.identity, letters, record)

    def _all_letters(self) -> Iterator[StoredLetter]:
        return all_letters(self.objects, self.workload)

    def _letters_of(self, days: Sequence[date]) -> Iterator[StoredLetter]:
        owners: list[str | None] = []
        for intent in (intent for day in days for intent in intents_in(self.ledger, self.workload, day, *IntentStatus)):
            found = self._owners(intent)
            if len(found) <= intent.job_count:
                wanted = {day.isoformat() for day in days}
                yield from (letter for letter in self._all_letters() if letter.day in wanted)
                return
            owners += found
        for owner in owners:
            yield from self._letters(owner)

    def _owners(self, intent: Intent) -> list[str | None]:
        """Return under whose names an intent's letters lie: its own, and its jobs', of which one may have no id."""
        return [intent.intent_id, *(job.job_id for job in self.ledger.jobs(intent.intent_id)[: intent.job_count])]

    def _letters(self, owner: str | None) -> Iterator[StoredLetter]:
        if owner is not None:
            yield from read_letters(self.objects, layout.dead_letters_key(owner), self.workload)
