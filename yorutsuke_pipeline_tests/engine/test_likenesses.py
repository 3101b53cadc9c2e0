"""Rows that look like others, over all of an intent, with each neighbourhood read once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.likenesses import Likenesses
from yorutsuke_pipeline_tests.engine.nights import DAY, night_of
from yorutsuke_pipeline_tests.fakes.model import RECEIPT
from yorutsuke_pipeline_tests.fakes.results_table import FakeResultsTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.engine.workload import Row


class CountedTransactions(FakeResultsTable):
    """Keeps the neighbourhoods that were asked about."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str]] = []

    def neighbours(self, neighbourhoods: Sequence[tuple[str, str]]) -> Sequence[Row]:
        self.asked.extend(neighbourhoods)
        return super().neighbours(neighbourhoods)


def test_a_row_alone_shares_its_likeness_with_nobody_however_often_it_is_seen() -> None:
    with Likenesses() as likenesses:
        likenesses.add([("mai, 1500", "a"), ("mai, 1500", "a"), ("mai, 1501", "b")])

        assert likenesses.shared(["mai, 1500", "mai, 1501"]) == set()

        likenesses.add([("mai, 1500", "c")])
        assert likenesses.shared(["mai, 1500", "mai, 1501"]) == {"mai, 1500"}
        assert likenesses.shared([]) == set()


def test_a_place_is_visited_for_the_first_time_once() -> None:
    with Likenesses() as likenesses:
        assert likenesses.visit([("mai", "2026-01"), ("ken", "2026-01")]) == [("mai", "2026-01"), ("ken", "2026-01")]
        assert likenesses.visit([("mai", "2026-01"), ("mai", "2026-02")]) == [("mai", "2026-02")]


def test_a_night_of_more_than_one_chunk_reads_each_neighbourhood_once_and_sees_twins_far_apart() -> None:
    night = night_of(1_100)
    night.table = CountedTransactions()
    # In the order of their names, in which they wait.
    twins = {"img-1": "twin", "img-999": "twin"}
    night.answers = {name: json.dumps({**RECEIPT, "merchant": merchant}) for name, merchant in twins.items()}
    night.submit()
    night.end_jobs()
    night.stages().collector.collect(DAY)

    report = night.stages().recorder.record(DAY)

    assert report.endings == {"accepted": 1_100}
    assert len(night.table.asked) == len(set(night.table.asked)) == 1
    assert report.warnings["looks_like_another"] == 1
