"""Lateness: which days and jobs a person is told of, and when nobody is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from yorutsuke_pipeline.engine.alerts import Alert, in_one
from yorutsuke_pipeline.engine.errors import BudgetExceededError, PermanentError
from yorutsuke_pipeline.engine.lateness import Lateness, Limits
from yorutsuke_pipeline.engine.policy import BelowMinimum
from yorutsuke_pipeline.engine.quotas import FixedQuotas
from yorutsuke_pipeline.engine.switch import Pause
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of
from yorutsuke_pipeline_tests.fakes.batch_service import CreateAnswer, FakeBatchService
from yorutsuke_pipeline_tests.fakes.switch import FakeSwitch


class ChangedSwitch(FakeSwitch):
    """A switch whose row cannot be read."""

    def current(self) -> Pause | None:
        raise PermanentError("the row was changed by hand")


HOUR = timedelta(hours=1)
# The clock of a night stands at the schedule's 02:00, from which a day's 24 hours count; a job has 12.
DEADLINE = 24 * HOUR
LIMITS = Limits(DEADLINE, 12 * HOUR, days_back=2, first_day=date(2026, 1, 1))


def alerts(night: Night, limits: Limits = LIMITS) -> list[Alert]:
    book = FixedQuotas(night.policy.quotas)
    rules = Lateness("receipts", night.policy, limits, night.ledger, night.pending, night.clock, book, night.switch)
    return rules.alerts()


def keys(night: Night, limits: Limits = LIMITS) -> list[str]:
    return [alert.key for alert in alerts(night, limits)]


def submitted() -> Night:
    night = night_of(3)
    night.submit()
    return night


def test_a_day_is_late_from_its_deadline_on_until_it_is_closed() -> None:
    night = submitted()

    night.clock.advance(DEADLINE - timedelta(seconds=1))
    assert f"late {FIRST}" not in keys(night)
    night.clock.advance(timedelta(seconds=1))
    assert f"late {FIRST}" in keys(night)

    night.run()
    assert keys(night) == []


def test_the_alert_says_which_day_what_state_and_which_command() -> None:
    night = submitted()
    night.clock.advance(DEADLINE)
    night.service.end("job000000001")
    night.stages().watch.look(list(night.ledger.intents.values()))

    (alert,) = alerts(night)

    assert alert.subject == "2026-01-09 is late"
    assert "deadline, 2026-01-11 02:00 in Tokyo" in alert.text
    assert f"{FIRST} is submitted (its jobs: Completed)" in alert.text
    assert "yorutsuke retry-failed --from 2026-01-09 --to 2026-01-09" in alert.text


def test_an_old_day_that_is_backfilled_has_as_long_as_a_new_one() -> None:
    night = night_of(3)
    night.clock.advance(timedelta(days=2))
    night.submit()

    night.clock.advance(DEADLINE - timedelta(seconds=1))
    assert f"late {FIRST}" not in keys(night)
    night.clock.advance(timedelta(seconds=1))
    assert f"late {FIRST}" in keys(night)


def test_an_intent_that_a_budget_refuses_is_told_of_again_when_no_night_looks_at_its_day_any_more() -> None:
    night = night_of(3)
    night.policy = replace(night.policy, daily_budget_usd=Decimal("0.0000001"))
    with pytest.raises(BudgetExceededError):
        night.submit()
    # The last night that looks two days back is that after the 11th, at 02:00 on the 12th.
    night.clock.advance(3 * DEADLINE - timedelta(seconds=1))
    assert f"late {FIRST}" in keys(night)

    night.clock.advance(timedelta(seconds=1))
    left = next(alert for alert in alerts(night) if alert.key == f"left {FIRST}")

    assert f"late {FIRST}" not in keys(night)
    assert left.subject == "no night submits 2026-01-09 any more"
    assert "look at 2 days before the one that has ended (YORUTSUKE_NIGHTLY_DAYS_BACK)" in left.text
    assert "The last run of submit_batch says why" in left.text
    assert "yorutsuke backfill --from 2026-01-09 --to 2026-01-09" in left.text


def test_what_is_submitted_is_left_by_no_night_however_old_its_day_is() -> None:
    night = submitted()

    night.clock.advance(10 * DEADLINE)

    assert f"late {FIRST}" in keys(night)


def test_a_day_that_nobody_submitted_is_told_of_after_its_deadline_with_the_command_that_does() -> None:
    night = night_of(3)

    night.clock.advance(DEADLINE - timedelta(seconds=1))
    assert keys(night) == []
    night.clock.advance(timedelta(seconds=1))
    (alert,) = alerts(night)

    assert alert.subject == "2026-01-09 was not submitted"
    assert "yorutsuke backfill --from 2026-01-09 --to 2026-01-09" in alert.text


def test_days_that_the_night_does_not_look_back_at_or_that_have_no_partition_are_left_alone() -> None:
    night = night_of(3)
    night.clock.advance(DEADLINE)

    assert keys(night, replace(LIMITS, first_day=date(2026, 1, 10))) == []
    night.clock.advance(timedelta(days=2))
    assert keys(night) == [f"unsubmitted receipts {DAY}"]
    night.clock.advance(timedelta(days=1))
    assert keys(night) == []


def test_a_day_that_waits_for_more_because_the_policy_says_so_is_not_late() -> None:
    night = night_of(3)
    quotas = replace(night.policy.quotas, fewest_records=4)
    night.policy = replace(night.policy, below_minimum=BelowMinimum.SKIP, quotas=quotas)
    night.clock.advance(DEADLINE)

    assert keys(night) == []
    night.policy = replace(night.policy, quotas=replace(quotas, fewest_records=3))
    assert keys(night) == [f"unsubmitted receipts {DAY}"]


def test_a_job_that_takes_longer_than_the_limit_is_told_of_until_it_has_ended() -> None:
    night = submitted()

    night.clock.advance(12 * HOUR)
    assert keys(night) == []
    night.clock.advance(timedelta(seconds=1))
    (alert,) = alerts(night)

    assert alert.subject == "a job of 2026-01-09 waits"
    assert "over 12 hours ago and is Submitted" in alert.text
    assert "yorutsuke jobs stop job000000001" in alert.text
    night.service.end("job000000001")
    night.stages().watch.look(list(night.ledger.intents.values()))
    assert keys(night) == []


def test_jobs_that_find_no_free_slot_for_too_long_are_told_of() -> None:
    night = night_of(8)
    night.service = FakeBatchService([CreateAnswer.CREATED, CreateAnswer.SLOTS_FULL], clock=night.clock)
    night.submit()

    night.clock.advance(12 * HOUR + timedelta(seconds=1))
    alert, *_ = alerts(night)

    assert alert.subject == "2026-01-09 waits to be submitted"
    assert "yorutsuke backfill --from 2026-01-09 --to 2026-01-09" in alert.text


@pytest.mark.parametrize("is_sealed", [False, True])
def test_while_submission_is_paused_the_pause_is_named_and_no_backfill_that_would_do_nothing(
    *, is_sealed: bool
) -> None:
    night = night_of(3)
    night.switch.pause(Pause("the prices look odd", "aoi", night.clock.now()))
    if is_sealed:
        night.stages().manifest.write(DAY)
    night.clock.advance(DEADLINE)

    paused, *_ = alerts(night)
    night.switch.resume()
    resumed, *_ = alerts(night)

    assert "submission is paused by aoi since 2026-01-10 02:00 in Tokyo: the prices look odd" in paused.text
    assert "yorutsuke resume" in paused.text
    assert "backfill" not in paused.text
    assert "yorutsuke backfill --from 2026-01-09 --to 2026-01-09" in resumed.text
    # It was told of once; a pause that begins or ends is no news of the day.
    assert paused.key == resumed.key


def test_a_pause_is_no_excuse_for_answers_that_are_not_read() -> None:
    night = submitted()
    night.switch.pause(Pause("the prices look odd", "aoi", night.clock.now()))
    night.clock.advance(DEADLINE)

    assert [alert.key for alert in alerts(night) if "is paused" in alert.text] == []
    assert f"late {FIRST}" in keys(night)


def test_a_switch_that_was_changed_by_hand_is_named_like_a_pause() -> None:
    night = night_of(3)
    night.switch = ChangedSwitch()
    night.clock.advance(DEADLINE)

    (alert,) = alerts(night)

    assert "Nothing is submitted now: the row was changed by hand" in alert.text


@pytest.mark.parametrize(("count", "subject"), [(1, "day 0"), (2, "day 0, and 1 more"), (60, "day 0, and 59 more")])
def test_many_alerts_are_one_message(count: int, subject: str) -> None:
    message = in_one([Alert(f"key {number}", f"day {number}", f"text {number}") for number in range(count)])

    assert message.subject == subject
    assert message.text.startswith("text 0")
    assert ("And 10 more: yorutsuke jobs --open" in message.text) == (count == 60)
