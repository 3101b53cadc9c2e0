"""Clocks that are wrong, and objects that somebody else put in or changed: nothing relies on either."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline_tests.engine.interruptions import Calls
from yorutsuke_pipeline_tests.engine.invariants import check_always, check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, night_of


@pytest.mark.parametrize("step", [timedelta(hours=-3), timedelta(days=-400), timedelta(days=400)])
def test_a_clock_that_steps_in_the_middle_of_a_night_changes_nothing_but_times(step: timedelta) -> None:
    steady, stepping = night_of(5), night_of(5)
    for night in (steady, stepping):
        night.answers["img-2"] = "no receipt at all"
    steady.run_until_settled()

    stages = stepping.stages()
    stages.manifest.write(DAY)
    stepping.clock.advance(step)
    stages.submitter.submit(DAY)
    stepping.clock.advance(-2 * step)
    stepping.end_jobs()
    stages.collector.collect(DAY)
    stepping.clock.advance(step)
    stepping.run_until_settled()

    check_settled(stepping)
    assert {row["imageId"] for row in stepping.table.rows.values()} == {
        row["imageId"] for row in steady.table.rows.values()
    }
    assert len(stepping.service.requests) == len(steady.service.requests)


def test_a_run_that_took_over_keeps_what_it_has_although_the_stalled_one_has_the_later_clock() -> None:
    night = night_of(3)
    night.stages().manifest.write(DAY)

    def overtake() -> None:
        night.submit()
        night.clock.advance(timedelta(hours=5))

    calls = Calls(4, meanwhile=overtake)
    stalled = night.stages(calls.watch).submitter
    with pytest.raises(YorutsukeError):
        stalled.submit(DAY)

    assert calls.was_reached
    assert len(night.service.requests) == 1
    check_always(night)
    night.run_until_settled()
    check_settled(night)


def test_a_stale_file_in_the_input_folder_is_never_asked_about() -> None:
    night = night_of(3)
    night.objects.contents[f"batch-input/{FIRST}/part-0002.jsonl"] = b'{"recordId":"stale0000000","modelInput":{}}\n'
    night.objects.contents[f"batch-input/{FIRST}/part-0001.jsonl"] = b"stale\n"

    night.run_until_settled()

    (request,) = night.service.requests.values()
    # One file and not its folder: of a folder, the service reads every JSONL.
    assert request.input_uri == f"s3://receipts/batch-input/{FIRST}/part-0001.jsonl"
    assert b"stale" not in night.objects.contents[f"batch-input/{FIRST}/part-0001.jsonl"]
    check_settled(night)
    assert len(night.table.rows) == 3


def test_a_stale_file_in_the_output_folder_is_nobodys() -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()
    (job_id,) = night.service.states
    night.objects.contents[f"batch-output/{job_id}/stale.jsonl.out"] = b'{"recordId":"stale0000000","modelOutput":{}}\n'
    night.objects.contents[f"batch-output/{job_id}x/part-0001.jsonl.out"] = b"of another job\n"

    report = night.run()

    assert report.raw_output.counts["unknown_line"] == 1
    assert report.raw_output.counts["unreadable_line"] == 0
    assert len(night.table.rows) == 3


def test_counts_that_the_service_leaves_out_are_not_missed() -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()
    (state,) = night.service.states.values()
    assert (state.total_count, state.processed_count, state.success_count, state.error_count) == (None,) * 4

    night.run()

    assert len(night.table.rows) == 3
    check_settled(night)
