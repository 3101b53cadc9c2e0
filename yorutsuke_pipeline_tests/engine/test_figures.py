"""The figures of intents: what they count, and that an intent's are sent once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from yorutsuke_pipeline.engine.figures import figures_of
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of


def test_a_closed_intents_figures_are_sent_once_however_often_the_day_is_run() -> None:
    night = night_of(3)

    night.run()
    night.run()

    (figures,) = night.metrics.sent
    assert (figures.workload, figures.success_count, figures.failure_count) == ("receipts", 3, 0)
    assert (figures.dead_letter_count, figures.closed_at) == (0, night.clock.now())


def test_the_time_is_from_the_reading_of_answers_to_the_close_whatever_stood_still_in_between() -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()
    night.clock.advance(timedelta(hours=3))
    stages = night.stages()
    stages.collector.collect(DAY)
    night.clock.advance(timedelta(seconds=40))
    stages.recorder.record(DAY)
    night.clock.advance(timedelta(seconds=30))

    stages.archiver.archive(DAY)

    assert [figures.processing for figures in night.metrics.sent] == [timedelta(seconds=70)]


def test_a_record_is_a_dead_letter_when_its_attempts_are_used_up_and_only_then() -> None:
    night = night_of(3)
    bad = next(iter(night.pending.rows))
    night.answers[bad] = "no receipt, sorry"
    night.stubborn.add(bad)
    night.policy = replace(night.policy, max_attempts=2)

    night.run_until_settled()

    counted = [(sent.success_count, sent.failure_count, sent.dead_letter_count) for sent in night.metrics.sent]
    assert counted == [(2, 1, 0), (0, 1, 1)]


def test_a_record_that_is_turned_away_before_it_is_asked_about_counts_as_well() -> None:
    some, all_of_them = night_of(3), night_of(1)
    for night in (some, all_of_them):
        night.objects.contents.pop(next(iter(night.pending.rows.values()))["s3Key"])
        night.run()

    (one_of_three,), (only_one,) = some.metrics.sent, all_of_them.metrics.sent
    assert (one_of_three.failure_count, one_of_three.dead_letter_count) == (1, 1)
    assert (only_one.failure_count, only_one.dead_letter_count, only_one.processing) == (1, 1, None)


def test_a_run_that_dies_while_it_closes_sends_nothing_twice() -> None:
    undisturbed, calls = _ingested(), Calls()
    undisturbed.stages(calls.watch).archiver.archive(DAY)
    for number in range(1, len(calls.names) + 1):
        night = _ingested()
        with pytest.raises(Killed):
            night.stages(Calls(number, Interruption.KILL).watch).archiver.archive(DAY)
        night.stages().archiver.archive(DAY)

        assert not night.ledger.intents[FIRST].is_open
        assert len(night.metrics.sent) <= 1


def test_an_open_intent_has_no_figures() -> None:
    night = night_of(3)
    night.submit()

    with pytest.raises(ValueError, match="only a closed one"):
        figures_of(night.ledger.intents[FIRST], dead_letter_count=0)


def _ingested() -> Night:
    night = night_of(3)
    night.submit()
    night.end_jobs()
    night.stages().collector.collect(DAY)
    night.stages().recorder.record(DAY)
    return night
