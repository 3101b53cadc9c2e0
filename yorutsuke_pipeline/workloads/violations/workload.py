"""The violations workload as the engine knows it: row in, question out; answer in, published text out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from yorutsuke_pipeline.engine.answers import find_object
from yorutsuke_pipeline.engine.model_family import Question
from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.engine.workload import Prepared
from yorutsuke_pipeline.workloads.violations.answer import read_text
from yorutsuke_pipeline.workloads.violations.content import content_row
from yorutsuke_pipeline.workloads.violations.prompt import PROMPT_VERSION, QUESTION, SYSTEM, question, version_of
from yorutsuke_pipeline.workloads.violations.violation import read_violation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from yorutsuke_pipeline.engine.model_family import ModelAnswer
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.workload import AnswerContext, Row


@dataclass(frozen=True)
class ViolationsWorkload:
    """Rows about violations are asked about; texts come back. Implements `engine.workload.Workload`."""

    name: str = "violations"
    prompt_version: str = PROMPT_VERSION
    # A headline, three sentences and five tags, and the prompt with a row: over 6,000 generated rows 142 and 366 on
    # average. Estimated a little above, since a budget that is passed is worse than one that is not used up.
    expected_output_tokens: int = 152
    expected_input_tokens: int = 366
    source_prefix: str | None = None
    prompt: str = QUESTION
    compared_fields: tuple[str, ...] = ("title_bedrock", "description_bedrock", "tags")

    def trial(self, prompt: str | None = None) -> ViolationsWorkload:
        """Return the workload that asks about published violations again, with today's prompt or another."""
        on_trial = replace(self, name=f"{self.name}-trial")
        return on_trial if prompt is None else replace(on_trial, prompt=prompt, prompt_version=version_of(prompt))

    def lifetime(self, record: PendingRecord) -> timedelta | None:  # noqa: ARG002 — the protocol's
        """Return None: a published text is kept for ever."""
        return None

    def owner_of(self, record: PendingRecord) -> str | None:  # noqa: ARG002 — the protocol's
        """Return None: the register is the public's, so everybody who may order may order any of it."""
        return None

    def content_key(self, record: PendingRecord) -> str | None:  # noqa: ARG002 — the protocol's
        """Return None: the row says it all."""
        return None

    def prepare(self, record: PendingRecord, content: bytes | None, *, max_output_tokens: int) -> Prepared:  # noqa: ARG002 — the protocol's
        """Return the question about a violation; its whole row goes into the manifest, where answers are held to it."""
        violation = read_violation(record.identity, record.attributes)
        asked = Question(SYSTEM, question(violation, record.last_reason, self.prompt), max_output_tokens)
        return Prepared(asked, violation.as_json())

    def read_answer(self, answer: ModelAnswer, context: AnswerContext) -> Row:
        """Return the row of the text that an answer makes."""
        document = find_object(answer.text, answer.stop_reason)
        violation = read_violation(context.identity, context.attributes)
        try:
            return content_row(read_text(document, violation), violation.agency, context)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(step) for step in first["loc"])
            raise RecordRejectedError("content", f"{place}: {first['msg']}") from error

    def replaced(self, stored: Row, tried: Row, fields: Iterable[str]) -> Row:
        """Return a stored text with what another answer says of some fields, and where that came from."""
        taken = set(fields) & set(self.compared_fields)
        origin = set(tried) - {*self.compared_fields, "status"}
        return {**stored, **{name: tried[name] for name in tried if name in taken | origin}}

    def neighbourhood(self, row: Row) -> tuple[str, str] | None:  # noqa: ARG002 — the protocol's
        """Return None: that the text about one violation looks like that about another is no fault."""
        return None

    def likeness(self, row: Row) -> str:
        """Return the violation's id, so that no row looks like that of another violation."""
        return str(row.get("violationId"))

    def mark_alike(self, row: Row) -> Row:
        """Return the row as it is; see `neighbourhood`."""
        return row
