"""Output of every shape: whatever the lines look like, each claimed record gets exactly one outcome."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.batch_job import ENDINGS_AT_THE_SERVICE
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY
from yorutsuke_pipeline_tests.engine.outputs import ANSWERS, JOB, answer_line, answered, collect


def test_the_order_of_lines_does_not_matter() -> None:
    night = answered()
    night.put_output(JOB, reversed(night.output(JOB)))

    assert collect(night).counts == {"answered": 4}


def test_a_doubled_line_counts_once_and_is_billed_twice() -> None:
    night = answered()
    night.put_output(JOB, [*night.output(JOB), night.output(JOB)[0]])

    report = collect(night)

    assert report.counts == {"answered": 4, "doubled_line": 1}
    assert report.collected[0].usage is not None
    assert report.collected[0].usage.input_tokens == 5_000


@pytest.mark.parametrize("name", ["0" * 24, "", "領収書", "\ud800", "' OR 1=1 --", "x" * 100_000])
def test_a_line_of_nobodys_record_is_kept_out(name: str) -> None:
    night = answered()
    stranger = json.dumps({"recordId": name, "modelOutput": {}}).encode()
    night.put_output(JOB, [*night.output(JOB), stranger])

    assert collect(night).counts == {"answered": 4, "unknown_line": 1}


def test_a_line_that_belongs_to_another_job_is_kept_out_and_its_record_keeps_its_own() -> None:
    night = answered(8)
    stray = night.output(JOB)[0]
    night.put_output("job000000002", [*night.output("job000000002"), stray])
    night.put_output(JOB, night.output(JOB)[1:])

    assert collect(night).counts == {"answered": 7, "missing": 1, "unknown_line": 1}


def test_records_without_a_line_are_missing() -> None:
    night = answered()
    night.put_output(JOB, night.output(JOB)[1:])

    report = collect(night)

    assert report.counts == {"answered": 3, "missing": 1}
    (disagreement,) = report.disagreements
    assert "counts 4 processed records, its files hold 3" in disagreement


def test_an_output_cut_in_the_middle_of_a_line_loses_only_that_line() -> None:
    night = answered()
    whole = night.objects.contents[night.output_key(JOB)]
    night.objects.contents[night.output_key(JOB)] = whole[:-100]

    assert collect(night).counts == {"answered": 3, "unreadable_line": 1, "missing": 1}


@pytest.mark.parametrize("lines", [[], [b""], [b"", b"  ", b"\t"]])
def test_an_empty_output_leaves_every_record_missing(lines: list[bytes]) -> None:
    night = answered()
    night.put_output(JOB, lines)

    assert collect(night).counts == {"missing": 4}


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_change_nothing() -> None:
    night = answered()
    windows = b"\xef\xbb\xbf" + b"\r\n\r\n".join(night.output(JOB))
    night.objects.contents[night.output_key(JOB)] = windows

    assert collect(night).counts == {"answered": 4}


def test_more_files_than_parts_are_all_read() -> None:
    night = answered()
    first, *rest = night.output(JOB)
    night.put_output(JOB, [first])
    night.objects.contents[f"batch-output/{JOB}/part-0002.jsonl.out"] = b"\n".join(rest)
    night.objects.contents[f"batch-output/{JOB}/readme.txt"] = b"not output"
    night.objects.contents[f"batch-output/{JOB}2/part-0001.jsonl.out"] = b"another job's"

    assert collect(night).counts == {"answered": 4}


def test_no_output_at_all_and_no_manifest_still_account_for_every_record() -> None:
    night = answered()
    for key in [key for key in night.objects.contents if key.startswith("batch-output/")]:
        del night.objects.contents[key]

    report = collect(night)

    assert report.counts == {"missing": 4}
    assert report.disagreements == (f"{JOB}: no readable manifest.json.out",)


@pytest.mark.parametrize(
    ("summary", "is_noticed"),
    [
        (b'{"processedRecordCount": 999}', True),
        (b'{"processedRecordCount": "4"}', False),
        (b"{}", False),
        (b"not json", True),
        (b"[" * 100_000, True),
        (b"[]", True),
        (b"x" * 1_000_001, True),
    ],
)
def test_a_manifest_that_lies_is_noticed_and_never_believed(summary: bytes, is_noticed: bool) -> None:  # noqa: FBT001 — a case
    night = answered()
    night.objects.contents[f"batch-output/{JOB}/manifest.json.out"] = summary

    report = collect(night)

    assert report.counts == {"answered": 4}
    assert bool(report.disagreements) == is_noticed


def test_error_lines_and_filtered_answers_are_refusals() -> None:
    night = answered()
    *_, third, fourth = night.output(JOB)
    error = answer_line("img-1", error={"errorCode": 400, "errorMessage": "bad", "other": 1})
    filtered = answer_line("img-2", modelOutput={"error": {"message": "filtered"}})
    night.put_output(JOB, [error, filtered, third, fourth])

    assert collect(night).counts == {"answered": 2, "refused": 2}
    refusals = [line["errorMessage"] for line in night.lines_of(ANSWERS) if line["outcome"] == "refused"]
    assert refusals == ["bad", "filtered"]


def test_a_line_that_is_no_text_is_kept_as_an_excerpt_with_its_place() -> None:
    night = answered()
    night.put_output(JOB, [*night.output(JOB), b"\xff\xfe\x00"])

    collect(night)

    (unreadable,) = [line for line in night.lines_of(ANSWERS) if line["outcome"] == "unreadable_line"]
    assert (unreadable["file"], unreadable["line"]) == (night.output_key(JOB), 5)
    assert (unreadable["kind"], unreadable["raw"]) == ("line_not_utf8", "\\xff\\xfe\x00")


def test_an_answer_of_many_megabytes_is_kept_short_enough_for_the_next_stage() -> None:
    night = answered(3)
    huge = {"output": {"message": {"content": [{"text": "x" * 5_000_000}]}}, "stopReason": "y" * 5_000_000}
    refusal = {"errorCode": "4" * 5_000_000, "errorMessage": "z" * 5_000_000}
    night.put_output(
        JOB,
        [answer_line("img-1", modelOutput=huge), answer_line("img-2", error=refusal), night.output(JOB)[2]],
    )

    collect(night)
    report = night.stages().recorder.record(DAY)

    assert len(night.objects.contents[ANSWERS]) < 1_000_000
    assert report.rejects == {"answer_too_long": 1, "refused": 1}


def test_a_line_longer_than_any_answer_is_cut_and_rejected_by_itself() -> None:
    night = answered()
    night.put_output(JOB, [*night.output(JOB), b'{"recordId": "' + b"x" * 32_000_000])

    assert collect(night).counts == {"answered": 4, "unreadable_line": 1}


LINES = st.lists(
    st.one_of(
        st.integers(0, 3),
        st.sampled_from([b"", b"\xef\xbb\xbf", b"{}", b'{"recordId": 1}', b"\xff", b"[" * 5_000, b"null"]),
        st.binary(max_size=40),
    ),
    max_size=12,
)


@given(LINES, st.sampled_from(sorted(ENDINGS_AT_THE_SERVICE)))
@settings(max_examples=40)
def test_any_output_leaves_every_record_with_exactly_one_outcome(lines: list[int | bytes], status: str) -> None:
    night = answered()
    own = night.output(JOB)
    night.put_output(JOB, [own[line] if isinstance(line, int) else line for line in lines])
    night.service.end(JOB, status)

    report = collect(night)

    assert sum(report.counts[outcome] for outcome in ("answered", "refused", "missing")) == 4
    assert report.counts["answered"] == len({line for line in lines if isinstance(line, int)})
    night.run_until_settled()
    check_settled(night)
