"""`pause`, `resume`, `status` and `jobs stop`, on a night's fakes."""

from __future__ import annotations

import pytest

from yorutsuke_pipeline_tests.cli.night_product import terminal_of
from yorutsuke_pipeline_tests.engine.nights import FIRST, night_of


def test_a_pause_is_told_to_whoever_asks_and_ends_with_resume() -> None:
    night = night_of(3)
    terminal = terminal_of(night)

    terminal.run("pause", "--reason", "the prices look odd", "--by", "aoi")
    night.submit()
    during = terminal.document("status")
    after = terminal.document("resume")

    assert (during["paused"], during["pausedBy"], during["reason"]) == (True, "aoi", "the prices look odd")
    assert during["waitingIntents"] == [FIRST]
    assert (after["paused"], after["wasPaused"], after["waitingIntents"]) == (False, True, [FIRST])
    assert terminal.document("status")["paused"] is False


def test_resume_says_which_day_a_person_must_submit_if_its_last_run_failed() -> None:
    night = night_of(3)
    terminal = terminal_of(night)
    terminal.run("pause", "--reason", "the prices look odd", "--by", "aoi")
    night.submit()

    said = terminal.run("resume").stdout

    remedy = "unless its last run failed: yorutsuke backfill --from 2026-01-09 --to 2026-01-09"
    assert f"{FIRST} waits: the completion sensor submits it, {remedy}\n" in said


def test_whoever_pauses_what_is_paused_is_told_by_whom_and_changes_nothing() -> None:
    terminal = terminal_of(night_of(0))
    terminal.run("pause", "--reason", "the prices look odd", "--by", "aoi")

    said = terminal.run("pause", "--reason", "a release", "--by", "mari").stdout

    assert "nothing is changed" in said
    assert terminal.document("status")["pausedBy"] == "aoi"


def test_resuming_what_is_not_paused_is_no_failure() -> None:
    result = terminal_of(night_of(0)).run("resume")

    assert (result.exit_code, result.stdout) == (0, "submission was not paused\n")


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 301])
def test_a_reason_that_nobody_could_read_is_refused(reason: str) -> None:
    night = night_of(0)

    result = terminal_of(night).run("pause", "--reason", reason, "--by", "aoi")

    assert result.exit_code == 2
    assert night.switch.current() is None


def test_a_reason_of_several_lines_becomes_one() -> None:
    night = night_of(0)

    terminal_of(night).run("pause", "--reason", "the prices\n\x1b[31mlook odd", "--by", "aoi")

    pause = night.switch.current()
    assert pause is not None
    assert pause.reason == "the prices [31mlook odd"


def test_a_days_jobs_are_stopped_once_the_person_has_agreed() -> None:
    night = night_of(8)
    night.submit()
    terminal = terminal_of(night)

    refused = terminal.run("jobs", "stop", "2026-01-09", said="n\n")
    statuses = {state.status for state in night.service.states.values()}
    agreed = terminal.run("jobs", "stop", "2026-01-09", said="y\n")

    assert (refused.exit_code, statuses) == (1, {"Submitted"})
    assert agreed.exit_code == 0
    assert {state.status for state in night.service.states.values()} == {"Stopping"}


def test_stopping_tells_what_became_of_each_job() -> None:
    night = night_of(3)
    night.submit()

    (job,) = terminal_of(night).document("jobs", "stop", FIRST, "--yes")["jobs"]

    assert (job["jobId"], job["verdict"]) == ("job000000001", "stopping")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("2026-01-08", "2026-01-08 has no job that could be stopped"),
        ("job00000000x", "no job or intent 'job00000000x' is known"),
        ("job000000001", "had ended already: Completed"),
    ],
)
def test_what_cannot_be_stopped_is_named_and_the_exit_code_is_1(what: str, said: str) -> None:
    night = night_of(3)
    night.run()

    result = terminal_of(night).run("jobs", "stop", what, "--yes")

    assert result.exit_code == 1
    assert said in result.stderr
