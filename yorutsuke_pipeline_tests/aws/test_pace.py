"""How fast rows go to a table that admits only so many, in a time that is counted instead of waited."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import pytest

from yorutsuke_pipeline.aws.pace import Pace
from yorutsuke_pipeline.aws.patience import Patience

ROWS, BATCH, LATENCY = 20_000, 25, 0.008


@dataclass
class Table:
    """A table that admits `rate` rows a second and keeps what it did not use for `reserve` rows."""

    rate: float
    reserve: float
    tokens: float = 0.0
    seen_at: float = 0.0

    def admit(self, count: int, now: float) -> int:
        self.tokens = min(self.reserve, self.tokens + (now - self.seen_at) * self.rate)
        self.seen_at = now
        admitted = min(count, int(self.tokens))
        self.tokens -= admitted
        return admitted


@dataclass
class Load:
    """What a number of writers did to a table, each with one call in flight, `busy` seconds apart.

    Attributes:
        share: Of what the table could have admitted in that time, how much it did.
        attempts: A row.
        fewest: Rows that the slowest of several ingests had written when the first was done.
    """

    share: float
    attempts: float
    fewest: int


@dataclass
class Ingest:
    """Writers that share a pace, as those of one process do, and the rows that they have left."""

    pace: Pace
    left: int = ROWS
    written: int = 0


def load(table: Table, *, writers: int = 16, busy: float = 0.0, rows: int = ROWS, ingests: int = 1) -> Load:
    now, pauses, offered, fewest = 0.0, [0.0], 0, 0
    patience = Patience(now=lambda: now, sleep=pauses.append)
    works = [Ingest(Pace(patience), rows) for _ in range(ingests)]
    # Moments with what happens then: a writer begins, a batch arrives, an answer arrives.
    table.tokens, ready = table.reserve, [(0.0, number, "begin", 0, 0) for number in range(writers * ingests)]
    while ready:
        now, number, event, size, admitted = heapq.heappop(ready)
        work = works[number % ingests]
        if event == "begin" and work.left:
            size, pauses[:] = min(BATCH, work.left), [0.0]
            work.left -= size
            work.pace.wait_for(size)
            heapq.heappush(ready, (now + sum(pauses) + LATENCY / 2, number, "arrive", size, 0))
        elif event == "arrive":
            offered += size
            admitted = table.admit(size, now)
            heapq.heappush(ready, (now + LATENCY / 2, number, "answer", size, admitted))
        elif event == "answer":
            work.pace.told(admitted, size - admitted)
            work.left += size - admitted
            work.written += admitted
            if work.written == rows and not fewest:
                fewest = min(each.written for each in works)
            heapq.heappush(ready, (now + busy, number, "begin", 0, 0))
    possible = table.rate * now + table.reserve
    return Load(rows * ingests / possible, offered / rows / ingests, fewest)


@pytest.mark.parametrize(("writers", "busy"), [(16, 0.0), (8, 0.012), (32, 0.03)])
@pytest.mark.parametrize("reserve", [100, 400, 4_000])
def test_a_table_offered_more_than_it_admits_is_kept_full_and_asked_hardly_twice(
    reserve: int, writers: int, busy: float
) -> None:
    done = load(Table(4_000, reserve), writers=writers, busy=busy)

    assert done.share >= 0.95
    assert done.attempts <= 1.1


@pytest.mark.parametrize("ingests", [2, 3])
def test_several_ingests_at_once_keep_the_table_full_and_none_starves(ingests: int) -> None:
    done = load(Table(4_000, 400), ingests=ingests)

    assert done.share >= 0.9
    assert done.attempts <= 1.15
    assert done.fewest >= 0.4 * ROWS


def test_a_table_that_admits_all_is_not_slowed_down() -> None:
    done = load(Table(1_000_000, 1_000_000), rows=5_000)

    # 16 writers with a call of 8 ms each and nothing in between.
    assert done.attempts == 1.0
    assert done.share * (1_000_000 * 0.1 + 1_000_000) <= 5_000 * 1.1


def test_a_table_that_admits_nothing_for_a_while_is_asked_seldom_and_then_as_fast_as_it_admits() -> None:
    now = 0.0
    pauses: list[float] = []
    pace = Pace(Patience(now=lambda: now, sleep=pauses.append))
    for _ in range(5):
        pace.wait_for(BATCH)
        pace.told(0, BATCH)
        now += 0.2
    assert sum(pauses) >= 1.0

    pauses.clear()
    for _ in range(400):
        pace.wait_for(BATCH)
        pace.told(BATCH, 0)
        now += 0.1

    assert pauses == [] or pauses[-1] < 0.1
