"""Publishing texts: what goes into the table, and what a person has emptied."""

from __future__ import annotations

from yorutsuke_pipeline.workloads.violations.publisher import ViolationsPublisher
from yorutsuke_pipeline_tests.aws.test_intent_ledger import an_intent
from yorutsuke_pipeline_tests.fakes.violations_table import FakeViolationsTable


def test_a_text_that_a_person_has_emptied_is_left_out_and_holds_up_no_other() -> None:
    table = FakeViolationsTable()
    rows = [{"violationId": "a", "title_bedrock": "A title"}, {"violationId": "b", "title_bedrock": ""}]

    counts = ViolationsPublisher(lambda: table).publish(an_intent("an-order"), rows)

    assert table.texts == {"a": rows[0]}
    assert counts == {"updated": 1, "unchanged": 0, "unknown": 0, "emptied": 1}
