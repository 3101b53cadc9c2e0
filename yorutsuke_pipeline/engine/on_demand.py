"""Asking on demand, when the records are too few for a batch job.

The same bodies go to the same model, and the answers are written in batch output form to the same
place, so everything that follows is one path. The service has no token here that would make asking
twice harmless, so each record is marked before it is asked about. A record that is found marked and
without an answer may have been paid for: it is left out, counted as missing, and goes back in line as
an attempt of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.batch_job import COMPLETED, PARTIALLY_COMPLETED, PLANNED, SUBMITTING
from yorutsuke_pipeline.engine.errors import ConfigurationError, ThrottledError
from yorutsuke_pipeline.engine.job_input import parts_of
from yorutsuke_pipeline.engine.meter import NO_METER, Meter
from yorutsuke_pipeline.engine.model_family import family_of
from yorutsuke_pipeline.engine.ports import ModelRefusedError
from yorutsuke_pipeline.engine.streams import json_line, map_bounded, read_json_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import Clock, IntentLedger, ObjectStore, OnDemandModel
    from yorutsuke_pipeline.engine.switch import Gate

# The runtime answers a few requests at once; more would only be throttled.
_AT_ONCE = 4


@dataclass(frozen=True)
class OnDemandRun:
    """One run over a part, with the ports it works through."""

    policy: Policy
    ledger: IntentLedger
    objects: ObjectStore
    model: OnDemandModel
    clock: Clock
    meter: Meter = NO_METER
    gate: Gate | None = None

    def run(self, intent: Intent, job: BatchJob) -> BatchJob:
        """Ask about each record of the job's part; return the job, completed.

        Raises:
            ConfigurationError: Nothing can be asked: credentials, region, the model.
            PausedError: A person has paused submission meanwhile; what was answered is kept for the next run.
        """
        begun = self.clock.now()
        if job.status == PLANNED:
            # From here on something may have been paid for, so the intent is not given up any more.
            job = self.ledger.save_job(replace(job, status=SUBMITTING))
        try:
            self._answer_all(intent, job, self._questions(job))
        except ConfigurationError:
            if next(iter(self.objects.list(layout.asked_folder(intent.intent_id))), None) is None:
                # Nothing was asked, so that the intent can be given up when the setting is mended.
                self.ledger.save_job(replace(job, status=PLANNED))
            raise
        return self._end(job, COMPLETED, begun=begun)

    def end_early(self, intent: Intent, job: BatchJob, fault: str) -> BatchJob:
        """Keep the answers that are there, without asking about what the part says now; return the job, ended.

        Args:
            intent: Whose job it is.
            job: Whose part is no longer what was sealed.
            fault: What is wrong with the part, as the beginning of a sentence.
        """
        listed = read_json_lines(self.objects, layout.records_key_of(job.part_key))
        # The intent may have another job on demand: its pre-flight, or its remainder.
        mine = {document["recordId"] for document in listed if document.get("job", document.get("part")) == job.number}
        answered = self.objects.list(layout.answered_key(intent.intent_id, ""))
        record_ids = (name for stored in answered if (name := stored.key.rpartition("/")[2]) in mine)
        self._answer_all(intent, job, (json_line({"recordId": record_id}) for record_id in record_ids))
        message = f"{fault} after it was sealed, so only what was answered before is kept"
        return self._end(job, PARTIALLY_COMPLETED, begun=self.clock.now(), message=message)

    def _questions(self, job: BatchJob) -> Iterator[bytes]:
        """Yield the lines of all parts; a hundred of the largest requests do not fit into one."""
        for part in parts_of(self.objects, job.part_key):
            yield from self.objects.lines(part.key, longest=self.policy.quotas.line_bytes)

    def _end(self, job: BatchJob, status: str, *, begun: datetime, message: str | None = None) -> BatchJob:
        ended = replace(job, status=status, message=message, job_id=_job_id(job), submitted_at=begun)
        return self.ledger.save_job(replace(ended, completed_at=self.clock.now()))

    def _answer_all(self, intent: Intent, job: BatchJob, lines: Iterable[bytes]) -> None:
        """Write what a batch job would have written: the lines of output, and the summary."""
        counts: Counter[str] = Counter()
        with self.objects.writing(layout.on_demand_output_key(_job_id(job), job.part_key)) as out:
            for answered in self.meter.counting(
                "records asked about on demand",
                map_bounded(lambda line: self._ask(intent, line), lines, workers=_AT_ONCE),
                job.record_count,
            ):
                counts["totalRecordCount"] += 1
                if answered is not None:
                    out.write(json_line(answered))
                    _count(counts, answered, intent.model_id)
        with self.objects.writing(f"{layout.output_folder(_job_id(job))}{layout.SERVICE_MANIFEST}") as out:
            out.write(json_line(dict(counts)))

    def _ask(self, intent: Intent, line: bytes) -> dict[str, Any] | None:
        """Return the record's line of output, or None if it was asked about before and the answer is lost."""
        question = json.loads(line)
        record_id = question["recordId"]
        if self.gate is not None:
            self.gate.check()
        asked = layout.asked_key(intent.intent_id, record_id)
        if not self.objects.create(asked, b""):
            return self._earlier_answer(intent, record_id, question)
        body = json.dumps(question["modelInput"], ensure_ascii=True, separators=(",", ":")).encode("ascii")
        try:
            outcome: dict[str, Any] = {"modelOutput": self.model.invoke(intent.model_id, body)}
        except ModelRefusedError as refusal:
            outcome = {"error": {"errorCode": refusal.code, "errorMessage": refusal.message}}
        except (ThrottledError, ConfigurationError):
            # Certainly not asked, so the next run may.
            self.objects.delete([asked])
            raise
        try:
            kept = json_line(outcome)
        except (ValueError, RecursionError):
            # NaN, for instance, which no later stage could read.
            outcome = {"error": {"errorCode": 502, "errorMessage": "the model's output is not JSON"}}
            kept = json_line(outcome)
        self.objects.create(layout.answered_key(intent.intent_id, record_id), kept)
        return {**question, **outcome}

    def _earlier_answer(self, intent: Intent, record_id: str, question: dict[str, Any]) -> dict[str, Any] | None:
        found = self.objects.read(
            layout.answered_key(intent.intent_id, record_id),
            longest=self.policy.quotas.line_bytes,
        )
        return None if found is None else {**question, **json.loads(found[1])}


def _job_id(job: BatchJob) -> str:
    return f"ondemand-{job.job_name}"


def _count(counts: Counter[str], line: dict[str, Any], model_id: str) -> None:
    counts["processedRecordCount"] += 1
    counts["errorRecordCount" if "error" in line else "successRecordCount"] += 1
    usage = family_of(model_id).answer(line.get("modelOutput")).usage
    counts["inputTokenCount"] += usage.input_tokens
    counts["outputTokenCount"] += usage.output_tokens
