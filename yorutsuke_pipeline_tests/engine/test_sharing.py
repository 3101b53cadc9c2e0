"""Which job a record goes to, whatever its size, however many come and whichever are turned away."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.quotas import Quotas
from yorutsuke_pipeline.engine.sharing import Sharing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST = 50


@dataclass(frozen=True)
class Arrivals:
    """Records as they come: the size of each, None for one that is turned away."""

    sizes: Sequence[int | None]
    announced: int

    def jobs(self, quotas: Quotas, *, window_bytes: int = 10**12) -> list[list[int]]:
        """Return the sizes of the records of each job."""
        left = self.announced

        def accepted() -> Iterator[int]:
            nonlocal left
            for size in self.sizes:
                left -= 1
                if size is not None:
                    yield size

        sharing = Sharing(quotas, lambda size: size, lambda: left, window_bytes=window_bytes)
        shared = list(sharing.share(accepted()))
        assert [size for _, size in shared] == [size for size in self.sizes if size is not None]
        grouped = [(job, [size for _, size in group]) for job, group in groupby(shared, key=lambda pair: pair[0])]
        assert [job for job, _ in grouped] == list(range(1, len(grouped) + 1))
        return [sizes for _, sizes in grouped]


def night(count: int, size: int = 1) -> Arrivals:
    return Arrivals([size] * count, count)


def sizes_of(jobs: list[list[int]]) -> list[int]:
    return [len(job) for job in jobs]


@st.composite
def some_quotas(draw: st.DrawFn) -> Quotas:
    """Return limits within which any number of records from the minimum on can be divided."""
    fewest = draw(st.integers(1, 6))
    most = draw(st.integers(2 * fewest, 30))
    return Quotas(fewest, most, job_bytes=draw(st.integers(2 * fewest * LARGEST, 1_500)))


some_arrivals = st.lists(st.none() | st.integers(1, LARGEST), max_size=120)


def test_a_night_that_one_job_holds_is_one_job() -> None:
    assert sizes_of(night(3_560, 270_000).jobs(Quotas())) == [3_560]


def test_a_night_just_above_the_bytes_of_a_job_is_two_equal_jobs_and_no_remainder() -> None:
    assert sizes_of(night(3_560, 270_000).jobs(Quotas(job_bytes=900_000_000))) == [1_780, 1_780]


def test_a_night_just_above_the_records_of_a_job_is_two_equal_jobs_and_no_remainder() -> None:
    assert sizes_of(night(100_050).jobs(Quotas())) == [50_025, 50_025]


def test_records_turned_away_at_the_end_leave_no_remainder() -> None:
    arrivals = Arrivals([270_000] * 3_360 + [None] * 200, 3_560)

    jobs = arrivals.jobs(Quotas(job_bytes=900_000_000))

    assert sum(sizes_of(jobs)) == 3_360
    assert min(sizes_of(jobs)) >= 100


def test_a_night_that_grows_larger_than_it_began_leaves_no_remainder() -> None:
    # Reckoned from its first half it is one job; the minimum of the second is in hand when the first is full.
    arrivals = Arrivals([100_000] * 5_000 + [420_000] * 1_000, 6_000)

    jobs = arrivals.jobs(Quotas(job_bytes=900_000_000))

    assert max(sum(job) for job in jobs) <= 900_000_000
    assert min(sizes_of(jobs)) >= 100


def test_what_cannot_be_divided_is_left_over() -> None:
    assert sizes_of(night(5).jobs(Quotas(3, 4))) == [4, 1]


def test_fewer_records_than_the_minimum_are_one_job() -> None:
    assert sizes_of(night(7).jobs(Quotas())) == [7]


def test_no_record_makes_no_job() -> None:
    assert Arrivals([None, None], 2).jobs(Quotas()) == []


@given(some_arrivals, some_quotas(), st.integers(-20, 200))
def test_no_job_is_above_a_limit_and_none_below_the_minimum(
    sizes: list[int | None], quotas: Quotas, miscounted: int
) -> None:
    jobs = Arrivals(sizes, max(0, len(sizes) + miscounted)).jobs(quotas)

    accepted = sum(size is not None for size in sizes)
    assert all(len(job) <= quotas.most_records and sum(job) <= quotas.job_bytes for job in jobs)
    assert accepted < quotas.fewest_records or all(len(job) >= quotas.fewest_records for job in jobs)


@given(st.integers(1, 500), some_quotas())
def test_equal_records_are_shared_equally_over_the_fewest_jobs(count: int, quotas: Quotas) -> None:
    jobs = sizes_of(night(count, LARGEST).jobs(quotas))

    most = min(quotas.most_records, quotas.job_bytes // LARGEST)
    assert len(jobs) == -(-count // most)


@given(st.integers(1, 500), st.integers(1, 20), st.integers(0, 20))
def test_counts_alone_are_balanced_to_one_record(count: int, fewest: int, more: int) -> None:
    jobs = sizes_of(night(count).jobs(Quotas(fewest, 2 * fewest + more)))

    assert max(jobs) - min(jobs) <= 1


@given(some_arrivals, some_quotas(), st.integers(1, 200))
def test_a_window_too_small_for_the_minimum_loses_nothing_and_passes_no_limit(
    sizes: list[int | None], quotas: Quotas, window: int
) -> None:
    jobs = Arrivals(sizes, len(sizes)).jobs(quotas, window_bytes=window)

    assert all(len(job) <= quotas.most_records and sum(job) <= quotas.job_bytes for job in jobs)


def test_no_more_is_taken_ahead_than_the_minimum_and_the_bytes_of_the_window() -> None:
    taken = 0

    def arriving() -> Iterator[int]:
        nonlocal taken
        for _ in range(1_000):
            taken += 1
            yield 10

    shared = Sharing(Quotas(5, 1_000), lambda size: size, lambda: 1_000 - taken).share(arriving())
    next(shared)
    by_count = taken
    narrow = Sharing(Quotas(5, 1_000), lambda size: size, lambda: 1_000 - taken, window_bytes=20).share(arriving())
    next(narrow)

    assert (by_count, taken - by_count) == (6, 2)
