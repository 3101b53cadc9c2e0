"""Every key that the product writes lies where it belongs, whatever a source or an intent is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.identity import check_intent_id, record_id

if TYPE_CHECKING:
    from datetime import date

# Steps of hostile keys, put together in any order.
PIECES = [
    "..",
    "/",
    "//",
    "%2F",
    "\\",
    "\n",
    "\x00",
    ".",
    ".jpg",
    ".JPEG",
    ".php;",
    "=",
    " ",
    "領収書",
    "\U0001f9fe",
    "a",
]
KEYS = st.text() | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
INTENT_IDS = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,49}", fullmatch=True)


@given(st.dates(), st.text(), KEYS)
def test_any_source_is_archived_under_its_day_by_its_record_id_alone(day: date, identity: str, source: str) -> None:
    key = layout.archive_key(day, record_id(identity), source)

    assert re.fullmatch(rf"processed/{day.isoformat()}/{record_id(identity)}(\.[a-z0-9]{{1,4}})?", key)


@given(INTENT_IDS, st.integers(1, 9_999), st.integers(1, 999), st.integers(1, 999))
def test_the_keys_of_any_intent_are_locations_that_the_service_takes(
    intent: str, number: int, draft: int, job: int
) -> None:
    part = layout.part_key(check_intent_id(intent), number, draft, job)

    for key in (part, layout.folder_of(part)):
        assert layout.s3_uri("my-bucket", key) == f"s3://my-bucket/{key}"
        assert layout.records_key_of(key) == layout.records_key(intent, draft)


@given(*[st.tuples(INTENT_IDS, st.integers(1, 3), st.integers(1, 3))] * 2)
def test_the_folder_of_a_job_holds_no_part_of_another_job_draft_or_intent(
    one: tuple[str, int, int], other: tuple[str, int, int]
) -> None:
    folder, part = (layout.part_key(intent, 1, draft, job) for intent, draft, job in (one, other))

    assert part.startswith(layout.folder_of(folder)) == (one == other)


def test_a_list_of_before_drafts_and_jobs_had_folders_beside_each_other_is_still_found() -> None:
    assert layout.records_key_of("batch-input/a/draft-003/part-0002.jsonl") == "batch-work/a/draft-003/records.jsonl"


@given(INTENT_IDS, INTENT_IDS, st.integers(1, 99), st.integers(1, 99))
def test_two_drafts_never_share_a_part(one: str, other: str, first: int, second: int) -> None:
    parts = {layout.part_key(one, 1, first), layout.part_key(other, 1, second)}

    assert len(parts) == (1 if (one, first) == (other, second) else 2)


@given(st.from_regex(r"[a-z0-9]{12}", fullmatch=True), st.text("abc123-", min_size=1, max_size=20))
def test_the_output_of_one_job_is_never_listed_as_anothers(job_id: str, other: str) -> None:
    assert layout.output_folder(job_id + other).startswith(layout.output_folder(job_id)) is False
