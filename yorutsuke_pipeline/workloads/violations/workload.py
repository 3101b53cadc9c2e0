"""The violations workload as the engine knows it: row in, question out; answer in, published text out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from yorutsuke_pipeline.engine.answers import find_object
from yorutsuke_pipeline.engine.model_family import Question
from yorutsuke_pipeline.engine.plain_workload import PlainWorkload
from yorutsuke_pipeline.engine.record import RecordRejectedError
from yorutsuke_pipeline.engine.workload import Prepared
from yorutsuke_pipeline.workloads.violations.answer import read_text
from yorutsuke_pipeline.workloads.violations.content import content_row
from yorutsuke_pipeline.workloads.violations.prompt import PROMPT_VERSION, QUESTION, SYSTEM, question
from yorutsuke_pipeline.workloads.violations.violation import read_violation

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.model_family import ModelAnswer
    from yorutsuke_pipeline.engine.record import PendingRecord
    from yorutsuke_pipeline.engine.workload import AnswerContext, Row


@dataclass(frozen=True, kw_only=True)
class ViolationsWorkload(PlainWorkload):
    """Rows about violations are asked about; texts come back. Implements `engine.workload.Workload`.

    The usual answers hold: the register is the public's, so nobody owns a violation, and its text is kept for ever.
    """

    name: str = "violations"
    prompt_version: str = PROMPT_VERSION
    # A headline, three sentences and five tags, and the prompt with a row: over 6,000 generated rows 142 and 366 on
    # average. Estimated a little above, since a budget that is passed is worse than one that is not used up.
    expected_output_tokens: int = 152
    expected_input_tokens: int = 366
    source_prefix: str | None = None
    prompt: str = QUESTION
    compared_fields: tuple[str, ...] = ("title_bedrock", "description_bedrock", "tags")

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
