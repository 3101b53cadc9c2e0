"""The images that wait, in numbers, whatever their rows hold."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from yorutsuke_pipeline.engine.pending_summary import PendingSummary, summarise_pending
from yorutsuke_pipeline.engine.record import PendingRecord


def summary_of(records: list[PendingRecord]) -> PendingSummary:
    return summarise_pending(records, since="uploadedAt", by="userId", columns=["imageId"])


NOON = datetime(2026, 1, 9, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize("size", ["9" * 5_000, "-1", "many", None, "1.5"])
def test_a_size_that_is_none_counts_as_nothing_and_stops_nothing(size: str | None) -> None:
    rows = [PendingRecord("a", {"bytes": size}), PendingRecord("b", {"bytes": "200"})]

    summary = summary_of(rows)

    assert (summary.waiting_count, summary.byte_count) == (2, 200)


@pytest.mark.parametrize(
    ("uploaded_at", "age"),
    [("2026-01-09T09:00:00.000Z", timedelta(hours=3)), ("yesterday", None), ("2026-01-09T09:00:00", None)],
)
def test_the_age_of_the_oldest_is_known_where_its_row_tells_it(uploaded_at: str, age: timedelta | None) -> None:
    summary = summary_of([PendingRecord("a", {"uploadedAt": uploaded_at})])

    assert summary.oldest_age(NOON) == age
