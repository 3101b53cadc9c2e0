"""The usual answers of a workload."""

from __future__ import annotations

from yorutsuke_pipeline.engine.plain_workload import PlainWorkload
from yorutsuke_pipeline.engine.record import PendingRecord

PLAIN = PlainWorkload(
    name="postcards",
    prompt="In which mood?",
    prompt_version="postcards-1",
    compared_fields=("mood", "why"),
    expected_output_tokens=8,
)


def test_a_trial_of_todays_prompt_has_a_name_of_its_own_and_todays_version() -> None:
    again = PLAIN.trial()

    assert (again.name, again.prompt, again.prompt_version) == ("postcards-trial", "In which mood?", "postcards-1")


def test_a_prompt_on_trial_has_a_version_of_its_own_the_same_for_the_same() -> None:
    poem, same, other = (PLAIN.trial(text) for text in ("Write a poem.", "Write a poem.", "Write two poems."))

    assert poem.prompt == "Write a poem."
    assert poem.prompt_version.startswith("postcards-")
    assert poem.prompt_version == same.prompt_version != other.prompt_version
    assert other.prompt_version != PLAIN.prompt_version


def test_of_another_answer_the_wanted_fields_are_taken_and_its_origin_and_the_rows_own_stay() -> None:
    stored = {"mood": "sad", "why": "rain", "jobId": "job1", "status": "corrected"}
    tried = {"mood": "happy", "why": "sun", "jobId": "job2", "status": "new"}

    row = PLAIN.replaced(stored, tried, ["mood", "status"])

    assert row == {"mood": "happy", "why": "rain", "jobId": "job2", "status": "corrected"}


def test_a_record_is_nobodys_and_all_in_its_row_and_its_result_is_kept_and_looks_like_no_other() -> None:
    record, row = PendingRecord("from-hakone"), {"mood": "sad"}

    assert (PLAIN.lifetime(record), PLAIN.owner_of(record), PLAIN.content_key(record)) == (None, None, None)
    assert (PLAIN.neighbourhood(row), PLAIN.likeness(row), PLAIN.mark_alike(row)) == (None, None, row)
