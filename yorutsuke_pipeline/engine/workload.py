"""What the engine must be told about a workload; all else about it is its own business.

A workload is one folder with one object that has these members; `PlainWorkload` has the usual ones. No rule in the
engine ever asks which workload it is working for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta

    from yorutsuke_pipeline.engine.cost import TokenUsage
    from yorutsuke_pipeline.engine.model_family import ModelAnswer, Question
    from yorutsuke_pipeline.engine.record import PendingRecord

# A row of the workload's results table: plain values, Decimal for numbers.
Row = dict[str, Any]


@dataclass(frozen=True)
class Prepared:
    """A record made ready to be asked about.

    Attributes:
        question: What to ask.
        attributes: What later stages need to know of the record; small, JSON only. It is written into
            the manifest, so no later stage has to read the record's row again.
    """

    question: Question
    attributes: Mapping[str, Any]


class AnswerContext(NamedTuple):
    """Where an answer came from, for the row that is made of it."""

    record_id: str
    identity: str
    attributes: Mapping[str, Any]
    job_id: str
    intent_id: str
    trace_id: str
    model_id: str
    prompt_version: str
    usage: TokenUsage
    extracted_at: datetime

    def origin(self) -> Row:
        """Return which question a row answers, and what that took, under the names that every table has for it."""
        return {
            "intentId": self.intent_id,
            "jobId": self.job_id,
            "traceId": self.trace_id,
            "modelId": self.model_id,
            "promptVersion": self.prompt_version,
            "usage": {"inputTokens": self.usage.input_tokens, "outputTokens": self.usage.output_tokens},
        }


class Workload(Protocol):
    """One kind of thing that the model is asked about."""

    @property
    def name(self) -> str:
        """Lower-case word that starts intent ids."""
        ...

    @property
    def prompt_version(self) -> str:
        """Changes whenever the prompt does, so that answers can be told apart."""
        ...

    @property
    def expected_output_tokens(self) -> int:
        """Tokens of a typical answer, for estimates."""
        ...

    @property
    def expected_input_tokens(self) -> int:
        """Tokens of a typical question, for estimates of records whose content is not read yet."""
        ...

    @property
    def compared_fields(self) -> tuple[str, ...]:
        """The fields of a row that its answer decides, in the order in which a person compares them."""
        ...

    def trial(self, prompt: str | None = None) -> Workload:
        """Return the workload, under a name of its own, that asks about processed records again.

        Args:
            prompt: What to ask; None for what is asked every night. Its version follows from its content.
        """
        ...

    def replaced(self, stored: Row, tried: Row, fields: Iterable[str]) -> Row:
        """Return the stored row with what the tried one says of some of `compared_fields`, and with its origin."""
        ...

    def lifetime(self, record: PendingRecord) -> timedelta | None:
        """Return how long the result of a record is kept, or None if for ever."""
        ...

    @property
    def source_prefix(self) -> str | None:
        """Where in the bucket its records' sources are put; None if they have none."""
        ...

    def owner_of(self, record: PendingRecord) -> str | None:
        """Return whose a record is; None if everybody may order it."""
        ...

    def content_key(self, record: PendingRecord) -> str | None:
        """Return the S3 key of what to send along with the question, or None if the row says it all.

        Raises:
            RecordRejectedError: The row itself is wrong.
        """
        ...

    def prepare(self, record: PendingRecord, content: bytes | None, *, max_output_tokens: int) -> Prepared:
        """Return the question about a record, with the reason of the last rejection in the prompt.

        Raises:
            RecordRejectedError: The content cannot be asked about.
        """
        ...

    def read_answer(self, answer: ModelAnswer, context: AnswerContext) -> Row:
        """Return the result row that an answer makes.

        Raises:
            RecordRejectedError: The answer is none that can be accepted; the reason goes to the model.
        """
        ...

    def neighbourhood(self, row: Row) -> tuple[str, str] | None:
        """Return where in the table of results the rows are that may look like `row`, or None if nowhere.

        Each neighbourhood is read once for an intent: large enough to hold many of its rows, small enough to be read.
        """
        ...

    def likeness(self, row: Row) -> str | None:
        """Return what a row, new or stored by anybody, has in common with those that look like it; None if none can."""
        ...

    def mark_alike(self, row: Row) -> Row:
        """Return the row with a warning that another one looks like it."""
        ...
