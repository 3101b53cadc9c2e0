"""Work on a stream of any length, side by side, with memory for only a few items."""

from __future__ import annotations

import json
from decimal import Decimal
from threading import Event
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.raw_output import Outcome
from yorutsuke_pipeline.engine.streams import chunked, json_line, map_bounded, read_json_lines
from yorutsuke_pipeline_tests.fakes.object_store import FakeObjectStore

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


@pytest.mark.parametrize(("at_first", "most"), [(None, 3 + 1), (1, 1 + 1), (2, 2 + 1)])
def test_no_more_items_are_taken_ahead_than_told_at_first_or_there_are_workers(at_first: int | None, most: int) -> None:
    taken: list[int] = []

    def endless() -> Iterator[int]:
        while True:
            taken.append(len(taken))
            yield len(taken)

    results = map_bounded(lambda item: item, endless(), workers=3, at_first=at_first)
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
    assert json.loads(json_line({"text": "領\ud800"})) == {"text": "領\ud800"}
    assert json.loads(json_line({"text": "NaN Infinity"})) == {"text": "NaN Infinity"}
    for number in ("nan", "inf", "-inf"):
        with pytest.raises(ValueError, match="JSON"):
            json_line({"value": float(number)})


def test_a_line_is_one_line_of_utf_8_with_numbers_as_they_are() -> None:
    line = json_line({"text": "領収書\n\u2028", "amount": Decimal("1500.50"), "kind": Outcome.ANSWERED, "none": None})

    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"text": "領収書\n\u2028", "amount": "1500.50", "kind": "answered", "none": None}


def test_lines_are_read_also_where_a_parser_in_rust_gives_up_and_empty_ones_are_none() -> None:
    objects = FakeObjectStore()
    objects.create("key", b'{"a":1}\n\n{"a":"half a pair: \\ud800"}\n')

    found = list(read_json_lines(objects, "key"))

    assert found == [{"a": 1}, {"a": "half a pair: \ud800"}]


def test_an_error_ends_what_was_read_from_at_once_also_while_it_is_looked_at() -> None:
    is_ended = Event()

    def items() -> Iterator[int]:
        try:
            yield from range(10)
        finally:
            is_ended.set()

    def call(item: list[int]) -> int:
        raise ValueError(item)

    numbers = items()
    chunks = chunked(numbers, 2)
    with pytest.raises(ValueError, match="0") as caught:
        list(map_bounded(call, chunks, workers=1))

    # The error is still held, and with its traceback all frames that it came through.
    assert caught.value is not None
    assert is_ended.is_set()
