"""The dead-letter box: which letters are found, in which order, and where their records stand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from yorutsuke_pipeline.engine.dead_letter_box import Case, DeadLetterBox, Standing
from yorutsuke_pipeline.engine.errors import ManifestChangedError
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline_tests.engine.interruptions import Calls
from yorutsuke_pipeline_tests.engine.invariants import READS
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of

THE_DAY_AFTER = DAY + timedelta(days=1)


def box_of(night: Night, calls: Calls | None = None) -> DeadLetterBox:
    objects = night.objects if calls is None else calls.watch(night.objects)
    return DeadLetterBox("receipts", night.pending, night.ledger, objects, concurrency=2)


def standings(night: Night, days: list[date] | None = None) -> dict[str | None, Standing]:
    return {case.identity: case.standing for case in box_of(night).cases(days)}


def look_up(night: Night, name: str) -> Case | None:
    (found,) = box_of(night).look_up([name])
    return found.case


def a_night_with_two_rejects() -> Night:
    """Return a night after its first run: img-1 was asked about in vain, img-2 has no photo."""
    night = night_of(4, sources={"img-2": None}, rows={"img-2": {"hadSource": False}})
    night.answers["img-1"] = "no receipt at all"
    night.run()
    return night


def put_letters(night: Night, owner: str, *letters: dict[str, Any]) -> None:
    night.objects.contents[f"dead-letters/{owner}.jsonl"] = b"".join(
        json.dumps(letter).encode() + b"\n" for letter in letters
    )


def test_every_rejected_record_is_there_with_its_reason_and_what_was_said() -> None:
    night = a_night_with_two_rejects()

    cases = {case.identity: case for case in box_of(night).cases()}

    assert set(cases) == {"img-1", "img-2"}
    asked, never_asked = cases["img-1"].newest, cases["img-2"].newest
    assert asked is not None
    assert (asked.name, asked.raw, asked.day, asked.intent_id) == (
        record_id("img-1"),
        "no receipt at all",
        DAY.isoformat(),
        FIRST,
    )
    assert asked.job_id is not None
    assert asked.was_asked
    assert never_asked is not None
    assert (never_asked.kind, never_asked.job_id, never_asked.was_asked) == ("source_missing", None, False)


def test_the_row_says_where_a_record_stands() -> None:
    night = a_night_with_two_rejects()
    seen = [standings(night)]
    night.pending.claim("img-1", "receipts-2026-01-09-002")
    night.pending.discard("img-2", "a photo of a cat")
    seen.append(standings(night))
    night.row("img-1")["status"] = "processed"
    del night.pending.rows["img-2"]
    seen.append(standings(night))
    night.row("img-1")["status"] = "odd"
    seen.append(standings(night))

    assert seen == [
        {"img-1": Standing.BACK_IN_LINE, "img-2": Standing.WAITS_FOR_A_PERSON},
        {"img-1": Standing.ASKED_AGAIN, "img-2": Standing.DISCARDED},
        {"img-1": Standing.ACCEPTED, "img-2": Standing.GONE},
        {"img-1": Standing.UNCLEAR, "img-2": Standing.GONE},
    ]


def test_a_record_is_there_once_however_often_it_was_rejected() -> None:
    night = a_night_with_two_rejects()
    night.stubborn = {"img-1"}
    night.run_until_settled()

    cases = list(box_of(night).cases())

    assert [case.identity for case in cases].count("img-1") == 1
    (case,) = (case for case in cases if case.identity == "img-1")
    assert [letter.attempts for letter in case.letters] == [1, 2, 3]
    assert case.newest is not None
    assert case.newest.is_final


def test_a_line_that_is_nobodys_has_a_name_of_its_own() -> None:
    night = night_of(3)
    night.submit()
    night.end_jobs()
    (job_id,) = night.service.states
    night.put_output(job_id, [*night.output(job_id), b"{cut in the mid"])
    stages = night.stages()
    stages.collector.collect(DAY)
    stages.recorder.record(DAY)

    (case,) = box_of(night).cases()

    assert (case.name, case.identity, case.standing) == (f"{job_id}:1", None, Standing.NOBODYS_LINE)
    assert case.newest is not None
    assert (case.newest.raw, case.newest.line) == ("{cut in the mid", 4)
    assert look_up(night, case.name) == case


def test_a_days_letters_are_found_without_listing_the_bucket() -> None:
    night, calls = a_night_with_two_rejects(), Calls()

    found = {case.identity for case in box_of(night, calls).cases([DAY])}

    assert found == {"img-1", "img-2"}
    assert "list" not in calls.names
    assert list(box_of(night).cases([THE_DAY_AFTER])) == []


def test_a_days_letters_are_found_when_the_rows_of_its_jobs_have_expired() -> None:
    night = a_night_with_two_rejects()
    put_letters(night, "elsewhere", {"recordId": "other", "identity": "other", "day": THE_DAY_AFTER.isoformat()})
    night.ledger.rows.clear()

    assert set(standings(night, [DAY])) == {"img-1", "img-2"}


def test_looking_changes_nothing() -> None:
    night, calls = a_night_with_two_rejects(), Calls()
    box = DeadLetterBox(
        "receipts", calls.watch(night.pending), calls.watch(night.ledger), calls.watch(night.objects), 1
    )

    list(box.cases())
    list(box.cases([DAY]))
    box.look_up(["img-1"])

    assert set(calls.names) <= READS


@pytest.mark.parametrize("name", ["img-1", record_id("img-1"), record_id("img-1")[:6]])
def test_a_record_is_found_by_its_id_its_image_and_the_beginning_of_either(name: str) -> None:
    case = look_up(a_night_with_two_rejects(), name)

    assert case is not None
    assert case.identity == "img-1"


@pytest.mark.parametrize("name", [record_id("img-1")[:5], "img-", "", "nobody", "\ud800", "img-1\n", "img-%", "IMG-1"])
def test_what_names_no_record_is_not_found(name: str) -> None:
    assert look_up(a_night_with_two_rejects(), name) is None


def test_a_beginning_that_several_share_names_them() -> None:
    night = night_of(0)
    put_letters(night, "abc", *({"recordId": f"r{number}", "identity": f"shared-{number}"} for number in range(3)))

    (found,) = box_of(night).look_up(["shared"])

    assert found.case is None
    assert found.candidates == ("r0", "r1", "r2")


def test_a_whole_id_is_no_beginning_of_a_longer_one() -> None:
    night = night_of(0)
    put_letters(night, "abc", *({"recordId": name, "identity": name} for name in ("shared", "shared-2")))

    case = look_up(night, "shared")

    assert case is not None
    assert case.identity == "shared"


def test_a_failed_record_without_letters_is_found_by_its_whole_id() -> None:
    night = night_of(1)
    night.row("img-1")["status"] = "failed"

    case = look_up(night, "img-1")

    assert case is not None
    assert (case.letters, case.standing) == ((), Standing.WAITS_FOR_A_PERSON)


def test_a_letter_of_an_older_version_is_read_with_what_it_says() -> None:
    night = night_of(1)
    put_letters(
        night, "abc", {"recordId": "r1", "identity": "img-1", "kind": "amount", "reason": "none", "attempts": 3}
    )

    (case,) = box_of(night).cases()

    assert case.newest is not None
    assert (case.newest.kind, case.newest.day, case.newest.was_asked) == ("amount", None, True)


@pytest.mark.parametrize("other", ["violations", "receipts-trial"])
def test_a_letter_from_before_letters_said_of_which_workload_is_of_the_one_that_there_was(other: str) -> None:
    night = night_of(1)
    put_letters(night, "abc", {"recordId": "r1", "identity": "img-1", "kind": "amount", "reason": "none"})

    assert [case.identity for case in box_of(night).cases()] == ["img-1"]
    assert list(replace(box_of(night), workload=other).cases()) == []


@pytest.mark.parametrize("line", [b"not json", b"[]", b"7", b'{"attempts": "many"}'])
def test_a_letter_that_was_changed_by_hand_is_an_error_that_names_its_object(line: bytes) -> None:
    night = night_of(1)
    night.objects.contents["dead-letters/abc.jsonl"] = line + b"\n"

    with pytest.raises(ManifestChangedError, match=r"line 1 of dead-letters/abc\.jsonl is no "):
        list(box_of(night).cases())
