"""A contradiction: two places that cannot both be right, what that means, and how to mend it.

What belongs here: the kinds, and the words for the operator. The rules that find them are in the files beside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.errors import LostRaceError
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from yorutsuke_pipeline.engine.terms import Terms


class Kind(Word):
    """What contradicts what. The words are stable: scripts and dashboards count by them."""

    UNKNOWN_JOB = "unknown_job"
    DOUBLED_JOB = "doubled_job"
    UNADOPTED_JOB = "unadopted_job"
    LOST_JOB = "lost_job"
    STALE_JOB = "stale_job"
    STUCK_INTENT = "stuck_intent"
    UNFINISHED_INTENT = "unfinished_intent"
    CHANGED_PART = "changed_part"
    MISSING_WORK_FILE = "missing_work_file"
    WRONG_ACCOUNT = "wrong_account"
    VOID_CLAIM = "void_claim"
    HIDDEN_RECORD = "hidden_record"
    UNKNOWN_STATUS = "unknown_status"
    PROCESSED_IN_LINE = "processed_in_line"
    ANSWERED_IN_LINE = "answered_in_line"
    RECORD_WITHOUT_RESULT = "record_without_result"
    RESULT_WITHOUT_RECORD = "result_without_record"
    FAILED_WITHOUT_LETTER = "failed_without_letter"
    LETTER_WITHOUT_RECORD = "letter_without_record"
    COPY_WITHOUT_RECORD = "copy_without_record"
    MISPLACED_COPY = "misplaced_copy"
    MISSING_COPY = "missing_copy"
    LEFTOVER_SOURCE = "leftover_source"
    UPLOAD_WITHOUT_RECORD = "upload_without_record"


_MENDS: dict[Kind, str] = {
    Kind.UNKNOWN_JOB: "`aws bedrock stop-model-invocation-job --job-identifier JOB`, which ends the bill; find out who "
    "submitted it: another machine with tables of its own, or a table that was restored to an earlier state",
    Kind.DOUBLED_JOB: "stop the one that the ledger does not name: "
    "`aws bedrock stop-model-invocation-job --job-identifier JOB`",
    Kind.UNADOPTED_JOB: "--fix takes the job over, as launching submit_batch for the day does",
    Kind.LOST_JOB: "check that AWS_REGION and the account are those that submitted it; two days after its end at the "
    "latest it counts as vanished (--fix notes that), and its records go back in line",
    Kind.STALE_JOB: "--fix notes the ending; if it happens again, the sensor batch_completion is not running",
    Kind.STUCK_INTENT: "launch submit_batch for the day and read its error: a budget, a role, a quota or a pause stops "
    "it",
    Kind.UNFINISHED_INTENT: "`{yorutsuke} retry-failed --from DAY --to DAY`, or launch ingest_results for the day",
    Kind.CHANGED_PART: "launch submit_batch for the day: nothing is sent that was not sealed; the manifest is written "
    "anew, or the job withdrawn and its records put back in line",
    Kind.MISSING_WORK_FILE: "put the object back; or set the intent's status in the batch-jobs table one step back "
    "(recorded to collected, collected to submitted) and launch ingest_results: it reads the job's output again, "
    "which is paid for already",
    Kind.WRONG_ACCOUNT: "compare the intent's row in the batch-jobs table with its outcomes.jsonl; one of them was "
    "changed by hand",
    Kind.VOID_CLAIM: "--fix puts the {record} back in line; where the intent is closed, the day's next run does so too",
    Kind.HIDDEN_RECORD: "--fix puts it in line in the day of its {time}; without a usable one, write that time "
    "there, in UTC",
    Kind.UNKNOWN_STATUS: "set the row's status to pending (with a pendingDate), processed or failed",
    Kind.PROCESSED_IN_LINE: "--fix takes it out of line",
    Kind.ANSWERED_IN_LINE: "if it is to be asked about again, leave it: the answer takes the place of its {result}; "
    "otherwise set the row's status to processed and remove its pendingDate, before the day's next run",
    Kind.RECORD_WITHOUT_RESULT: "where its answer is kept (30 days), --fix writes the {result} again, at no "
    "cost; otherwise move its copy, if it has one, back to the row's s3Key and set its status to pending, with a "
    "pendingDate",
    Kind.RESULT_WITHOUT_RECORD: "delete the {result} if its owner had the {record} erased; otherwise restore the "
    "row (point-in-time recovery of the {table} table)",
    Kind.FAILED_WITHOUT_LETTER: "the row's lastReason says why it failed: `{yorutsuke} dead-letters redrive ID`, or "
    "`discard` it",
    Kind.LETTER_WITHOUT_RECORD: "delete the letter's line if its owner had the {record} erased; otherwise {adding}",
    Kind.COPY_WITHOUT_RECORD: "delete the copy if its owner had the {record} erased; otherwise restore the row",
    Kind.MISPLACED_COPY: "compare the copy with what the row names in archivedKey, and delete the one that is too many",
    Kind.MISSING_COPY: "restore the object if the {record} must be kept; the {result} does not need it",
    Kind.LEFTOVER_SOURCE: "--fix deletes the source, whose copy it compares first",
    Kind.UPLOAD_WITHOUT_RECORD: "if it is wanted, download it and {adding}, for its user; or delete it",
}


def how_to_mend(kind: Kind, terms: Terms) -> str:
    """Return how an operator mends what is of a kind, in the words of a workload."""
    return _MENDS[kind].format(
        record=terms.record,
        result=terms.result,
        time=terms.time,
        table=terms.table,
        adding=terms.adding,
        yorutsuke=terms.command("").rstrip(),
    )


@dataclass(frozen=True)
class Contradiction:
    """One contradiction.

    Attributes:
        subject: What it is about, by the name under which it is found: a job, an intent, a record, a key.
        day: The partition; None where nothing tells.
        what: A sentence that says which places disagree, without anything that a record says.
        fix: Mends it, and returns whether it did; None where a person must decide. Doing it twice does no
            harm, and it does nothing once the contradiction is gone. To be called while the stream that
            yielded the contradiction is open.
    """

    kind: Kind
    subject: str
    day: date | None
    what: str
    fix: Callable[[], bool] | None = field(default=None, compare=False, repr=False)

    def mended(self) -> bool:
        """Mend it if that is safe; return whether that was done. A race that was lost is no error."""
        if self.fix is None:
            return False
        try:
            return self.fix()
        except LostRaceError:
            return False
