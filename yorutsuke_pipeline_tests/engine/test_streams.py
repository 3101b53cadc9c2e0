"""Work on a stream of any length, side by side, with memory for only a few items."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.streams import chunked, json_line, map_bounded

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_results_come_in_the_order_of_the_items_whichever_is_done_first() -> None:
    second_is_done = Event()

    def call(item: int) -> int:
        if item == 1:
            assert second_is_done.wait(10)
        if item == 2:
            second_is_done.set()
        return item * 10

    assert list(map_bounded(call, [1, 2, 3], workers=2)) == [10, 20, 30]


@pytest.mark.parametrize(("ahead", "most"), [(None, 2 * 3 + 1), (4, 4 + 1), (1, 1 + 1)])
def test_no_more_items_are_taken_ahead_than_told_or_twice_the_workers(ahead: int | None, most: int) -> None:
    taken: list[int] = []

    def endless() -> Iterator[int]:
        while True:
            taken.append(len(taken))
            yield len(taken)

    results = map_bounded(lambda item: item, endless(), workers=3, ahead=ahead)
    next(results)

    assert len(taken) <= most
    results.close()


def test_the_first_error_ends_the_stream() -> None:
    begun: list[int] = []

    def call(item: int) -> int:
        begun.append(item)
        if item == 2:
            raise KeyError(item)
        return item

    results = map_bounded(call, range(1, 1_000), workers=1)

    assert next(results) == 1
    with pytest.raises(KeyError):
        list(results)
    assert len(begun) < 10


def test_a_stream_of_nothing_is_nothing() -> None:
    assert list(map_bounded(str, [], workers=4)) == []
    assert list(chunked([], 5)) == []


def test_chunks_are_full_but_for_the_last() -> None:
    assert list(chunked(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]


def test_what_is_not_json_is_never_written() -> None:
    assert json_line({"text": "領\ud800"}) == b'{"text":"\\u9818\\ud800"}\n'
    with pytest.raises(ValueError, match="JSON"):
        json_line({"value": float("nan")})
