"""The stub: what the benchmarks rely on. That it is like AWS in all else is not claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline_tests.bench.stub.capacity import Capacity
from yorutsuke_pipeline_tests.bench.stub.rope import BLOCK, Rope, blank, in_file

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECES = [b"abc", b"", b"d" * (BLOCK + 5), b"ef", b"g"]
_WHOLE = b"".join(_PIECES)


@pytest.mark.parametrize("start", [0, 1, 3, 4, BLOCK + 7, len(_WHOLE) - 1, len(_WHOLE)])
@pytest.mark.parametrize("end", [0, 2, 3, BLOCK, len(_WHOLE)])
def test_a_rope_gives_the_bytes_of_a_range(start: int, end: int) -> None:
    rope = Rope(_PIECES, '"etag"')

    assert b"".join(rope.blocks(start, end)) == _WHOLE[start:end]
    assert rope.size == len(_WHOLE)


@pytest.mark.parametrize("pieces", [_PIECES, [b""], []])
def test_pieces_in_a_file_are_one_without_a_byte_lost(pieces: list[bytes]) -> None:
    assert bytes(in_file(pieces)) == b"".join(pieces)


@pytest.mark.parametrize("pieces", [_PIECES, []])
def test_pieces_of_which_only_the_size_is_kept_are_zeros(pieces: list[bytes]) -> None:
    assert bytes(blank(pieces)) == bytes(len(b"".join(pieces)))


def test_a_table_admits_no_more_than_its_rate_however_much_is_offered() -> None:
    times = ticks(0.0, 0.0, 0.05, 0.1, 5.0)
    capacity = Capacity(1_000.0, now=lambda: next(times))

    admitted = [capacity.admit(wanted) for wanted in (25, 1_000, 10, 10_000)]

    # Nothing at first; 50 after 0.05 s; and after a long pause only what a tenth of a second gives.
    assert admitted == [0, 50, 10, 100]


def test_a_table_without_a_limit_admits_all() -> None:
    assert Capacity(None).admit(10_000) == 10_000


def ticks(*times: float) -> Iterator[float]:
    return iter(times)
