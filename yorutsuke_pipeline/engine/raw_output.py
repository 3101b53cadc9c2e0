"""Raw output: one pass over what the jobs wrote, until every claimed record has an outcome.

Whatever a job's ending, what it answered is kept. Each record of the manifest ends as *answered*,
*refused* (an error line) or *missing*; lines that cannot be read, that name nobody's record or that
come twice are counted and kept out. What is written is small: the echoed input is left behind.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.batch_job import BatchJob, JobMode
from yorutsuke_pipeline.engine.cost import TokenUsage, total
from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.events import Event, EventName
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.meter import NO_METER, Meter
from yorutsuke_pipeline.engine.model_family import family_of
from yorutsuke_pipeline.engine.output_line import OutputLine, excerpt, read_output_line
from yorutsuke_pipeline.engine.record import Reject
from yorutsuke_pipeline.engine.record_index import RecordIndex
from yorutsuke_pipeline.engine.streams import json_line, read_json_lines
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from yorutsuke_pipeline.engine.ports import Clock, EventLog, IntentLedger, ObjectStore, ObjectWriter
    from yorutsuke_pipeline.engine.spending import Spending
    from yorutsuke_pipeline.engine.watching import Watch
    from yorutsuke_pipeline.engine.workload import Workload

# An output line is the input line (at most 25 MB) with an answer; a longer one is cut and rejected.
_LONGEST_LINE = 32_000_000
_LONGEST_SUMMARY = 1_000_000
# A text of this length is no answer to anything asked here; what is kept must fit a line that stages can read.
_LONGEST_KEPT = 150_000
_WAITING = (IntentStatus.OPEN, IntentStatus.MANIFESTED)
_RESUMED = (IntentStatus.COLLECTED, IntentStatus.RECORDED)


class Outcome(Word):
    """What became of a record, or of a line that belongs to none."""

    ANSWERED = "answered"
    REFUSED = "refused"
    MISSING = "missing"
    UNREADABLE_LINE = "unreadable_line"
    UNKNOWN_LINE = "unknown_line"
    DOUBLED_LINE = "doubled_line"


@dataclass(frozen=True)
class RawOutputReport:
    """What the stage did.

    Attributes:
        waiting: Intents of the day whose jobs have not all ended, or are not all submitted.
        collected: Intents whose outcomes are all written down now.
        resumed: Intents that an earlier run collected and that no run has closed.
        jobs: The jobs of `collected`.
        counts: Outcomes of records and lines, over all of `collected`.
        disagreements: Where the service's own summary differs from its lines.
    """

    waiting: tuple[Intent, ...] = ()
    collected: tuple[Intent, ...] = ()
    resumed: tuple[Intent, ...] = ()
    jobs: tuple[BatchJob, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)
    disagreements: tuple[str, ...] = ()

    @property
    def must_wait(self) -> bool:
        """Whether there is nothing for the later stages to do before the day's jobs have ended."""
        return bool(self.waiting) and not self.collected and not self.resumed


@dataclass(frozen=True)
class RawOutputCollector:
    """The stage, with the ports it works through."""

    workload: Workload
    ledger: IntentLedger
    objects: ObjectStore
    watch: Watch
    spending: Spending
    events: EventLog
    meter: Meter = NO_METER

    @property
    def clock(self) -> Clock:
        """The time, as the rules of watching have it."""
        return self.watch.clock

    def collect(self, day: date, *, only: str | None = None) -> RawOutputReport:
        """Write down the outcome of every record of the day's intents, or of one, whose jobs have ended.

        Raises:
            PermanentError: The outcomes do not add up to the manifest; nothing was released.
        """
        there = intents_in(self.ledger, self.workload.name, day, *IntentStatus, only=only)
        submitted = [intent for intent in there if intent.status is IntentStatus.SUBMITTED]
        waiting = [intent for intent in there if intent.status in _WAITING]
        resumed = [intent for intent in there if intent.status in _RESUMED]
        collected: list[Intent] = []
        jobs: list[BatchJob] = []
        counts: Counter[str] = Counter()
        disagreements: list[str] = []
        for progress in self.watch.look(submitted):
            if not progress.is_ready:
                waiting.append(progress.intent)
                continue
            run = _Collection(self.objects, progress.intent, progress.jobs, self.meter)
            collected.append(self._collect_one(run, progress.jobs))
            jobs.extend(run.jobs)
            counts.update(run.counts)
            disagreements.extend(run.disagreements)
        return RawOutputReport(
            waiting=tuple(waiting),
            collected=tuple(collected),
            resumed=tuple(resumed),
            jobs=tuple(jobs),
            counts=counts,
            disagreements=tuple(disagreements),
        )

    def _collect_one(self, run: _Collection, known: tuple[BatchJob, ...]) -> Intent:
        intent, began = run.intent, self.clock.now()
        self.events.emit(Event(EventName.BATCH_RESULT_STARTED, intent.intent_id, intent.trace_id))
        records = run.write()
        found = sum(run.counts[outcome] for outcome in (Outcome.ANSWERED, Outcome.REFUSED, Outcome.MISSING))
        if found != intent.record_count or records != intent.record_count:
            raise PermanentError(
                f"{intent.intent_id}: {found} outcomes for {records} listed and {intent.record_count} claimed records; "
                f"{run.records_key} is not what was sealed. Nothing was written or released",
            )
        for before, job in zip(known, run.jobs, strict=True):
            if job != before:
                self.ledger.save_job(job)
        cost, on_demand = self._cost(run)
        # Before the intent says so: a run that dies in between settles the same again.
        self.spending.settle(intent, cost, on_demand, run.usage)
        return self.ledger.save(
            intent.advance(
                IntentStatus.COLLECTED,
                usage=run.usage,
                cost_usd=cost,
                on_demand_usd=on_demand,
                collecting_since=began,
            ),
        )

    def _cost(self, run: _Collection) -> tuple[Decimal | None, Decimal | None]:
        """Return what the output cost, and what it would have cost on demand, in USD; None for an unknown price."""
        price = self.spending.prices.price(run.intent.model_id)
        if price is None:
            return None, None
        paid = [price.cost(job.usage, batch=job.mode is JobMode.BATCH) for job in run.jobs if job.usage is not None]
        return total([*paid]), price.cost(run.usage, batch=False)


class _Collection:
    """One intent's pass: reads its jobs' output once, in whatever order it comes."""

    def __init__(self, objects: ObjectStore, intent: Intent, jobs: tuple[BatchJob, ...], meter: Meter) -> None:
        self.intent = intent
        self.counts: Counter[str] = Counter()
        self.usage_by_job: dict[int, TokenUsage] = {}
        self.disagreements: list[str] = []
        self._objects = objects
        self._jobs = jobs
        self._meter = meter
        self._family = family_of(intent.model_id)

    @property
    def records_key(self) -> str:
        """The key of the manifest that was sealed; every intent that is submitted has a part."""
        return layout.records_key_of(self._jobs[0].part_key)

    @property
    def usage(self) -> TokenUsage:
        """Tokens of all answers, as the model counted them."""
        return sum(self.usage_by_job.values(), TokenUsage())

    @property
    def jobs(self) -> tuple[BatchJob, ...]:
        """The intent's jobs, each with the tokens of its answers."""
        return tuple(replace(job, usage=self.usage_by_job.get(job.number, TokenUsage())) for job in self._jobs)

    def write(self) -> int:
        """Write the answers' file; return how many records the manifest lists."""
        with RecordIndex() as index:
            listed = index.load(read_json_lines(self._objects, self.records_key))
            with self._objects.writing(layout.answers_key(self.intent.intent_id)) as out:
                records = self.intent.record_count
                for job in self._meter.counting("records of all jobs read", self._jobs, records, size=_records_of):
                    self._read_job(job, index, out)
        return listed

    def _read_job(self, job: BatchJob, index: RecordIndex, out: ObjectWriter) -> None:
        before = self.counts.copy()
        lines_read = f"lines of {job.job_name} read"
        for key, number, line in self._meter.counting(lines_read, self._lines(job), job.record_count):
            read = read_output_line(line, self._family, longest=_LONGEST_LINE)
            place = {"jobId": job.job_id, "file": key, "line": number}
            if isinstance(read, Reject):
                self.counts[Outcome.UNREADABLE_LINE] += 1
                rejected = {"outcome": Outcome.UNREADABLE_LINE, "kind": read.kind, "reason": read.reason}
                out.write(json_line({**place, **rejected, "raw": excerpt(line)}))
                continue
            record, is_first = index.take(read.record_id, job.number)
            if record is None or not is_first:
                self.counts[Outcome.UNKNOWN_LINE if record is None else Outcome.DOUBLED_LINE] += 1
                self._add_usage(job, read)
                continue
            out.write(json_line({**record, **place, **self._outcome(job, read)}))
        self._compare(job, self.counts - before)
        # Here and not after the last job, so that all that concerns one job stands together.
        for record in index.left(job.number):
            self.counts[Outcome.MISSING] += 1
            missing = {"outcome": Outcome.MISSING, "jobId": job.job_id, "jobEndedWell": job.ended_well}
            out.write(json_line({**record, **missing}))

    def _lines(self, job: BatchJob) -> Iterator[tuple[str, int, bytes]]:
        """Yield key, line number from 1 and content of each line that is not blank."""
        if job.job_id is None:
            return
        for stored in self._objects.list(layout.output_folder(job.job_id)):
            if stored.key.endswith(".out") and not stored.key.endswith(layout.SERVICE_MANIFEST):
                lines = self._objects.lines(stored.key, longest=_LONGEST_LINE, in_ranges=True)
                for number, line in enumerate(lines, start=1):
                    if line.strip():
                        yield stored.key, number, line

    def _outcome(self, job: BatchJob, read: OutputLine) -> dict[str, Any]:
        self._add_usage(job, read)
        if read.answer is None:
            self.counts[Outcome.REFUSED] += 1
            code, message = (read.refusal.code, read.refusal.message) if read.refusal else ("unknown", "")
            return {"outcome": Outcome.REFUSED, "errorCode": code[:100], "errorMessage": message[:1000]}
        self.counts[Outcome.ANSWERED] += 1
        return {
            "outcome": Outcome.ANSWERED,
            "text": read.answer.text[:_LONGEST_KEPT],
            "stopReason": (read.answer.stop_reason or "")[:100] or None,
            "inputTokens": read.answer.usage.input_tokens,
            "outputTokens": read.answer.usage.output_tokens,
        }

    def _add_usage(self, job: BatchJob, read: OutputLine) -> None:
        if read.answer is not None:
            so_far = self.usage_by_job.get(job.number, TokenUsage())
            self.usage_by_job[job.number] = so_far + read.answer.usage

    def _compare(self, job: BatchJob, found: Counter[str]) -> None:
        """Hold the service's own summary against its lines. It is a hint for a person, nothing more."""
        if job.job_id is None:
            return
        key = layout.output_folder(job.job_id) + layout.SERVICE_MANIFEST
        summary = _summary(self._objects, key)
        if summary is None:
            if job.ended_well:
                self.disagreements.append(f"{job.job_id}: no readable {layout.SERVICE_MANIFEST}")
            return
        lines = sum(found.values())
        said = summary.get("processedRecordCount")
        if isinstance(said, int) and said != lines:
            self.disagreements.append(
                f"{job.job_id}: the service counts {said} processed records, its files hold {lines}"
            )


def _records_of(job: BatchJob) -> int:
    return job.record_count


def _summary(objects: ObjectStore, key: str) -> dict[str, Any] | None:
    """Return the service's summary of a job, or None if there is none that can be read."""
    found = objects.read(key, longest=_LONGEST_SUMMARY)
    if found is None:
        return None
    try:
        document = json.loads(found[1])
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
