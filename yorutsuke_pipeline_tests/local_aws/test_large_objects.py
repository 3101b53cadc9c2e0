from __future__ import annotations

import pytest

from yorutsuke_pipeline.local_aws.large_objects import Span


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        (None, 0, 999),
        ("bytes=0-0", 0, 0),
        ("bytes=10-", 10, 999),
        ("bytes=990-5000", 990, 999),
        ("bytes=-10", 990, 999),
        ("bytes=-5000", 0, 999),
    ],
)
def test_a_range_within_the_object_is_understood(header: str | None, first: int, last: int) -> None:
    assert Span.parse(header, 1000) == Span(first, last, 1000)


@pytest.mark.parametrize(
    "header", ["bytes=1000-", "bytes=-0", "bytes=-", "bytes=5-4", "bytes=0-1,5-6", "items=0-1", ""]
)
def test_any_other_range_is_left_to_who_knows_the_errors(header: str) -> None:
    assert Span.parse(header, 1000) is None
