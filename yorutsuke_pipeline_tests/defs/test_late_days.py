"""The sensor of late days: each is told once, also when the topic could not be reached at first."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from yorutsuke_pipeline.engine.errors import TransientError
from yorutsuke_pipeline_tests.defs.days import resources, tick
from yorutsuke_pipeline_tests.defs.violations import Register
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of
from yorutsuke_pipeline_tests.fakes.alert_channel import FakeAlertChannel

DEADLINE = timedelta(hours=24)


@dataclass
class Sensor:
    """The sensor over a night's fakes, with its cursor."""

    night: Night
    channel: FakeAlertChannel = field(default_factory=FakeAlertChannel)
    cursor: str | None = None
    register: Register | None = None

    def tick(self) -> list[str]:
        """Evaluate it; return the subjects of what was told."""
        told_before = len(self.channel.sent)
        given = {**resources(self.night, self.register), "alert_channel": self.channel}
        given = {name: given[name] for name in ("receipts", "violations", "alert_channel")}
        self.cursor = tick("late_days", given, cursor=self.cursor).cursor
        return [alert.subject for alert in self.channel.sent[told_before:]]


@pytest.fixture
def sensor() -> Sensor:
    night = night_of(3)
    night.submit()
    return Sensor(night)


def test_nobody_is_told_of_a_day_that_is_in_time(sensor: Sensor) -> None:
    assert sensor.tick() == []


def test_a_late_day_is_told_once_with_all_else_that_is_late_in_one_message(sensor: Sensor) -> None:
    sensor.night.clock.advance(DEADLINE)

    assert sensor.tick() == ["2026-01-09 is late, and 1 more"]
    assert sensor.tick() == []


def test_a_job_that_waits_is_told_first_and_the_late_day_when_it_is_late(sensor: Sensor) -> None:
    sensor.night.clock.advance(timedelta(hours=13))
    assert sensor.tick() == ["a job of 2026-01-09 waits"]

    sensor.night.clock.advance(timedelta(hours=11))
    assert sensor.tick() == ["2026-01-09 is late"]


def test_what_could_not_be_told_is_told_when_the_topic_is_back(sensor: Sensor) -> None:
    sensor.night.clock.advance(DEADLINE)
    sensor.channel.error = TransientError("no answer")

    assert sensor.tick() == []
    sensor.channel.error = None
    assert sensor.tick() == ["2026-01-09 is late, and 1 more"]


def test_what_is_no_longer_late_is_forgotten(sensor: Sensor) -> None:
    sensor.night.clock.advance(DEADLINE)
    sensor.tick()
    assert f"late {FIRST}" in json.loads(str(sensor.cursor))

    sensor.night.run()
    sensor.tick()

    assert json.loads(str(sensor.cursor)) == []


@pytest.mark.parametrize("cursor", ["not JSON", "{}", "[1, null]", "17"])
def test_a_cursor_that_is_not_ours_says_nothing_was_told(sensor: Sensor, cursor: str) -> None:
    sensor.night.clock.advance(DEADLINE)
    sensor.cursor = cursor

    assert len(sensor.tick()) == 1


def test_of_one_day_each_workload_that_nobody_submitted_is_told() -> None:
    night = night_of(3)
    register = Register(night)
    ordered = register.order().state
    register.stages().feeder.feed(DAY + timedelta(days=1), only=ordered.intent_id)
    for row in register.waiting.rows.values():
        row["pendingDate"] = DAY.isoformat()
    sensor = Sensor(night, register=register)
    night.clock.advance(DEADLINE)

    sensor.tick()

    keys = json.loads(str(sensor.cursor))
    assert [f"unsubmitted {name} {DAY}" in keys for name in ("receipts", "violations")] == [True, True]
