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
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.cost import check_budget
from yorutsuke_pipeline.engine.dead_letters import DeadLetter, add_dead_letters
from yorutsuke_pipeline.engine.events import Event, EventName
from yorutsuke_pipeline.engine.identity import fingerprint
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus, ResultStats
from yorutsuke_pipeline.engine.meter import NO_METER, Meter
from yorutsuke_pipeline.engine.model_family import family_of
from yorutsuke_pipeline.engine.opening import Opening
from yorutsuke_pipeline.engine.parts import Part, PartWriter, input_line
from yorutsuke_pipeline.engine.planning import estimate_cost, plan_jobs
from yorutsuke_pipeline.engine.policy import BelowMinimum
from yorutsuke_pipeline.engine.quotas import balanced_size
from yorutsuke_pipeline.engine.record import PendingRecord, RecordRejectedError, Reject
from yorutsuke_pipeline.engine.streams import json_line, map_bounded
from yorutsuke_pipeline.engine.tokens import question_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.ports import ObjectWriter, PriceList, StoredObject


@dataclass(frozen=True)
class ManifestReport:
    """What the stage did.

    Attributes:
        intent: The sealed, closed or already sealed intent; None if nothing was opened.
        rejects: Records turned away in this run, counted by kind.
        left_waiting: Records not taken, because they are too few for a batch job and the policy says skip.
    """

    intent: Intent | None = None
    jobs: tuple[BatchJob, ...] = ()
    rejects: Counter[str] = field(default_factory=Counter)
    left_waiting: int = 0


@dataclass(frozen=True)
class _Claimed:
    """A claimed record with what became of preparing it: exactly one of `line` and `reject`.

    Of an image there is only the line: as many of these are held as calls are made ahead.
    """

    record: PendingRecord
    source: StoredObject | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    input_tokens: int = 0
    line: tuple[bytes, ...] = ()
    reject: Reject | None = None


@dataclass(frozen=True)
class ManifestWriter(Opening):
    """The stage, with the ports it works through (those of `Opening`, and prices)."""

    prices: PriceList
    meter: Meter = NO_METER

    def write(self, day: date) -> ManifestReport:
        """Claim what waits in `day`, write the parts and seal the intent.

        Raises:
            BudgetExceededError: The estimate passes the budget; the intent stays open, nothing is paid.
            ConfigurationError: A setting is wrong; nothing was claimed.
        """
        family_of(self.policy.model_id)
        layout.s3_uri(self.objects.bucket, layout.OUTPUT_PREFIX)
        intent = self.unsubmitted(day)
        if intent is not None and intent.status is IntentStatus.MANIFESTED:
            return ManifestReport(intent, self.jobs(intent))
        waiting = sum(1 for _ in self.meter.counting("records found waiting", self.takeable(day, intent)))
        if intent is None:
            if waiting == 0:
                return ManifestReport()
            if self._is_too_few(waiting):
                return ManifestReport(left_waiting=waiting)
            intent = self.open(day)
        return self._fill(intent, waiting)

    def _is_too_few(self, count: int) -> bool:
        return self.policy.below_minimum is BelowMinimum.SKIP and count < self.policy.quotas.fewest_records

    def _fill(self, intent: Intent, waiting: int) -> ManifestReport:
        draft = self.ledger.save(intent)
        rejected: list[_Claimed] = []
        parts = self._write_parts(draft, waiting, rejected)
        planned = plan_jobs(draft, parts, policy=self.policy, ledger=self.ledger, objects=self.objects)
        # Planned first: whoever passes here holds the newest versions of the intent and of its jobs.
        intent = self.ledger.save(draft)
        rejects = self._turn_away(intent, rejected)
        if not parts:
            return ManifestReport(self._close_without_parts(intent, rejects.total()), (), rejects)
        if self._is_too_few(sum(part.record_count for part in parts)):
            records_key = layout.records_key(draft.intent_id, draft.version)
            closed = self.give_up(intent, records_key, rejected_count=rejects.total())
            return ManifestReport(closed, (), rejects, left_waiting=sum(part.record_count for part in parts))
        sealed, jobs = self._seal(intent, parts, planned, rejects.total())
        return ManifestReport(sealed, jobs, rejects)

    def _close_without_parts(self, intent: Intent, rejected: int) -> Intent:
        stats = ResultStats(success_count=0, failure_count=rejected)
        closing = {"rejected_count": rejected, "result": stats, "closed_at": self.clock.now()}
        closed = self.ledger.save(intent.advance(IntentStatus.CLOSED, **closing))
        facts = (("successCount", 0), ("failureCount", rejected))
        self.events.emit(Event(EventName.BATCH_RESULT_COMPLETED, intent.intent_id, intent.trace_id, facts))
        return closed

    def _write_parts(self, draft: Intent, waiting: int, rejected: list[_Claimed]) -> list[Part]:
        """Write parts and the list of their records; put those that are turned away into `rejected`."""
        takeable = self.takeable(draft.day, draft)
        size = balanced_size(waiting, self.policy.quotas)
        with ExitStack() as stack:
            records_key = layout.records_key(draft.intent_id, draft.version)
            listing = stack.enter_context(self.objects.writing(records_key))
            parts = stack.enter_context(PartWriter(self.objects, draft, self.policy.quotas, size))
            claim = partial(self._claim, draft)
            for claimed in self.meter.counting(
                "records claimed and written",
                map_bounded(claim, takeable, workers=self.policy.concurrency),
                waiting,
            ):
                if claimed is None:
                    continue
                if claimed.reject is not None:
                    rejected.append(claimed)
                else:
                    part = parts.write(claimed.line, input_tokens=claimed.input_tokens)
                    _list_record(listing, claimed, part)
        return parts.parts

    def _claim(self, intent: Intent, waiting: PendingRecord) -> _Claimed | None:
        record = self.pending.claim(waiting.identity, intent.intent_id)
        if record is None:
            return None
        try:
            return self._prepare(record)
        except RecordRejectedError as error:
            return _Claimed(record, reject=error.reject)

    def _prepare(self, record: PendingRecord) -> _Claimed:
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
        line = input_line(record.record_id, prepared.question, family_of(self.policy.model_id))
        size = sum(map(len, line))
        if size > self.policy.quotas.line_bytes:
            raise RecordRejectedError(
                "too_large",
                f"the request is {size:,} bytes, the model takes {self.policy.quotas.line_bytes:,}",
            )
        tokens = question_tokens(self.policy.model_id, prepared.question)
        return _Claimed(record, source, prepared.attributes, tokens, line)

    def _turn_away(self, intent: Intent, rejected: list[_Claimed]) -> Counter[str]:
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
        parts: list[Part],
        planned: list[BatchJob],
        rejected: int,
    ) -> tuple[Intent, tuple[BatchJob, ...]]:
        """Write down the jobs, then the intent that makes them count. After this nothing changes any more."""
        estimate = estimate_cost(parts, workload=self.workload, policy=self.policy, prices=self.prices)
        check_budget(estimate, self.policy.budget_usd, intent_id=intent.intent_id)
        jobs = tuple(self.ledger.save_job(job) for job in planned)
        sealed = intent.advance(
            IntentStatus.MANIFESTED,
            model_id=self.policy.model_id,
            prompt_version=self.workload.prompt_version,
            request_fingerprint=fingerprint({"tokens": [job.client_request_token for job in jobs]}),
            record_count=sum(part.record_count for part in parts),
            rejected_count=rejected,
            job_count=len(jobs),
            input_bytes=sum(part.byte_count for part in parts),
            estimate_usd=estimate,
        )
        return self.ledger.save(sealed), jobs


def _list_record(listing: ObjectWriter, claimed: _Claimed, part: int) -> None:
    """Write what later stages need of a record, so that none of them reads its row again."""
    source = claimed.source
    document = {
        "recordId": claimed.record.record_id,
        "identity": claimed.record.identity,
        "attempts": claimed.record.attempts,
        "lastReason": claimed.record.last_reason,
        "part": part,
        "source": {"key": source.key, "size": source.size, "etag": source.etag} if source else None,
        "attributes": dict(claimed.attributes),
    }
    listing.write(json_line(document))
