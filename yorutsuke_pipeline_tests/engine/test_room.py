"""How a night is divided into intents, in all small sizes."""

from __future__ import annotations

from itertools import product

import pytest

from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.engine.room import Room


def sizes(waiting: int, most: int, fewest: int) -> list[int]:
    """Return how many records each intent of a night takes, one after the other."""
    found: list[int] = []
    while waiting:
        found.append(Room(waiting, 0, most, fewest).size)
        waiting -= found[-1]
    return found


def test_no_intent_is_below_the_minimum_where_the_night_can_be_divided_so_and_else_only_the_last() -> None:
    for waiting, most, fewest in product(range(1, 40), range(1, 12), range(1, 12)):
        taken = sizes(waiting, most, fewest)
        can_be = any(count * fewest <= waiting <= count * most for count in range(1, waiting + 1))

        case = f"{waiting} records, {fewest} to {most} in an intent: {taken}"
        assert max(taken) <= most, case
        assert min(taken) >= fewest if can_be else set(taken[:-1]) <= {most}, case


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [(100_000, [100_000]), (100_050, [50_025, 50_025]), (250_000, [83_334, 83_333, 83_333])],
)
def test_a_large_night_is_divided_into_as_few_and_as_equal_intents_as_can_be(waiting: int, expected: list[int]) -> None:
    assert sizes(waiting, 100_000, 100) == expected


def test_without_a_limit_all_are_taken() -> None:
    assert Room(7, 0, None, 3).size == 7


def test_all_of_its_own_are_taken_first_wherever_they_stand_in_line() -> None:
    line = [PendingRecord("a"), PendingRecord("b", intent_id="mine"), PendingRecord("c"), PendingRecord("d")]

    taken = Room(4, 1, 2, 1).taken("mine", line)

    assert [record.identity for record in taken] == ["a", "b"]
