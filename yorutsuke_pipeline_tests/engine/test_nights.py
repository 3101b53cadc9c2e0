"""A whole night in which every call to the outside is, in turn, the one that goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline_tests.engine.interruptions import Interruption
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import night_of, with_quotas
from yorutsuke_pipeline_tests.engine.sweeps import interrupt_everywhere, stall_everywhere

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline_tests.engine.nights import Night


def eventful_night() -> Night:
    """Return a night in which everything happens at once.

    Two images are turned away, one job completes with an answer that is none, one leaves a record out,
    whose input is two files, and what is left is too little for a job and goes on demand.
    """
    night = night_of(
        9,
        rows={"img-2": {"s3Key": "elsewhere/a.png", "hadSource": True}, "img-5": {"hadSource": False}},
        sources={"img-5": None},
        policy=with_quotas(most_records=3, part_records=2),
    )
    night.answers["img-3"] = "no receipt at all"
    night.unanswered = {"img-7"}
    return night


def test_a_quiet_night_settles_everything() -> None:
    night = eventful_night()

    first, *_ = night.run_until_settled()

    check_settled(night)
    assert sorted(row["imageId"] for row in night.table.rows.values()) == [
        "img-1",
        "img-3",
        "img-4",
        "img-6",
        "img-7",
        "img-8",
        "img-9",
    ]
    assert first.manifest.rejects == {"s3_key_outside": 1, "source_missing": 1}
    assert first.results.endings == {"accepted": 5, "rejected": 1, "missing": 1}
    assert [job.status for job in first.archive.bad_endings] == ["PartiallyCompleted"]
    assert len(night.model.asked) >= 1
    assert len(night.service.requests) >= 2


@pytest.mark.parametrize("interruption", Interruption)
def test_a_night_interrupted_at_any_call_is_finished_by_running_it_again(interruption: Interruption) -> None:
    made = interrupt_everywhere(interruption, eventful_night, lambda night, stages: night.run(stages))

    assert made > 100, "the night made far fewer calls than it must"


def the_whole_night(night: Night) -> None:
    night.arrive("img-late")
    night.run()


def only_the_first_half(night: Night) -> None:
    night.arrive("img-late")
    night.submit()


@pytest.mark.parametrize("overtake", [the_whole_night, only_the_first_half])
def test_a_run_that_stalls_at_any_call_does_no_harm_when_it_wakes(overtake: Callable[[Night], None]) -> None:
    made = stall_everywhere(eventful_night, lambda night, stages: night.run(stages), overtake)

    assert made > 100, "the night made far fewer calls than it must"
