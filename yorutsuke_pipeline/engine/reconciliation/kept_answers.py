"""Answers that are paid for and still kept, found by record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.raw_output import Outcome
from yorutsuke_pipeline.engine.record_index import RecordIndex
from yorutsuke_pipeline.engine.streams import read_json_lines

if TYPE_CHECKING:
    from types import TracebackType

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import ObjectStore

# The index tells parts apart; of answers all are wanted alike.
_ANY_JOB = 0


class KeptAnswers:
    """The answers of one intent at a time: its file is read once, however many of its records are asked for."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._intent_id: str | None = None
        self._index = RecordIndex()

    def __enter__(self) -> KeptAnswers:  # noqa: PYI034 — typing.Self is younger than Python 3.10
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._index.close()

    def of(self, intent: Intent, record_id: str) -> dict[str, Any] | None:
        """Return the answer about a record; None if it got none, or if the file has expired (30 days)."""
        if intent.intent_id != self._intent_id:
            self._index.close()
            self._index = RecordIndex()
            documents = read_json_lines(self._objects, layout.answers_key(intent.intent_id))
            answered = (document for document in documents if document["outcome"] == Outcome.ANSWERED)
            self._index.load({**document, "job": _ANY_JOB} for document in answered)
            self._intent_id = intent.intent_id
        document, _ = self._index.take(record_id, _ANY_JOB)
        return document
