"""What an intent wrote down about its records: the manifest, later the list of outcomes, and its dead letters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.results import Ending
from yorutsuke_pipeline.engine.stored_letters import StoredLetter, read_letters
from yorutsuke_pipeline.engine.streams import read_json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.reconciliation.books import Books

_WITH_OUTCOMES = frozenset({IntentStatus.RECORDED, IntentStatus.CLOSED})


@dataclass(frozen=True)
class Listed:
    """A record that an intent asked about, or turned away."""

    record_id: str
    identity: str


@dataclass
class IntentLists:
    """The lists of one intent, read once; what they held is counted on the way."""

    books: Books
    intent: Intent
    endings: Counter[str] = field(default_factory=Counter)

    def records(self) -> Iterator[Listed]:
        """Yield the records that were asked about; none if the list has expired (30 days)."""
        key = self._key()
        for document in read_json_lines(self.books.objects, key) if key is not None else ():
            self.endings[str(document.get("ending"))] += 1
            yield Listed(document["recordId"], document["identity"])

    def letters(self) -> Iterator[StoredLetter]:
        """Yield the dead letters of the intent and of its jobs; those of a job whose row has expired are not found."""
        owners = [self.intent.intent_id, *(job.job_id for job in self.books.jobs(self.intent) if job.job_id)]
        for owner in owners:
            yield from read_letters(self.books.objects, layout.dead_letters_key(owner), self.books.workload.name)

    @property
    def is_whole(self) -> bool:
        """Whether `records`, run to its end, has yielded all records of an intent that takes no more."""
        return self.intent.status is not IntentStatus.OPEN and self.endings.total() == self.intent.record_count

    @property
    def disagreement(self) -> str | None:
        """What the list of outcomes says other than the intent's own account, after `records`; None if nothing."""
        intent, found = self.intent, self.endings.total()
        if intent.status not in _WITH_OUTCOMES or not found or intent.result is None:
            return None
        if found != intent.record_count:
            return f"{self._key()} lists {found} records, and it had asked about {intent.record_count}"
        accepted = self.endings[Ending.ACCEPTED]
        if accepted != intent.result.success_count:
            return f"{self._key()} lists {accepted} accepted, its resultStats say {intent.result.success_count}"
        return None

    def _key(self) -> str | None:
        if self.intent.status in _WITH_OUTCOMES:
            return layout.outcomes_key(self.intent.intent_id)
        jobs = self.books.jobs(self.intent)
        return layout.records_key_of(jobs[0].part_key) if jobs else None
