"""The archive: what was accepted leaves the inbox, and the intent is closed. The last stage.

A source is deleted only after its result is stored (the stage before), its copy is verified and its row
is marked. One that cannot be copied stays where it is, and its result says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.day_account import unmended_endings
from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.events import Event, EventName
from yorutsuke_pipeline.engine.figures import NO_METRICS, figures_of
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus, ResultStats
from yorutsuke_pipeline.engine.meter import NO_METER, Meter
from yorutsuke_pipeline.engine.ports import StoredObject
from yorutsuke_pipeline.engine.results import Ending
from yorutsuke_pipeline.engine.retrying import day_waits
from yorutsuke_pipeline.engine.streams import check_complete_list, chunked, map_bounded, read_json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import (
        Clock,
        EventLog,
        IntentLedger,
        Metrics,
        ObjectStore,
        PendingRecords,
        Publisher,
        ResultTable,
    )
    from yorutsuke_pipeline.engine.workload import Row, Workload

# DeleteObjects takes at most 1,000 keys.
_DELETED_AT_ONCE = 1000
_READ_AT_ONCE = 1000


@dataclass
class ArchiveReport:
    """What the stage did.

    Attributes:
        closed: Intents that are finished now, with their result.
        archived_count: Sources copied, verified and deleted.
        failures: Why sources stay where they are, counted.
        published: What became of results where they were published, counted.
        bad_endings: The jobs of `closed` that did not complete; with nothing closed, those of the day's last
            intent, as long as something waits in the day that they may have left.
    """

    closed: list[Intent] = field(default_factory=list)
    archived_count: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    published: Counter[str] = field(default_factory=Counter)
    bad_endings: list[BatchJob] = field(default_factory=list)


@dataclass(frozen=True)
class Archiver:
    """The stage, with the ports it works through."""

    workload: Workload
    policy: Policy
    pending: PendingRecords
    ledger: IntentLedger
    objects: ObjectStore
    table: ResultTable
    events: EventLog
    clock: Clock
    meter: Meter = NO_METER
    metrics: Metrics = NO_METRICS
    publisher: Publisher | None = None

    def archive(self, day: date, *, only: str | None = None) -> ArchiveReport:
        """Archive the sources of the day's recorded intents, or of one, publish their results, and close them.

        Raises:
            ManifestChangedError: The outcomes are no longer those that were recorded; the intent stays open.
        """
        report = ArchiveReport()
        for intent in intents_in(self.ledger, self.workload.name, day, IntentStatus.RECORDED, only=only):
            dead_letter_count = intent.rejected_count + self._archive(intent, report)
            if self.publisher is not None:
                report.published.update(self.publisher.publish(intent, self._rows(intent)))
            jobs = self.ledger.jobs(intent.intent_id)[: intent.job_count]
            bad = [job for job in jobs if not job.ended_well]
            # Told before it is closed: a run that dies here tells it twice, never not at all.
            self._tell(intent, bad)
            report.closed.append(self._close(intent, dead_letter_count))
            report.bad_endings.extend(bad)
        if not report.closed and day_waits(self.pending, self.ledger, self.workload.name, day):
            # Another run has closed it, or this one's predecessor died before it could say how it ended.
            report.bad_endings.extend(unmended_endings(self.ledger, self.workload.name, day))
        return report

    def _archive(self, intent: Intent, report: ArchiveReport) -> int:
        """Archive the sources of what was accepted; return how many records wait for a person instead."""
        final_count = 0

        def accepted() -> Iterator[dict[str, Any]]:
            nonlocal final_count
            for outcome in read_json_lines(self.objects, layout.outcomes_key(intent.intent_id)):
                if outcome["ending"] == Ending.ACCEPTED:
                    yield outcome
                else:
                    final_count += outcome["isFinal"]

        found = 0
        count = intent.result.success_count if intent.result is not None else None
        for chunk in self.meter.counting("sources archived", chunked(accepted(), _DELETED_AT_ONCE), count, size=len):
            found += len(chunk)
            copies = map_bounded(partial(self._copy, intent), chunk, workers=self.policy.concurrency)
            done = list(copies)
            archived = [source for source, _ in done if source is not None]
            # What lies there by now may be a new upload under the old name: that one is not ours to delete.
            replaced = self.objects.delete_unchanged(archived)
            report.archived_count += len(archived)
            report.failures.update(failure for _, failure in done if failure is not None)
            report.failures.update("the source was replaced after it was copied" for _ in replaced)
        expected = intent.result.success_count if intent.result is not None else found
        check_complete_list(layout.outcomes_key(intent.intent_id), expected, found)
        return final_count

    def _rows(self, intent: Intent) -> Iterator[Row]:
        """Yield an intent's results, as the table has them: also those that a person has edited since."""
        outcomes = read_json_lines(self.objects, layout.outcomes_key(intent.intent_id))
        accepted = (outcome["resultKey"] for outcome in outcomes if outcome["ending"] == Ending.ACCEPTED)
        for keys in chunked(accepted, _READ_AT_ONCE):
            yield from self.table.read(keys)

    def _copy(self, intent: Intent, outcome: dict[str, Any]) -> tuple[StoredObject | None, str | None]:
        """Copy one source and mark its record; return what to delete, or why it must stay."""
        identity = outcome["identity"]
        if outcome["source"] is None:
            self.pending.finish(identity, intent.intent_id, archived_key=None)
            return None, None
        source = StoredObject(**outcome["source"])
        key = layout.archive_key(intent.day, outcome["recordId"], source.key)
        copied = self.objects.copy(source, key) or self._copied_before(source, key)
        failure = None if copied is not None else self._why_not(source)
        if failure is not None:
            self.table.mark_archive_failed(outcome["resultKey"], failure)
        archived_key = key if copied is not None else None
        if not self.pending.finish(identity, intent.intent_id, archived_key=archived_key):
            return None, "its claim is gone; another intent has it"
        return (source, None) if copied is not None else (None, failure)

    def _copied_before(self, source: StoredObject, key: str) -> StoredObject | None:
        """Return the copy that an earlier run made before it deleted the source, if that is what happened."""
        if self.objects.head(source.key) is not None:
            return None
        copied = self.objects.head(key)
        return copied if copied is not None and copied.size == source.size else None

    def _why_not(self, source: StoredObject) -> str:
        current = self.objects.head(source.key)
        if current is None:
            return "the source is gone"
        return "the source was replaced after it was read" if current.etag != source.etag else "the copy failed"

    def _tell(self, intent: Intent, bad_endings: list[BatchJob]) -> None:
        for job in bad_endings:
            facts = (("job", job.job_name), ("jobId", job.job_id or ""), ("status", job.status))
            self.events.emit(Event(EventName.BATCH_FAILED, intent.intent_id, intent.trace_id, facts))

    def _close(self, intent: Intent, dead_letter_count: int) -> Intent:
        closed = self.ledger.save(intent.advance(IntentStatus.CLOSED, closed_at=self.clock.now()))
        stats = closed.result or ResultStats(0, 0)
        facts = (("successCount", stats.success_count), ("failureCount", stats.failure_count))
        self.events.emit(Event(EventName.BATCH_RESULT_COMPLETED, intent.intent_id, intent.trace_id, facts))
        # After the close, which only one run wins: a figure that is sent twice is counted twice.
        self.metrics.send(figures_of(closed, dead_letter_count=dead_letter_count))
        return closed
