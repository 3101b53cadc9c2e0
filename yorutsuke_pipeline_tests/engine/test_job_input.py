"""A job of several files: they lie in a folder of its own, and the folder is what was sealed or is not submitted."""

from __future__ import annotations

from collections import Counter

import pytest

from yorutsuke_pipeline.engine.batch_job import WITHDRAWN, JobMode
from yorutsuke_pipeline.engine.errors import ManifestChangedError
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, SECOND, Night, night_of, with_quotas
from yorutsuke_pipeline_tests.fakes.batch_service import input_keys

FOLDER = f"batch-input/{FIRST}/"
SECOND_FOLDER = f"batch-input/{FIRST}.job-002/"


def sealed(count: int = 4, **quotas: int) -> Night:
    """Return a sealed night of jobs of four records in files of two."""
    night = night_of(count, policy=with_quotas(**{"part_records": 2, **quotas}))
    night.stages().manifest.write(DAY)
    return night


def test_a_job_of_several_files_reads_the_folder_that_holds_just_them() -> None:
    night = sealed(8)

    night.stages().submitter.submit(DAY)

    first, second = night.service.requests.values()
    assert (first.input_uri, second.input_uri) == (f"s3://receipts/{FOLDER}", f"s3://receipts/{SECOND_FOLDER}")
    assert input_keys(first, night.objects) == [f"{FOLDER}part-0001.jsonl", f"{FOLDER}part-0002.jsonl"]
    assert input_keys(second, night.objects) == [f"{SECOND_FOLDER}part-0003.jsonl", f"{SECOND_FOLDER}part-0004.jsonl"]


def test_its_row_counts_all_of_its_files() -> None:
    night = sealed()

    (job,) = night.ledger.jobs(FIRST)
    written = sum(len(night.objects.contents[f"{FOLDER}part-000{number}.jsonl"]) for number in (1, 2))

    assert (job.record_count, job.input_bytes, job.mode) == (4, written, JobMode.BATCH)


def test_every_answer_of_every_file_becomes_a_transaction() -> None:
    night = sealed(8)

    night.run_until_settled()

    check_settled(night)
    assert len(night.table.rows) == 8
    assert len(night.service.requests) == 2


def test_a_file_is_closed_before_it_passes_its_limit_in_bytes() -> None:
    night = sealed(part_bytes=3_000, part_records=100)

    sizes = [len(night.objects.contents[f"{FOLDER}part-000{number}.jsonl"]) for number in (1, 2)]

    assert max(sizes) <= 3_000
    assert sum(sizes) == night.ledger.rows[FIRST, 1].input_bytes


@pytest.mark.parametrize(
    ("key", "content"),
    [
        (f"{FOLDER}part-0002.jsonl", b"something else\n"),
        (f"{FOLDER}part-0002.jsonl", None),
        (f"{FOLDER}part-0003.jsonl", b"one too many\n"),
        (f"{FOLDER}deeper/part-0001.jsonl", b"one too many\n"),
    ],
)
def test_a_folder_that_is_not_what_was_sealed_is_not_submitted_and_the_day_is_written_anew(
    key: str, content: bytes | None
) -> None:
    night = sealed()
    night.objects.contents.pop(key, None)
    if content is not None:
        night.objects.contents[key] = content

    with pytest.raises(ManifestChangedError, match=FOLDER):
        night.stages().submitter.submit(DAY)
    night.run_until_settled()

    assert [request.input_uri for request in night.service.requests.values()] == [
        f"s3://receipts/batch-input/{SECOND}/",
    ]
    assert len(night.table.rows) == 4


def test_a_folder_changed_after_another_job_went_out_is_withdrawn() -> None:
    night = sealed(8, running_jobs=1)
    night.stages().submitter.submit(DAY)
    night.objects.contents[f"{SECOND_FOLDER}part-0009.jsonl"] = b"one too many\n"

    first, *_ = night.run_until_settled()

    check_settled(night)
    assert [(job.number, job.status) for job in first.archive.bad_endings] == [(2, WITHDRAWN)]


def test_a_file_that_lay_in_the_folder_before_is_never_sealed_with_it() -> None:
    night = night_of(4, policy=with_quotas(part_records=2))
    night.objects.contents[f"{FOLDER}part-0007.jsonl"] = b"stale\n"

    with pytest.raises(ManifestChangedError, match="as it was just written"):
        night.stages().manifest.write(DAY)
    night.run_until_settled()

    check_settled(night)
    (request,) = night.service.requests.values()
    assert request.input_uri == f"s3://receipts/batch-input/{FIRST}.draft-002/"


def test_too_few_records_in_more_than_one_file_are_asked_on_demand_once_each() -> None:
    night = night_of(2, policy=with_quotas(part_records=1))

    night.run_until_settled()

    check_settled(night)
    assert Counter(len(night.table.rows) for _ in night.model.asked) == {2: 2}
    assert night.service.requests == {}
