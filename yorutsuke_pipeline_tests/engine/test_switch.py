"""While submission is paused nothing new is paid for, and nothing that is paid for is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from yorutsuke_pipeline.engine.batch_job import SUBMITTING
from yorutsuke_pipeline.engine.errors import PausedError
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.switch import Gate, Pause
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of, pictured, with_quotas
from yorutsuke_pipeline_tests.fakes.batch_service import CreateAnswer, FakeBatchService
from yorutsuke_pipeline_tests.fakes.clock import NIGHT, FakeClock
from yorutsuke_pipeline_tests.fakes.model import FakeModel
from yorutsuke_pipeline_tests.fakes.switch import FakeSwitch

PAUSE = Pause("the prices look odd", "aoi", NIGHT)
BATCH, ON_DEMAND = 3, 2


def paused(count: int) -> Night:
    """Return a night of so many images in which a person has paused submission."""
    night = night_of(count)
    night.switch.pause(PAUSE)
    return night


def asked_count(night: Night) -> int:
    return night.service.asked_count + len(night.model.asked)


@pytest.mark.parametrize("count", [BATCH, ON_DEMAND], ids=["batch", "on demand"])
def test_while_paused_a_day_is_prepared_and_nothing_is_asked(count: int) -> None:
    night = paused(count)

    night.submit()

    assert asked_count(night) == 0
    assert night.ledger.intents[FIRST].status is IntentStatus.MANIFESTED


def test_the_report_says_who_paused_since_when_and_why() -> None:
    night = paused(BATCH)
    night.stages().manifest.write(DAY)

    report = night.stages().submitter.submit(DAY)

    assert report.paused is not None
    for said in ("aoi", "2026-01-10 02:00 in Tokyo", "the prices look odd", "yorutsuke resume"):
        assert said in report.paused
    assert report.waiting_for_slots == 0


@pytest.mark.parametrize("count", [BATCH, ON_DEMAND], ids=["batch", "on demand"])
def test_after_resume_the_day_is_asked_about_once(count: int) -> None:
    night = paused(count)
    night.submit()
    night.submit()
    night.switch.resume()

    night.run_until_settled()

    check_settled(night)
    assert len(night.table.rows) == count
    assert asked_count(night) == (1 if count == BATCH else count)


def test_a_job_that_may_exist_is_still_adopted_while_paused() -> None:
    night = night_of(BATCH)
    night.service = FakeBatchService([CreateAnswer.LOST], clock=night.clock)
    night.submit()
    lost = replace(night.ledger.rows[FIRST, 1], status=SUBMITTING, job_id=None, job_arn=None)
    night.ledger.rows[FIRST, 1] = lost
    night.ledger.intents[FIRST] = replace(night.ledger.intents[FIRST], status=IntentStatus.MANIFESTED)
    night.switch.pause(PAUSE)

    report = night.stages().submitter.submit(DAY)

    assert [job.job_id for job in report.jobs] == list(night.service.states)
    assert night.ledger.intents[FIRST].status is IntentStatus.SUBMITTED
    assert night.service.asked_count == 1


def test_answers_of_what_was_submitted_before_the_pause_are_read() -> None:
    night = night_of(BATCH)
    night.submit()
    night.switch.pause(PAUSE)

    night.run()

    assert len(night.table.rows) == BATCH
    assert night.ledger.intents[FIRST].status is IntentStatus.CLOSED


def test_a_pause_between_two_jobs_of_a_day_lets_the_first_go_and_holds_the_second_back() -> None:
    night = night_of(8)
    # The first look is before money is reserved.
    night.switch = FakeSwitch([None, None, PAUSE])
    night.stages().manifest.write(DAY)

    report = night.stages().submitter.submit(DAY)

    assert night.service.asked_count == 1
    assert [job.awaits_submission for job in report.jobs] == [False, True]
    assert report.paused is not None


def test_a_pause_while_records_are_asked_on_demand_ends_it_and_each_is_asked_once_all_the_same() -> None:
    night = night_of(30, policy=with_quotas(fewest_records=100, most_records=100))

    def pausing(body: dict[str, Any]) -> dict[str, Any]:
        night.switch.pause(PAUSE)
        night.clock.advance(timedelta(minutes=1))
        return night.say(body)

    night.model = FakeModel(pausing)
    night.stages().manifest.write(DAY)
    report = night.stages().submitter.submit(DAY)
    before = night.model.asked
    night.switch, night.model = FakeSwitch(), FakeModel(night.say)
    night.run_until_settled()

    assert report.paused is not None
    assert 0 < len(before) < 30
    assert sorted(map(pictured, before + night.model.asked)) == sorted(night.pending.rows)
    assert len(night.table.rows) == 30


def test_a_gate_looks_again_once_some_seconds_have_passed_and_when_the_clock_was_set_back() -> None:
    clock = FakeClock()
    gate = Gate(FakeSwitch([None, PAUSE, PAUSE]), clock)
    gate.check()
    gate.check()

    clock.advance(timedelta(seconds=3))
    with pytest.raises(PausedError, match="the prices look odd"):
        gate.check()
    clock.advance(timedelta(hours=-1))
    with pytest.raises(PausedError):
        gate.check()
