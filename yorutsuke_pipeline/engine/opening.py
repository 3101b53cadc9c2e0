"""Opening the day's intent, resuming one that was left, and giving one up.

One intent a day is being prepared at any time; as many as there were late arrivals may be waiting for
their jobs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.batch_job import PLANNED, BatchJob
from yorutsuke_pipeline.engine.day_intents import numbered_intents
from yorutsuke_pipeline.engine.errors import LostRaceError
from yorutsuke_pipeline.engine.events import Event, EventName
from yorutsuke_pipeline.engine.holders import Holders
from yorutsuke_pipeline.engine.identity import fingerprint, intent_id
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus, ResultStats
from yorutsuke_pipeline.engine.job_input import job_input
from yorutsuke_pipeline.engine.ordered_records import ordered_records
from yorutsuke_pipeline.engine.streams import read_json_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import Clock, EventLog, IntentLedger, ObjectStore, PendingRecords
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.spending import Spending
    from yorutsuke_pipeline.engine.workload import Workload


@dataclass(frozen=True)
class Opening:
    """What the rules of opening work through."""

    workload: Workload
    policy: Policy
    pending: PendingRecords
    ledger: IntentLedger
    objects: ObjectStore
    events: EventLog
    clock: Clock
    spending: Spending

    def unsubmitted(self, day: date, *, leaving: Collection[str] = ()) -> Intent | None:
        """Return the day's first numbered intent that no job was submitted for, if there is one worth resuming.

        One that was sealed for another model or prompt, or whose parts were changed since, with nothing
        submitted, is given up here: mending a wrong setting is enough to let the day go on. Those named in
        `leaving` are passed over.
        """
        for intent in numbered_intents(self.ledger, self.workload.name, day):
            if intent.intent_id in leaving:
                continue
            if intent.status is IntentStatus.OPEN:
                return intent
            if intent.status is IntentStatus.MANIFESTED:
                jobs = self.jobs(intent)
                has_begun = any(job.status != PLANNED for job in jobs)
                if has_begun or (self._asks_as_configured(intent) and self.is_intact(jobs)):
                    return intent
                self.give_up(self.taken_over(intent, jobs), layout.records_key_of(jobs[0].part_key))
        return None

    def open(self, day: date) -> Intent:
        """Put the day's next intent; if another run has just put it, that one is returned.

        Raises:
            LostRaceError: Another run has put it and gone on with it.
        """
        number = 1 + sum(1 for _ in numbered_intents(self.ledger, self.workload.name, day))
        name = intent_id(self.workload.name, day, number)
        intent = Intent(
            intent_id=name,
            workload=self.workload.name,
            day=day,
            model_id=self.policy.model_id,
            prompt_version=self.workload.prompt_version,
            trace_id=fingerprint({"trace": name})[:32],
            created_at=self.clock.now(),
        )
        if self.ledger.create(intent):
            self.events.emit(Event(EventName.BATCH_STARTED, intent.intent_id, intent.trace_id))
        current = self.ledger.intent(name) or intent
        if current.status is not IntentStatus.OPEN:
            raise LostRaceError(f"{name} was opened and sealed by another run; materialize the day again")
        return current

    def takeable(self, day: date, intent: Intent | None) -> Iterator[PendingRecord]:
        """Yield what waits in `day` and is unclaimed or claimed by `intent`, having set free what a closed one claimed.

        For an order, its own records, in whatever days they wait, but none that waits for another open order. For a
        day's own intent, none that waits for an order; what was put in line for one that was stopped or refused waits
        until another order wants it, or a person puts it in line again.

        A closed intent's claim is void: the run that gave the intent up died before it had released all, or
        one set it that stalled, and woke after another had brought its intent to the end. Left alone, it
        would keep the record from ever being asked about.
        """
        mine = intent.intent_id if intent is not None else None
        holders = Holders(self.ledger.intent)
        # An order's list names each of its records: whoever placed it wants them, whatever became of an earlier order.
        is_an_order = intent is not None and intent.order is not None
        leaves = holders.is_over if is_an_order else holders.leaves
        for record in self._in_line(day, intent):
            holder, ordered_by = record.intent_id, record.ordered_by
            if holder is not None and holder != mine:
                if not holders.is_over(holder):
                    continue
                self.pending.release(record.identity, holder, attempts=record.attempts, reason=record.last_reason)
            if ordered_by is None or ordered_by == mine or leaves(ordered_by):
                yield record

    def _in_line(self, day: date, intent: Intent | None) -> Iterator[PendingRecord]:
        if intent is None or intent.order is None:
            return self.pending.pending(day)
        owners = {None, intent.order.owner}
        listed = ordered_records(intent, self.objects, self.pending, workers=self.policy.concurrency)
        # A caller may name anything; that a record is somebody else's is known from its row alone.
        return (record for record in listed if self.workload.owner_of(record) in owners)

    def give_up(
        self, intent: Intent, records_key: str, *, rejected_count: int | None = None, note: str | None = None
    ) -> Intent:
        """Close an intent and release what it claimed, with nothing asked and nothing paid.

        Closed first: an intent whose records are in line again must not be submitted any more, also if this
        run dies before the end and the setting that made it give up is put back. What a dead run left
        claimed is set free by the next (`takeable`). `note` says why, for whoever ordered it.
        """
        rejected = intent.rejected_count if rejected_count is None else rejected_count
        closed = self.ledger.save(
            intent.advance(
                IntentStatus.CLOSED,
                record_count=0,
                rejected_count=rejected,
                result=ResultStats(success_count=0, failure_count=rejected),
                closed_at=self.clock.now(),
                note=note,
            ),
        )
        for document in read_json_lines(self.objects, records_key):
            self.pending.release(
                document["identity"],
                intent.intent_id,
                attempts=document["attempts"],
                reason=document["lastReason"],
            )
        return closed

    def taken_over(self, intent: Intent, jobs: tuple[BatchJob, ...]) -> Intent:
        """Take a sealed intent away from whoever is about to submit it, and give back what was reserved for it.

        All is written at a new version and else as it was: if this run dies before the end, and the setting is put
        back, the intent can still be submitted.

        Raises:
            LostRaceError: It was gone on with since it and its jobs were read.
        """
        taken = self.ledger.save(intent)
        for job in jobs:
            self.ledger.save_job(job)
        self.spending.release(taken)
        return taken

    def jobs(self, intent: Intent) -> tuple[BatchJob, ...]:
        """Return the intent's jobs, without rows left over by a manifest that was never sealed."""
        return tuple(self.ledger.jobs(intent.intent_id)[: intent.job_count])

    def _asks_as_configured(self, intent: Intent) -> bool:
        if intent.estimate_usd is None and self.spending.has_budget:
            # Sealed while no price was known. Nobody can hold that to a budget, so it is estimated anew.
            return False
        return intent.model_id == self.policy.model_id and intent.prompt_version == self.workload.prompt_version

    def is_intact(self, jobs: tuple[BatchJob, ...]) -> bool:
        """Tell whether the parts of jobs are still what was sealed."""
        inputs = (job_input(self.objects, job.part_key) for job in jobs)
        return all(found is not None and found.etag == job.part_etag for found, job in zip(inputs, jobs, strict=True))
