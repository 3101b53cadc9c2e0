"""Judging kept answers: each becomes a row, or a reject with its reason, or neither if it was never given.

What belongs here: the judgement alone, the same however often it is passed. What follows from it, rows and
dead letters and places in line, is `results.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.answers import check_complete
from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.model_family import ModelAnswer
from yorutsuke_pipeline.engine.raw_output import Outcome
from yorutsuke_pipeline.engine.record import RecordRejectedError, Reject
from yorutsuke_pipeline.engine.streams import map_bounded
from yorutsuke_pipeline.engine.workload import AnswerContext, Row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import ResultTable
    from yorutsuke_pipeline.engine.workload import Workload


@dataclass(frozen=True)
class Judged:
    """A kept answer (a document of `answers.jsonl`) with its row, or with the reason why there is none."""

    document: dict[str, Any]
    row: Row | None = None
    reject: Reject | None = None


@dataclass(frozen=True)
class Judge:
    """Judges answers. `concurrency` neighbourhoods are read at once."""

    workload: Workload
    table: ResultTable
    concurrency: int

    def judge(self, intent: Intent, documents: Iterable[dict[str, Any]], *, extracted_at: datetime) -> list[Judged]:
        """Return the judgement on each document, in their order; accepted rows are compared with their neighbours.

        Args:
            intent: The intent that asked.
            documents: Some lines of its `answers.jsonl`.
            extracted_at: When they were judged first; the rows bear it.
        """
        return self._compared([self._judged(intent, document, extracted_at) for document in documents])

    def _judged(self, intent: Intent, document: dict[str, Any], extracted_at: datetime) -> Judged:
        outcome = document["outcome"]
        if outcome == Outcome.MISSING:
            # Of a job that ended badly it was never asked about; of one that ended well, in vain.
            lost = Reject("no_answer", "the job completed without a line for this record")
            return Judged(document, reject=lost if document["jobEndedWell"] else None)
        if outcome == Outcome.UNREADABLE_LINE:
            return Judged(document, reject=Reject(document["kind"], document["reason"]))
        if outcome == Outcome.REFUSED:
            reason = f"the model refused with {document['errorCode']}: {document['errorMessage']}"
            return Judged(document, reject=Reject.because("refused", reason))
        usage = TokenUsage(document["inputTokens"], document["outputTokens"])
        answer = ModelAnswer(document["text"], document["stopReason"], usage)
        context = AnswerContext(
            record_id=document["recordId"],
            identity=document["identity"],
            attributes=document["attributes"],
            job_id=document["jobId"],
            intent_id=intent.intent_id,
            trace_id=intent.trace_id,
            model_id=intent.model_id,
            prompt_version=intent.prompt_version,
            usage=usage,
            extracted_at=extracted_at,
        )
        try:
            check_complete(answer)
            return Judged(document, row=self.workload.read_answer(answer, context))
        except RecordRejectedError as error:
            return Judged(document, reject=error.reject)

    def _compared(self, judged: list[Judged]) -> list[Judged]:
        """Compare each row with the stored rows, and those of this chunk, that share its neighbourhood."""
        groups: dict[tuple[str, str], list[Row]] = {}
        for entry in judged:
            place = self.workload.neighbourhood(entry.row) if entry.row is not None else None
            if place is not None and entry.row is not None:
                groups.setdefault(place, []).append(entry.row)
        for place, stored in zip(
            groups,
            map_bounded(self.table.neighbours, groups, workers=self.concurrency),
            strict=True,
        ):
            groups[place].extend(stored)
        return [self._with_neighbours(entry, groups) for entry in judged]

    def _with_neighbours(self, entry: Judged, groups: dict[tuple[str, str], list[Row]]) -> Judged:
        if entry.row is None:
            return entry
        place = self.workload.neighbourhood(entry.row)
        neighbours = groups[place] if place is not None else []
        return Judged(entry.document, self.workload.compare(entry.row, neighbours), None)
