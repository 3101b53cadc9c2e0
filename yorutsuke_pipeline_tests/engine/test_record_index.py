"""Records matched with lines in any order."""

from __future__ import annotations

from typing import Any

import pytest

from yorutsuke_pipeline.engine.record_index import RecordIndex


def document(record_id: str, part: int = 1, **more: Any) -> dict[str, Any]:  # noqa: ANN401 — any JSON
    return {"recordId": record_id, "part": part, **more}


def test_a_record_is_found_as_it_was_listed_and_for_the_first_time_only_once() -> None:
    listed = document("b", attributes={"name": "領\ud800", "tags": [1, 2.5, None, True], "big": 10**30})

    with RecordIndex() as index:
        assert index.load([document("a"), listed, document("c")]) == 3

        assert [index.take("b", 1), index.take("b", 1)] == [(listed, True), (listed, False)]


@pytest.mark.parametrize(("name", "part"), [("a", 2), ("z", 1), ("", 1), ("\ud800", 1), ("a\x00", 1), ("A", 1)])
def test_what_was_not_listed_in_that_part_is_nobodys(name: str, part: int) -> None:
    with RecordIndex() as index:
        index.load([document("a")])

        assert index.take(name, part) == (None, False)


def test_what_is_left_of_a_part_comes_in_the_manifests_order() -> None:
    with RecordIndex() as index:
        index.load([document(name, part) for part in (1, 2) for name in (f"z{part}", f"a{part}", f"m{part}")])
        index.take("a2", 2)

        assert [left["recordId"] for left in index.left(2)] == ["z2", "m2"]
        assert [left["recordId"] for left in index.left(1)] == ["z1", "a1", "m1"]
        assert list(index.left(3)) == []


def test_a_record_that_is_listed_twice_is_one_as_it_was_listed_last() -> None:
    with RecordIndex() as index:
        assert index.load([document("a", attempts=0), document("b"), document("a", 2, attempts=1)]) == 2

        assert index.take("a", 1) == (None, False)
        assert index.take("a", 2) == (document("a", 2, attempts=1), True)
        assert [left["recordId"] for left in index.left(1)] == ["b"]


def test_an_index_of_nothing_has_nothing() -> None:
    with RecordIndex() as index:
        assert index.load([]) == 0

        assert index.take("a", 1) == (None, False)
        assert list(index.left(1)) == []
