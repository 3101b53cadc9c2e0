"""Judging kept answers: each becomes a row, or a reject with its reason, or neither if it was never given.

What belongs here: the judgement alone, the same however often it is passed. What follows from it, rows and
dead letters and places in line, is `results.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from yorutsuke_pipeline.engine.answers import check_complete
from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.likenesses import Likenesses
from yorutsuke_pipeline.engine.model_family import ModelAnswer
from yorutsuke_pipeline.engine.raw_output import Outcome
from yorutsuke_pipeline.engine.record import RecordRejectedError, Reject
from yorutsuke_pipeline.engine.streams import chunked, map_bounded
from yorutsuke_pipeline.engine.workload import AnswerContext, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import ResultTable
    from yorutsuke_pipeline.engine.workload import Workload

# Rows that are compared with each other before any is passed on; some hundred kilobytes.
_CHUNK = 100
# Whose neighbours are read at once: a chunk takes a call for each ten of its users, one after the other.
_CHUNKS_AT_ONCE = 12
# And of these so many at first, so that the first rows are not written only when twelve chunks are judged.
_CHUNKS_AT_FIRST = 3


class Judged(NamedTuple):
    """A kept answer (a document of `answers.jsonl`) with its row, or with the reason why there is none."""

    document: dict[str, Any]
    row: Row | None = None
    reject: Reject | None = None


@dataclass(frozen=True)
class _Chunk:
    """Judgements that are compared with each other, and the neighbourhoods that nobody has read yet."""

    judged: list[Judged]
    unread: list[tuple[str, str]]


@dataclass(frozen=True)
class Judge:
    """Judges answers."""

    workload: Workload
    table: ResultTable

    def judge(self, intent: Intent, documents: Iterable[dict[str, Any]], *, extracted_at: datetime) -> Iterator[Judged]:
        """Yield the judgement on each document, in their order, as they come.

        Accepted rows are compared with the stored rows of their neighbourhoods and with each other.

        Args:
            intent: The intent that asked.
            documents: Lines of its `answers.jsonl`.
            extracted_at: When they were judged first; the rows bear it.
        """
        with Likenesses() as likenesses:

            def chunks() -> Iterator[_Chunk]:
                for some in chunked(documents, _CHUNK):
                    judged = [self._judged(intent, document, extracted_at) for document in some]
                    places = (self.workload.neighbourhood(entry.row) for entry in judged if entry.row is not None)
                    yield _Chunk(judged, likenesses.visit(place for place in places if place is not None))

            # The next chunks are judged, and their neighbours read, while this one is passed on.
            read = map_bounded(self._with_neighbours, chunks(), workers=_CHUNKS_AT_ONCE, at_first=_CHUNKS_AT_FIRST)
            for chunk, stored in read:
                likenesses.add(stored)
                yield from self._compared(chunk.judged, likenesses)

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

    def _with_neighbours(self, chunk: _Chunk) -> tuple[_Chunk, list[tuple[str, str]]]:
        """Return a chunk and how the stored rows look that lie in its unread neighbourhoods."""
        return chunk, [look for row in self.table.neighbours(chunk.unread) if (look := self._look(row)) is not None]

    def _compared(self, judged: list[Judged], likenesses: Likenesses) -> Iterator[Judged]:
        looks = [None if entry.row is None else self._look(entry.row) for entry in judged]
        likenesses.add(look for look in looks if look is not None)
        shared = likenesses.shared([look[0] for look in looks if look is not None])
        for look, entry in zip(looks, judged, strict=True):
            if entry.row is not None and look is not None and look[0] in shared:
                yield Judged(entry.document, self.workload.mark_alike(entry.row), None)
            else:
                yield entry

    def _look(self, row: Row) -> tuple[str, str] | None:
        """Return a row's likeness and its name; None if it looks like no other."""
        likeness = self.workload.likeness(row)
        return None if likeness is None else (likeness, "/".join(self.table.key(row).values()))
