"""Results: what the answers become.

Each answer is judged (`judging.py`); good ones become rows, rejects become dead letters, and records that
got no good answer go back in line or wait for a person.

The order, so that a run killed anywhere can be run again: rows and dead letters first (writing them
again changes nothing), then the records' own rows, each under the claim it relies on, and the intent
last.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.dead_letters import DeadLetter, DeadLetterWriter
from yorutsuke_pipeline.engine.events import Event, EventName
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus, ResultStats
from yorutsuke_pipeline.engine.judging import Judge, Judged
from yorutsuke_pipeline.engine.meter import NO_METER, Meter
from yorutsuke_pipeline.engine.streams import (
    check_complete_list,
    chunked,
    json_line,
    map_bounded,
    read_json_lines,
)
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from datetime import date

    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import (
        Clock,
        EventLog,
        IntentLedger,
        ObjectStore,
        ObjectWriter,
        PendingRecords,
        ResultTable,
    )
    from yorutsuke_pipeline.engine.workload import Row, Workload

# Rows that are written by one thread, while others write theirs and the next ones are judged: as many as DynamoDB
# lets one read at once, so that looking for what is there costs a call for each four that write.
_BLOCK = 100
# And of these so many at first; more while the writing takes longer than the judging.
_BLOCKS_AT_FIRST = 2
_PREVIEW = 20


class Ending(Word):
    """What became of a claimed record."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MISSING = "missing"


@dataclass
class ResultsReport:
    """What the stage did, over all intents that it worked on.

    Attributes:
        endings: Records by `Ending`.
        rejects: Rejected records and lines, by kind of reason.
        final_count: Rejected records that now wait for a person.
        kept_edited_count: Rows left alone because a person had edited them.
        preview: The first accepted rows.
    """

    intents: list[Intent] = field(default_factory=list)
    endings: Counter[str] = field(default_factory=Counter)
    rejects: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    dead_letter_keys: list[str] = field(default_factory=list)
    final_count: int = 0
    kept_edited_count: int = 0
    preview: list[Row] = field(default_factory=list)


class _Lists(NamedTuple):
    """What is written down of an intent's records; those without a result also in a file, until they are released."""

    outcomes: ObjectWriter
    letters: DeadLetterWriter
    without_result: IO[bytes]


@dataclass(frozen=True)
class ResultRecorder:
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

    @property
    def judge(self) -> Judge:
        """What decides whether an answer is accepted."""
        return Judge(self.workload, self.table)

    def record(self, day: date, *, only: str | None = None) -> ResultsReport:
        """Write results, dead letters and releases of the day's intents, or of one, whose output is collected.

        Raises:
            UnwrittenError: Rows were left at the deadline; run the stage again.
            ManifestChangedError: The answers are no longer those that were collected; nothing was released.
        """
        report = ResultsReport()
        for intent in intents_in(self.ledger, self.workload.name, day, IntentStatus.COLLECTED, only=only):
            with TemporaryFile(prefix="yorutsuke-outcomes-") as without_result:
                endings = self._write(intent, report, without_result)
                without_result.seek(0)
                self._return_to_line(intent, without_result)
            accepted = endings[Ending.ACCEPTED]
            result = ResultStats(accepted, endings.total() - accepted + intent.rejected_count)
            report.intents.append(self.ledger.save(intent.advance(IntentStatus.RECORDED, result=result)))
            report.endings.update(endings)
        return report

    def _write(self, intent: Intent, report: ResultsReport, without_result: IO[bytes]) -> Counter[str]:
        """Write rows, dead letters and the list of outcomes; return the records by ending."""
        endings: Counter[str] = Counter()
        with ExitStack() as stack:
            outcomes = stack.enter_context(self.objects.writing(layout.outcomes_key(intent.intent_id)))
            letters = stack.enter_context(DeadLetterWriter(self.objects, intent))
            lists = _Lists(outcomes, letters, without_result)
            answers = read_json_lines(self.objects, layout.answers_key(intent.intent_id))
            judged = self.judge.judge(intent, answers, extracted_at=self.clock.now())
            blocks = chunked(judged, _BLOCK)
            for block, kept_count in self.meter.counting(
                "answers recorded",
                map_bounded(self._write_rows, blocks, workers=self.policy.concurrency, at_first=_BLOCKS_AT_FIRST),
                intent.record_count,
                size=_answers_of,
            ):
                report.kept_edited_count += kept_count
                for entry in block:
                    ending = self._note(intent, entry, lists, report)
                    if ending is not None:
                        endings[ending] += 1
            check_complete_list(layout.answers_key(intent.intent_id), intent.record_count, endings.total())
        report.dead_letter_keys.extend(letters.keys)
        return endings

    def _write_rows(self, block: list[Judged]) -> tuple[list[Judged], int]:
        """Write the rows of some judgements; return these, and how many rows a person had edited."""
        return block, self.table.write([entry.row for entry in block if entry.row is not None])

    def _note(self, intent: Intent, entry: Judged, lists: _Lists, report: ResultsReport) -> Ending | None:
        """Write down what became of one record (its ending is returned) or of a line that is nobody's."""
        document, reject = entry.document, entry.reject
        identity = document.get("identity")
        attempts = self._attempts(entry)
        is_final = reject is not None and identity is not None and attempts >= self.policy.max_attempts
        if reject is not None:
            report.rejects[reject.kind] += 1
            report.final_count += is_final
            lists.letters.write(
                document["jobId"],
                DeadLetter(
                    reject,
                    document.get("recordId"),
                    identity,
                    attempts,
                    is_final,
                    document.get("file"),
                    document.get("line"),
                    document.get("text") or document.get("raw") or "",
                ),
            )
            facts = (
                ("recordId", str(document.get("recordId"))),
                ("kind", reject.kind),
                ("line", document.get("line") or 0),
            )
            self.events.emit(Event(EventName.RECORD_REJECTED, intent.intent_id, intent.trace_id, facts))
        if identity is None:
            return None
        ending = Ending.ACCEPTED if entry.row is not None else Ending.REJECTED if reject else Ending.MISSING
        if entry.row is not None:
            for warning in entry.row.get("warnings", ()):
                report.warnings[warning] += 1
            if len(report.preview) < _PREVIEW:
                report.preview.append(entry.row)
        outcome = json_line(
            {
                "recordId": document["recordId"],
                "identity": identity,
                "ending": ending,
                "attempts": attempts,
                "reason": reject.reason if reject else document.get("lastReason"),
                "isFinal": is_final,
                "source": document["source"],
                "resultKey": self.table.key(entry.row) if entry.row is not None else None,
            },
        )
        lists.outcomes.write(outcome)
        if entry.row is None:
            lists.without_result.write(outcome)
        return ending

    def _attempts(self, entry: Judged) -> int:
        """Return the record's attempts after this one; what was never processed was no attempt."""
        before = int(entry.document.get("attempts", 0))
        return before + 1 if entry.reject is not None else before

    def _return_to_line(self, intent: Intent, without_result: IO[bytes]) -> None:
        """Release records without a result, or take them out of line when their attempts are used up."""

        def settle(outcome: dict[str, Any]) -> bool:
            identity, attempts, reason = outcome["identity"], outcome["attempts"], outcome["reason"]
            if outcome["isFinal"]:
                return self.pending.fail(identity, intent.intent_id, attempts=attempts, reason=reason)
            return self.pending.release(identity, intent.intent_id, attempts=attempts, reason=reason)

        for _ in self.meter.counting(
            "records put back in line, or given to a person",
            map_bounded(settle, map(json.loads, without_result), workers=self.policy.concurrency),
        ):
            pass


def _answers_of(written: tuple[list[Judged], int]) -> int:
    return len(written[0])
