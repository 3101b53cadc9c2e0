"""The states of an intent: only forward, and nothing is left behind a closed one."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path

import pytest

from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.intent import TRANSITIONS, Intent, IntentStatus, ResultStats
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST

IN_ORDER = list(IntentStatus)


def intent_in(status: IntentStatus) -> Intent:
    return Intent(
        intent_id=FIRST,
        workload="receipts",
        day=DAY,
        model_id="amazon.nova-lite-v1:0",
        prompt_version="receipts-1",
        trace_id="trace",
        created_at=datetime(2026, 1, 9, 17, tzinfo=timezone.utc),
        status=status,
    )


@pytest.mark.parametrize("status", IntentStatus)
@pytest.mark.parametrize("target", IntentStatus)
def test_a_step_is_taken_or_refused_as_the_table_says(status: IntentStatus, target: IntentStatus) -> None:
    intent = intent_in(status)

    if target in TRANSITIONS[status]:
        assert intent.advance(target, job_count=2) == Intent(**{**vars(intent), "status": target, "job_count": 2})
    else:
        with pytest.raises(PermanentError, match=f"cannot go from {status} to {target}"):
            intent.advance(target)


def test_no_step_goes_back_and_only_what_was_never_submitted_may_close_early() -> None:
    for status, targets in TRANSITIONS.items():
        for target in targets:
            assert IN_ORDER.index(target) > IN_ORDER.index(status)
    closing = {status for status, targets in TRANSITIONS.items() if IntentStatus.CLOSED in targets}
    assert closing == {IntentStatus.OPEN, IntentStatus.MANIFESTED, IntentStatus.RECORDED}


def test_an_intent_is_open_until_it_is_closed() -> None:
    assert [status for status in IN_ORDER if not intent_in(status).is_open] == [IntentStatus.CLOSED]


def test_the_total_is_what_succeeded_and_what_failed() -> None:
    assert ResultStats(success_count=5, failure_count=2).total_count == 7


def test_the_drawing_in_the_docs_shows_these_steps_and_no_others() -> None:
    data_flow = (Path(__file__).parents[2] / "docs" / "data-flow.md").read_text(encoding="utf-8")
    _, _, diagram = data_flow.partition("stateDiagram-v2")
    drawn = set(re.findall(r"^ +([a-z]+) --> ([a-z]+):", diagram.partition("```")[0], flags=re.MULTILINE))

    assert drawn == {(str(status), str(target)) for status, targets in TRANSITIONS.items() for target in targets}
