"""What the embedded model writes about generated rows, held to the rules that a published text must pass."""

from __future__ import annotations

from yorutsuke_pipeline.engine.answers import find_object
from yorutsuke_pipeline.local_aws.model import answer
from yorutsuke_pipeline.local_aws.samples.violations import violations
from yorutsuke_pipeline.workloads.violations.answer import read_text
from yorutsuke_pipeline.workloads.violations.prompt import SYSTEM, question
from yorutsuke_pipeline.workloads.violations.violation import Violation


def test_what_the_embedded_model_writes_about_any_generated_row_may_be_published() -> None:
    titles = set()
    for row in violations(5, 400):
        violation = Violation(**row)
        said = answer(f"{SYSTEM}\n{question(violation, None)}", [])
        titles.add(read_text(find_object(said.text, said.stop_reason), violation).title)

    assert len(titles) == 400
