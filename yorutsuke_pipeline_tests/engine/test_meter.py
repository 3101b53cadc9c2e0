"""The meter: what it says of long work, how often, and that it changes nothing of the work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.engine.meter import NO_METER, Reading, TellingMeter
from yorutsuke_pipeline_tests.engine.nights import DAY, POLICY, Stages, night_of, with_quotas
from yorutsuke_pipeline_tests.engine.slowness import SlowNight
from yorutsuke_pipeline_tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline_tests.engine.nights import Night

_SECOND = timedelta(seconds=1)


def said_of(items: Sequence[Any], seconds_each: float, **counting: Any) -> list[str]:  # noqa: ANN401 — the meter's own
    """Work through items, each of which takes so long; return what was said meanwhile."""
    clock, said, seen = FakeClock(), list[Reading](), []
    for item in TellingMeter(clock, said.append).counting("images copied", items, **counting):
        clock.advance(seconds_each * _SECOND)
        seen.append(item)
    assert seen == list(items)
    return [str(reading) for reading in said]


def test_work_that_is_soon_done_is_passed_over_in_silence() -> None:
    assert said_of(range(90), 0.1, total=90) == []


def test_long_work_is_told_after_ten_seconds_then_every_thirty_and_at_its_end() -> None:
    assert said_of(range(1600), 0.0625, total=1600) == [
        "images copied: 160 of 1,600 (10 %), 16 a second, 2 min left",
        "images copied: 640 of 1,600 (40 %), 16 a second, 1 min left",
        "images copied: 1,120 of 1,600 (70 %), 16 a second, 30 s left",
        "images copied: 1,600 of 1,600 (100 %), 16 a second",
    ]


def test_work_whose_extent_nobody_knows_is_told_without_one() -> None:
    assert said_of(range(32), 0.625, total=None) == [
        "images copied: 16 so far, 1.6 a second",
        "images copied: 32 so far, 1.6 a second",
    ]


def test_an_end_that_was_told_already_is_not_told_twice() -> None:
    assert said_of(range(16), 1, total=16) == ["images copied: 16 of 16 (100 %), 1.0 a second"]


def test_items_of_several_units_count_as_many() -> None:
    chunks = [range(1000), range(1000), range(500)]

    assert said_of(chunks, 10, total=2500, size=len) == [
        "images copied: 1,000 of 2,500 (40 %), 100 a second, 15 s left",
        "images copied: 2,500 of 2,500 (100 %), 83 a second",
    ]


def test_a_night_of_work_is_told_in_hours() -> None:
    assert said_of([range(100)], 360, total=10_000, size=len) == [
        "images copied: 100 of 10,000 (1 %), 0.3 a second, 10 h left",
    ]


def test_a_clock_that_steps_back_stops_neither_the_work_nor_the_words() -> None:
    clock, said = FakeClock(), list[Reading]()
    for number in TellingMeter(clock, said.append).counting("images copied", range(64), 64):
        clock.advance(-600 * _SECOND if number == 0 else 20 * _SECOND)

    assert [(reading.done, reading.per_second) for reading in said][-1] == (64, 64 / 660)


def test_words_are_said_while_the_work_goes_on_and_not_ahead_of_it() -> None:
    clock, said = FakeClock(), list[Reading]()
    for number in TellingMeter(clock, said.append).counting("images copied", range(32)):
        assert not said or number >= 16
        clock.advance(_SECOND)

    assert [reading.done for reading in said] == [16, 32]


def test_work_that_breaks_off_is_not_told_as_if_it_had_ended() -> None:
    clock, said = FakeClock(), list[Reading]()
    with pytest.raises(RuntimeError, match="the power is gone"):
        _break_off(TellingMeter(clock, said.append), clock, at=20)

    assert [reading.done for reading in said] == [16]


def test_no_meter_passes_the_items_on_as_they_are() -> None:
    items = iter(range(3))

    assert NO_METER.counting("images copied", items, 3) is items


def _break_off(meter: TellingMeter, clock: FakeClock, *, at: int) -> None:
    for number in meter.counting("images copied", range(100)):
        clock.advance(_SECOND)
        if number == at:
            raise RuntimeError("the power is gone")


def metered(night: Night, tell: Callable[[Reading], None]) -> Stages:
    """Return a night's stages, each with a meter."""
    meter, stages = TellingMeter(night.clock, tell), night.stages()
    return Stages(
        replace(stages.manifest, meter=meter),
        replace(stages.submitter, meter=meter),
        stages.watch,
        replace(stages.collector, meter=meter),
        replace(stages.recorder, meter=meter),
        replace(stages.archiver, meter=meter),
        stages.spending,
    )


def slow_night_of(count: int, policy: Policy = POLICY) -> SlowNight:
    return SlowNight(**vars(night_of(count, policy=policy)))


def totals(said: list[Reading]) -> dict[str, int | None]:
    return {reading.what: reading.total for reading in said}


def test_every_stage_of_a_slow_batch_night_tells_how_far_it_is() -> None:
    night, said = slow_night_of(40, with_quotas(most_records=20)), list[Reading]()
    night.answers = {f"img-{number}": "no JSON" for number in range(1, 21)}

    night.run(metered(night, said.append))

    told = totals(said)
    assert {what: told[what] for what in told if "lines of" not in what} == {
        "records claimed and written": 40,
        "records of all jobs read": 40,
        "answers recorded": 40,
        "records put back in line, or given to a person": None,
        "sources archived": 20,
    }
    assert max(reading.done for reading in said) == 40


def test_asking_on_demand_tells_how_far_it_is() -> None:
    night, said = slow_night_of(20, with_quotas(fewest_records=100, most_records=100)), list[Reading]()

    night.run(metered(night, said.append))

    assert totals(said)["records asked about on demand"] == 20


def test_a_night_that_is_metered_ends_like_one_that_is_not() -> None:
    watched, plain = slow_night_of(8), night_of(8)

    watched.run(metered(watched, lambda _reading: None))
    plain.run()

    assert watched.merchants() == plain.merchants()
    assert watched.objects.contents.keys() == plain.objects.contents.keys()


def test_a_day_on_which_nothing_waits_is_passed_over_in_silence() -> None:
    night, said = slow_night_of(0), list[Reading]()
    stages = metered(night, said.append)

    stages.manifest.write(DAY)
    stages.collector.collect(DAY)
    stages.recorder.record(DAY)
    stages.archiver.archive(DAY)

    assert said == []
