"""Dead letters as they are written: each rejected record or line, with its reason and what was said.

A rejected record that still has attempts left is in this list too, with `isFinal` false: the list tells
the story, the record's own row tells the state. Reading them back is `stored_letters.py`.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.days import utc_text
from yorutsuke_pipeline.engine.layout import dead_letters_key
from yorutsuke_pipeline.engine.streams import json_line, read_json_lines

if TYPE_CHECKING:
    from types import TracebackType

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import ObjectStore, ObjectWriter
    from yorutsuke_pipeline.engine.record import Reject

# Enough for a person to see what was said; a line may be many megabytes.
_LONGEST_RAW = 10_000


@dataclass(frozen=True)
class DeadLetter:
    """One line of `dead-letters/{jobId}.jsonl`, all but where it stands.

    Attributes:
        record_id: None for a line of output that could not be matched to a record.
        identity: The record's own id (a receipt's `imageId`), likewise.
        line: Where it stood in `file`, from 1; None for a reject from before there was a job.
        raw: What was said or found, cut to a readable length.
        is_final: Whether the record now waits for a person.
    """

    reject: Reject
    record_id: str | None
    identity: str | None
    attempts: int
    is_final: bool
    file: str | None = None
    line: int | None = None
    raw: str = ""

    def as_document(self, intent: Intent, job_id: str | None) -> dict[str, Any]:
        """Return the line as JSON values, so that it can be told apart when its job's row has expired.

        `openedAt`, when the intent was opened, puts a record's letters in order: it is the same however
        often the letter is written.
        """
        return {
            "workload": intent.workload,
            "intentId": intent.intent_id,
            "jobId": job_id,
            "day": intent.day.isoformat(),
            "openedAt": utc_text(intent.created_at),
            "recordId": self.record_id,
            "identity": self.identity,
            "kind": self.reject.kind,
            "reason": self.reject.reason,
            "attempts": self.attempts,
            "isFinal": self.is_final,
            "file": self.file,
            "line": self.line,
            "raw": self.raw[:_LONGEST_RAW],
        }


class DeadLetterWriter:
    """Writes an intent's dead letters to `dead-letters/{jobId}.jsonl`, job after job; no letter, no object."""

    def __init__(self, objects: ObjectStore, intent: Intent) -> None:
        self._objects = objects
        self._intent = intent
        self._open = ExitStack()
        self._out: ObjectWriter | None = None
        self._job_id: str | None = None
        self.keys: list[str] = []

    def __enter__(self) -> DeadLetterWriter:  # noqa: PYI034 — typing.Self is younger than Python 3.10
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def write(self, job_id: str, letter: DeadLetter) -> None:
        """Append a letter; those of one job must come one after the other."""
        if self._out is None or job_id != self._job_id:
            self._open.close()
            self._open = ExitStack()
            self.keys.append(dead_letters_key(job_id))
            self._out = self._open.enter_context(self._objects.writing(self.keys[-1]))
            self._job_id = job_id
        self._out.write(json_line(letter.as_document(self._intent, job_id)))


def add_dead_letters(objects: ObjectStore, intent: Intent, letters: list[DeadLetter]) -> Counter[str]:
    """Add dead letters to those of an intent, and return all of them counted by kind.

    An intent's manifest may be written more than once, and a record rejected the first time is out of
    line by the second: what was written then stays, and counts.
    """
    key = dead_letters_key(intent.intent_id)
    documents = {str(document["identity"]): document for document in read_json_lines(objects, key)}
    documents.update({str(letter.identity): letter.as_document(intent, None) for letter in letters})
    if letters:
        with objects.writing(key) as out:
            for document in documents.values():
                out.write(json_line(document))
    return Counter(str(document["kind"]) for document in documents.values())
