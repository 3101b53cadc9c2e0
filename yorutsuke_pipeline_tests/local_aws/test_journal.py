from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.local_aws.journal import Entry, Journal, entries_since, newest_generation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRST, SECOND, THIRD = (Entry(headers=(("host", "h"),), body=body) for body in (b"1\n", b"2", b"3"))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path, 7)
    yield journal
    journal.close()


def test_entries_come_back_in_order_across_generations(journal: Journal, tmp_path: Path) -> None:
    journal.append(FIRST)
    journal.append(SECOND)
    journal.rotate()
    journal.append(THIRD)

    assert list(entries_since(tmp_path, 7)) == [FIRST, SECOND, THIRD]
    assert list(entries_since(tmp_path, 8)) == [THIRD]
    assert newest_generation(tmp_path) == 8


def test_what_a_checkpoint_contains_is_discarded(journal: Journal, tmp_path: Path) -> None:
    journal.append(FIRST)
    generation = journal.rotate()
    journal.append(SECOND)

    journal.discard_before(generation)

    assert list(entries_since(tmp_path, 0)) == [SECOND]


@pytest.mark.parametrize("lost_bytes", [1, 5, 15])
def test_an_entry_that_was_cut_short_is_left_out_and_those_before_it_are_not(
    journal: Journal, tmp_path: Path, lost_bytes: int
) -> None:
    journal.append(FIRST)
    journal.append(SECOND)
    path = tmp_path / "00000007.journal"

    path.write_bytes(path.read_bytes()[:-lost_bytes])

    assert list(entries_since(tmp_path, 7)) == [FIRST]


def test_an_entry_whose_bytes_were_damaged_is_not_played_back(journal: Journal, tmp_path: Path) -> None:
    journal.append(FIRST)
    path = tmp_path / "00000007.journal"

    path.write_bytes(path.read_bytes().replace(b"1\n", b"9\n"))

    assert list(entries_since(tmp_path, 7)) == []


@given(headers=st.lists(st.tuples(st.text(), st.text())), body=st.binary())
def test_any_request_survives_the_file_format(headers: list[tuple[str, str]], body: bytes) -> None:
    entry = Entry(headers=tuple(headers), body=body)

    assert Entry.from_bytes(entry.to_bytes()) == entry
