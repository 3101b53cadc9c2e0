"""The manifest: which records an intent asks about, and the parts that ask it. The commit point.

What belongs here: claiming, checking, writing the parts and sealing. Nothing is paid for in this stage.
Killed anywhere, it is run again from its first line and ends with the same intent: claims name the
intent, and parts are written anew until it is sealed. Every run first takes the intent over by saving it
at a new version, which also names its draft: one that stalled and wakes can neither seal its own draft nor
touch that of another.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.dead_letters import DeadLetter, add_dead_letters
from yorutsuke_pipeline.engine.errors import BudgetExceededError, ConfigurationError
from yorutsuke_pipeline.engine.events import Event, EventName
from yorutsuke_pipeline.engine.figures import NO_METRICS, figures_of
from yorutsuke_pipeline.engine.identity import fingerprint
from yorutsuke_pipeline.engine.intake import Claimed, Intake, list_record
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus, ResultStats
from yorutsuke_pipeline.engine.meter import NO_METER, Meter
from yorutsuke_pipeline.engine.model_family import family_of
from yorutsuke_pipeline.engine.opening import Opening
from yorutsuke_pipeline.engine.orders import policy_of
from yorutsuke_pipeline.engine.parts import JobParts, PartWriter
from yorutsuke_pipeline.engine.pictures import Pictures, check_images, pictures_of
from yorutsuke_pipeline.engine.planning import estimate_cost, plan_jobs
from yorutsuke_pipeline.engine.policy import BelowMinimum
from yorutsuke_pipeline.engine.preflight import Preflight, preflight_size
from yorutsuke_pipeline.engine.record import PendingRecord, RecordRejectedError
from yorutsuke_pipeline.engine.room import Room
from yorutsuke_pipeline.engine.sharing import Sharing
from yorutsuke_pipeline.engine.streams import map_bounded
from yorutsuke_pipeline.engine.tokens import question_tokens

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date
    from decimal import Decimal

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.ports import Metrics, QuotaBook
    from yorutsuke_pipeline.engine.quotas import Quotas


@dataclass(frozen=True)
class ManifestReport:
    """What the stage did.

    Attributes:
        intent: The sealed, closed or already sealed intent; None if nothing was opened.
        rejects: Records turned away in this run, counted by kind.
        left_waiting: Records not taken, because they are too few for a batch job and the policy says skip.
        may_leave_more: Whether records may wait for another intent.
        quotas: Those that the parts were made by; None if none were made.
    """

    intent: Intent | None = None
    jobs: tuple[BatchJob, ...] = ()
    rejects: Counter[str] = field(default_factory=Counter)
    left_waiting: int = 0
    quotas: Quotas | None = None
    may_leave_more: bool = False


@dataclass(frozen=True)
class ManifestWriter(Opening):
    """The stage, with the ports it works through: those of `Opening`, the quotas and metrics."""

    quota_book: QuotaBook
    meter: Meter = NO_METER
    metrics: Metrics = NO_METRICS

    def write(self, day: date, *, leaving: Collection[str] = ()) -> ManifestReport:
        """Claim what waits in `day`, as much as an intent may have, write the parts and seal the intent.

        Args:
            day: The day.
            leaving: Intents of the day that are not to be resumed.

        Raises:
            BudgetExceededError: The estimate passes the intent's budget; the intent stays open, nothing is paid.
            ConfigurationError: A setting is wrong; nothing was claimed.
        """
        self._check_settings()
        intent = self.unsubmitted(day, leaving=leaving)
        if intent is not None and intent.status is IntentStatus.MANIFESTED:
            # What it took no longer tells what it left: a claim may have been lost, or the setting changed since.
            return ManifestReport(intent, self.jobs(intent), may_leave_more=True)
        room = self._room(day, intent, self.policy.intent_records)
        if intent is None and room.waiting == 0:
            return ManifestReport()
        informed = self._informed()
        fewest = informed.policy.quotas.fewest_records
        informed.check_division()
        return informed.prepare(day, intent, replace(room, fewest=fewest))

    def write_order(self, intent: Intent) -> ManifestReport:
        """Do the work of `write` for an order that is open: all of its records, with its model and its budget."""
        return replace(self, policy=policy_of(intent, self.policy)).carry_out(intent)

    def carry_out(self, intent: Intent) -> ManifestReport:
        """Do the work of `write` for one open intent, by the policy as it is, whatever its size."""
        self._check_settings()
        informed = self._informed()
        quotas = policy_of(intent, informed.policy).quotas
        informed = replace(informed, policy=replace(informed.policy, quotas=quotas))
        return informed.prepare(intent.day, intent, self._room(intent.day, intent, None))

    def _check_settings(self) -> None:
        check_images(self.workload, self.policy)
        layout.s3_uri(self.objects.bucket, layout.OUTPUT_PREFIX)

    def _room(self, day: date, intent: Intent | None, most: int | None) -> Room:
        """Count what waits, and what an earlier run of this intent has claimed already."""
        name, waiting, claimed = intent.intent_id if intent is not None else None, 0, 0
        for record in self.meter.counting("records found waiting", self.takeable(day, intent)):
            waiting += 1
            claimed += record.intent_id is not None and record.intent_id == name
        return Room(waiting, claimed, most)

    def _informed(self) -> ManifestWriter:
        """Return this stage with the quotas in force, which are asked for only when there is something to write."""
        quotas = self.quota_book.quotas(self.policy.model_id)
        if quotas.most_records < quotas.fewest_records:
            raise ConfigurationError(
                f"a batch job of {self.policy.model_id} takes {quotas.fewest_records} records at least "
                f"({quotas.origin('fewest_records')}) and {quotas.most_records} at most "
                f"({quotas.origin('most_records')}), so there can be none; mend YORUTSUKE_MOST_RECORDS or "
                "YORUTSUKE_FEWEST_RECORDS, then materialize the day again",
            )
        return replace(self, policy=replace(self.policy, quotas=quotas))

    def check_division(self) -> None:
        """Refuse to divide a night into intents that are all too few for a batch job, if the policy skips these.

        Raises:
            ConfigurationError: They would be; nothing was claimed.
        """
        most, quotas = self.policy.intent_records, self.policy.quotas
        if self._is_too_few(most):
            raise ConfigurationError(
                f"an intent has {most} records at most, a batch job of {self.policy.model_id} {quotas.fewest_records} "
                f"at least ({quotas.origin('fewest_records')}), and YORUTSUKE_BELOW_MINIMUM=skip leaves fewer waiting: "
                f"none would ever be asked; set YORUTSUKE_INTENT_RECORDS to {quotas.fewest_records} or more, then "
                "materialize the day again",
            )

    def prepare(self, day: date, intent: Intent | None, room: Room) -> ManifestReport:
        """Do the work of `write` by the policy's quotas."""
        if intent is None and self._is_too_few(room.size):
            return ManifestReport(left_waiting=room.waiting, quotas=self.policy.quotas)
        report = self._fill(intent or self.open(day), room)
        # Given up as too few, though none was turned away: the next intent would be no larger.
        goes_on = not report.left_waiting or report.rejects.total() > 0
        return replace(report, quotas=self.policy.quotas, may_leave_more=room.is_short and goes_on)

    def _is_too_few(self, count: int) -> bool:
        return self.policy.below_minimum is BelowMinimum.SKIP and count < self.policy.quotas.fewest_records

    def _fill(self, intent: Intent, room: Room) -> ManifestReport:
        draft = self.ledger.save(intent)
        intake = Intake(room.size)
        parts = self._write_parts(draft, intake, room)
        planned = plan_jobs(draft, parts, policy=self.policy, ledger=self.ledger, objects=self.objects)
        # Planned first: whoever passes here holds the newest versions of the intent and of its jobs.
        intent = self.ledger.save(draft)
        rejects = self._turn_away(intent, intake.rejected)
        if not parts:
            return ManifestReport(self._close_without_parts(intent, rejects.total()), (), rejects)
        records_key = layout.records_key(draft.intent_id, draft.version)
        if self._is_too_few(sum(job.record_count for job in parts)):
            closed = self.give_up(intent, records_key, rejected_count=rejects.total())
            self.metrics.send(figures_of(closed, dead_letter_count=rejects.total()))
            return ManifestReport(closed, (), rejects, left_waiting=sum(job.record_count for job in parts))
        try:
            sealed, jobs = self._seal(intent, parts, planned, rejects.total())
        except BudgetExceededError as refusal:
            if intent.order is None:
                raise
            # Its caller waits for word, and cannot raise a setting.
            closed = self.give_up(intent, records_key, rejected_count=rejects.total(), note=str(refusal))
            return ManifestReport(closed, (), rejects)
        return ManifestReport(sealed, jobs, rejects)

    def _close_without_parts(self, intent: Intent, rejected: int) -> Intent:
        stats = ResultStats(success_count=0, failure_count=rejected)
        closing = {"rejected_count": rejected, "result": stats, "closed_at": self.clock.now()}
        closed = self.ledger.save(intent.advance(IntentStatus.CLOSED, **closing))
        facts = (("successCount", 0), ("failureCount", rejected))
        self.events.emit(Event(EventName.BATCH_RESULT_COMPLETED, intent.intent_id, intent.trace_id, facts))
        self.metrics.send(figures_of(closed, dead_letter_count=rejected))
        return closed

    def _write_parts(self, draft: Intent, intake: Intake, room: Room) -> list[JobParts]:
        """Write the parts of each job, and the list of their records."""
        takeable = room.taken(draft.intent_id, self.takeable(draft.day, draft))
        asked_first = preflight_size(intake.left, self.policy)
        pictures = pictures_of(self.workload, self.policy, self.objects, draft)
        with ExitStack() as stack:
            records_key = layout.records_key(draft.intent_id, draft.version)
            listing = stack.enter_context(self.objects.writing(records_key))
            parts = stack.enter_context(
                PartWriter(
                    self.objects,
                    draft,
                    self.policy.quotas,
                    begins_with_preflight=asked_first > 0,
                    needs_folder=pictures.needs_folder,
                )
            )
            claim = partial(self._claim, draft, pictures)
            claimed = self.meter.counting(
                "records claimed and written",
                map_bounded(claim, takeable, workers=self.policy.concurrency),
                intake.left,
            )
            for job, record in pictures.placed(self._shared(asked_first, intake, claimed)):
                parts.write(record.line, job=job, input_tokens=record.input_tokens)
                list_record(listing, record, job)
        return parts.jobs

    def _claim(self, intent: Intent, pictures: Pictures, waiting: PendingRecord) -> Claimed | None:
        record = self.pending.claim(waiting.identity, intent.intent_id)
        if record is None:
            return None
        try:
            return self._prepare(record, pictures)
        except RecordRejectedError as error:
            return Claimed(record, reject=error.reject)

    def _prepare(self, record: PendingRecord, pictures: Pictures) -> Claimed:
        """Fetch and check what goes along with the question, and make the record's line."""
        key = self.workload.content_key(record)
        source, content = None, None
        if key is not None:
            found = self.objects.read(key, longest=self.policy.quotas.line_bytes)
            if found is None:
                raise RecordRejectedError("source_missing", f"there is no object {key!r} in the bucket")
            source, content = found
            if source.size > self.policy.quotas.line_bytes:
                raise RecordRejectedError(
                    "too_large",
                    f"{key!r} is {source.size:,} bytes, a request takes {self.policy.quotas.line_bytes:,}",
                )
        prepared = self.workload.prepare(record, content, max_output_tokens=self.policy.max_output_tokens)
        line = pictures.line(record.record_id, prepared.question, family_of(self.policy.model_id))
        size = line.size()
        if size > self.policy.quotas.line_bytes:
            raise RecordRejectedError(
                "too_large",
                f"the request is {size:,} bytes, the model takes {self.policy.quotas.line_bytes:,}",
            )
        tokens = question_tokens(self.policy.model_id, prepared.question)
        return Claimed(record, source, prepared.attributes, tokens, line)

    def _turn_away(self, intent: Intent, rejected: list[Claimed]) -> Counter[str]:
        """Write dead letters first, then take the records out of line: a reason is never lost."""
        pairs = [(claimed.record, claimed.reject) for claimed in rejected if claimed.reject is not None]
        letters = [
            DeadLetter(reject, record.record_id, record.identity, record.attempts, is_final=True)
            for record, reject in pairs
        ]
        kinds = add_dead_letters(self.objects, intent, letters)
        for record, reject in pairs:
            self.pending.fail(
                record.identity,
                intent.intent_id,
                attempts=record.attempts,
                reason=reject.reason,
            )
            facts = (("recordId", record.record_id), ("kind", reject.kind))
            self.events.emit(Event(EventName.RECORD_REJECTED, intent.intent_id, intent.trace_id, facts))
        return kinds

    def _seal(
        self,
        intent: Intent,
        parts: list[JobParts],
        planned: list[BatchJob],
        rejected: int,
    ) -> tuple[Intent, tuple[BatchJob, ...]]:
        """Write down the jobs, then the intent that makes them count. After this nothing changes any more."""
        estimate = self._estimate(parts)
        preflight = None
        if len(parts) > 1 and parts[0].is_preflight:
            # What the rest will cost is held to the budgets when these have shown how many tokens it takes.
            preflight = Preflight(parts[0].record_count, self._estimate(parts[:1]))
        self.spending.check(intent, estimate if preflight is None else preflight.estimate_usd)
        jobs = tuple(self.ledger.save_job(job) for job in planned)
        sealed = intent.advance(
            IntentStatus.MANIFESTED,
            model_id=self.policy.model_id,
            prompt_version=self.workload.prompt_version,
            request_fingerprint=fingerprint({"tokens": [job.client_request_token for job in jobs]}),
            record_count=sum(job.record_count for job in parts),
            rejected_count=rejected,
            job_count=len(jobs),
            input_bytes=sum(job.byte_count for job in parts),
            estimate_usd=estimate,
            preflight=preflight,
        )
        return self.ledger.save(sealed), jobs

    def _estimate(self, parts: list[JobParts]) -> Decimal | None:
        return estimate_cost(parts, workload=self.workload, policy=self.policy, prices=self.spending.prices)

    def _shared(
        self, asked_first: int, intake: Intake, claimed: Iterable[Claimed | None]
    ) -> Iterator[tuple[int, Claimed]]:
        """Yield what is to be asked about with the number of its job; the first are the pre-flight's."""
        accepted = intake.accepted(claimed)
        yield from ((1, record) for record in islice(accepted, asked_first))
        sharing = Sharing(self.policy.quotas, Claimed.size, lambda: intake.left)
        yield from ((job + (asked_first > 0), record) for job, record in sharing.share(accepted))
