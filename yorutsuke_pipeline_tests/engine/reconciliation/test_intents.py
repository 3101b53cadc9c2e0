"""Intents that do not go on, whose files are gone, or whose account is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from yorutsuke_pipeline.engine.intent import ResultStats
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of
from yorutsuke_pipeline_tests.engine.reconciliation.nights import closed_night, fixed, found, found_in_day
from yorutsuke_pipeline_tests.fakes.batch_service import CreateAnswer, FakeBatchService

NAME = f"{FIRST}-001-dev"


def sealed() -> Night:
    night = night_of(3)
    night.stages().manifest.write(DAY)
    return night


def test_an_intent_that_is_not_submitted_after_a_day_is_stuck() -> None:
    night = sealed()
    night.clock.advance(timedelta(hours=20))
    in_time = found(night)
    night.clock.advance(timedelta(hours=5))

    assert (in_time, found(night)) == ([], [("stuck_intent", FIRST)])
    assert found_in_day(night) == found(night)
    assert fixed(night) == []


@pytest.mark.parametrize("done", [["collector"], ["collector", "recorder"], []])
def test_an_intent_whose_answers_are_not_read_for_hours_is_unfinished(done: list[str]) -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()
    stages = night.stages()
    stages.watch.look([night.ledger.intents[FIRST]])
    for stage, verb in (("collector", "collect"), ("recorder", "record")):
        if stage in done:
            getattr(getattr(stages, stage), verb)(DAY)
    in_time = found(night)
    night.clock.advance(timedelta(hours=7))

    assert (in_time, found(night)) == ([], [("unfinished_intent", FIRST)])
    night.run_until_settled()
    assert found(night) == []


@pytest.mark.parametrize("content", [b"another", None])
def test_a_part_that_is_no_longer_what_was_sealed_is_told_before_it_is_submitted(content: bytes | None) -> None:
    night = sealed()
    key = night.ledger.rows[FIRST, 1].part_key
    del night.objects.contents[key]
    if content is not None:
        night.objects.contents[key] = content

    assert found(night) == found_in_day(night) == [("changed_part", NAME)]


def test_a_part_that_was_submitted_as_it_was_sealed_may_go() -> None:
    night = sealed()
    night.service = FakeBatchService([CreateAnswer.LOST], clock=night.clock)
    night.stages().submitter.submit(DAY)
    del night.objects.contents[night.ledger.rows[FIRST, 1].part_key]

    assert found(night) == []


def test_answers_and_outcomes_are_missed_only_by_intents_that_need_them() -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()
    stages, contents = night.stages(), night.objects.contents
    stages.collector.collect(DAY)
    answers = contents.pop(f"batch-work/{FIRST}/answers.jsonl")
    collected = found(night)
    contents[f"batch-work/{FIRST}/answers.jsonl"] = answers
    stages.recorder.record(DAY)
    outcomes = contents.pop(f"batch-work/{FIRST}/outcomes.jsonl")
    recorded = found(night)
    contents[f"batch-work/{FIRST}/outcomes.jsonl"] = outcomes
    stages.archiver.archive(DAY)
    for name in ("answers", "outcomes", "records"):
        del contents[f"batch-work/{FIRST}/{name}.jsonl"]

    missing = [("missing_work_file", FIRST)]
    assert [collected, recorded, found(night)] == [missing, missing, []]


@pytest.mark.parametrize("stats", [ResultStats(4, 4), ResultStats(1, 3)])
def test_an_account_that_does_not_add_up_or_that_the_outcomes_contradict_is_wrong(stats: ResultStats) -> None:
    night = closed_night()
    night.ledger.intents[FIRST] = replace(night.ledger.intents[FIRST], result=stats)

    assert found(night) == found_in_day(night) == [("wrong_account", FIRST)]
    assert fixed(night) == []
