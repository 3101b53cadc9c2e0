"""`backfill` and `retry-failed`, with Dagster's queue stood in for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.batch_job import BatchJob, JobMode
from yorutsuke_pipeline.engine.identity import intent_id
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.retrying import Half
from yorutsuke_pipeline_tests.cli.conftest import png
from yorutsuke_pipeline_tests.cli.night_product import terminal_of
from yorutsuke_pipeline_tests.engine.nights import DAY
from yorutsuke_pipeline_tests.engine.ordered_nights import ORDER_DAY, images_night, named
from yorutsuke_pipeline_tests.fakes.run_queue import FakeRunQueue

if TYPE_CHECKING:
    from pathlib import Path

    from yorutsuke_pipeline_tests.cli.conftest import Terminal

# Days of this file's own: the tables are shared with the other tests.
WAITING, EMPTY, SUBMITTED, GONE, RUNNING = (date(2026, 5, number) for number in range(1, 6))


@pytest.fixture
def queue() -> FakeRunQueue:
    return FakeRunQueue()


@pytest.fixture
def terminal(terminal: Terminal, queue: FakeRunQueue) -> Terminal:
    return replace(terminal, run_queue=queue)


@pytest.fixture(autouse=True)
def _days(terminal: Terminal, user: str, tmp_path: Path) -> None:
    """Make a day in which a photo waits, one whose job has ended, and one whose job runs."""
    (tmp_path / "a.png").write_bytes(png(user))
    terminal.run("receipts", "add", tmp_path / "a.png", "--user", user, "--date", str(WAITING))
    _submit(terminal, SUBMITTED, job_status="Completed")
    _submit(terminal, RUNNING, job_status="InProgress")


def _submit(terminal: Terminal, day: date, *, job_status: str) -> None:
    """Put an intent whose one job was asked on demand, so that no service is asked how it stands."""
    name, ledger = intent_id("receipts", day, 1), terminal.product.ledger
    intent = Intent(
        intent_id=name,
        workload="receipts",
        day=day,
        model_id="amazon.nova-lite-v1:0",
        prompt_version="1",
        trace_id="t",
        created_at=datetime(2026, 5, 3, 17, tzinfo=timezone.utc),
    )
    if ledger.create(intent):
        sealed = ledger.save(intent.advance(IntentStatus.MANIFESTED, job_count=1))
        job = BatchJob(name, 1, JobMode.ON_DEMAND, f"{name}-001", "t", "k", "e", 100, 1, job_id="abc")
        ledger.save_job(replace(job, status=job_status))
        ledger.save(sealed.advance(IntentStatus.SUBMITTED))


def test_a_backfill_submits_the_days_in_which_photos_wait_and_names_the_others(
    terminal: Terminal, queue: FakeRunQueue
) -> None:
    document = terminal.document("backfill", "--from", "2026-05-01", "--to", "2026-05-03")

    assert queue.launched == [(Half.SUBMIT, WAITING)]
    assert document["launched"][0]["runId"] == f"run-{WAITING}"
    assert document["leftOut"] == [
        {"date": "2026-05-02", "reason": "nothing waits in it"},
        {"date": "2026-05-03", "reason": "it is submitted; its answers are awaited"},
    ]


def test_a_backfill_begins_an_order_that_no_run_has_taken_up(queue: FakeRunQueue) -> None:
    night = images_night(1)
    night.desk.place(named("img-1"))
    night.pending.rows["img-1"]["pendingDate"] = "2025-12-31"
    terminal = replace(terminal_of(night), run_queue=queue)

    document = terminal.document("backfill", "--from", str(DAY), "--to", str(ORDER_DAY))

    assert queue.launched == [(Half.SUBMIT, ORDER_DAY)]
    assert document["leftOut"] == [{"date": str(DAY), "reason": "nothing waits in it"}]


def test_retry_failed_runs_only_red_days_each_with_the_half_it_needs(terminal: Terminal, queue: FakeRunQueue) -> None:
    queue.failed = [WAITING, SUBMITTED, GONE]

    terminal.document("retry-failed", "--from", "2026-05-01", "--to", "2026-05-31")

    assert queue.launched == [(Half.SUBMIT, WAITING), (Half.INGEST, SUBMITTED), (Half.INGEST, GONE)]


def test_retry_failed_runs_a_day_that_another_intents_run_has_turned_green(
    terminal: Terminal, queue: FakeRunQueue
) -> None:
    queue.failed, queue.left_failed = [GONE], [intent_id("receipts", SUBMITTED, 1)]

    terminal.document("retry-failed", "--from", "2026-05-01", "--to", "2026-05-31")

    assert queue.launched == [(Half.INGEST, SUBMITTED), (Half.INGEST, GONE)]


def test_a_red_day_whose_jobs_still_run_is_left_to_the_sensor(terminal: Terminal, queue: FakeRunQueue) -> None:
    queue.failed = [RUNNING]

    document = terminal.document("retry-failed", "--from", "2026-05-01", "--to", "2026-05-31")

    assert queue.launched == []
    assert document["leftOut"] == [
        {"date": str(RUNNING), "reason": "its jobs are not done; the completion sensor reads their answers"}
    ]


def test_a_day_of_which_a_run_is_under_way_is_left_out(terminal: Terminal, queue: FakeRunQueue) -> None:
    queue.failed, queue.busy = [WAITING, GONE], frozenset({WAITING})

    result = terminal.run("retry-failed", "--from", "2026-05-01", "--to", "2026-05-31")

    assert queue.launched == [(Half.INGEST, GONE)]
    assert f"{WAITING} is left out: a run of it is queued or under way" in result.stderr


def test_no_failed_day_is_no_failure(terminal: Terminal, queue: FakeRunQueue) -> None:
    result = terminal.run("retry-failed", "--from", "2026-05-01", "--to", "2026-05-31", "--wait")

    assert (result.exit_code, queue.launched) == (0, [])
    assert "no run was launched" in result.stdout


@pytest.mark.parametrize(("outcome", "exit_code"), [("SUCCESS", 0), ("FAILURE", 1), ("CANCELED", 1)])
def test_wait_ends_as_the_runs_end(terminal: Terminal, queue: FakeRunQueue, outcome: str, exit_code: int) -> None:
    queue.failed, queue.outcome = [GONE], outcome

    result = terminal.run("retry-failed", "--from", "2026-05-01", "--to", "2026-05-31", "--wait")

    assert result.exit_code == exit_code
    assert outcome in result.stdout


def test_wait_says_which_run_failed_and_why(terminal: Terminal, queue: FakeRunQueue) -> None:
    queue.failed, queue.outcome, queue.failure = [GONE], "FAILURE", "bedrock_job: the quota of jobs is 0"

    said = terminal.run("retry-failed", "--from", "2026-05-01", "--to", "2026-05-31", "--wait").stderr
    document = terminal.document("retry-failed", "--from", "2026-05-01", "--to", "2026-05-31", "--wait")

    assert f"{GONE}: run run-{GONE} failed: bedrock_job: the quota of jobs is 0\n" in said
    assert document["launched"][0]["failure"] == queue.failure


def test_without_a_daemon_the_runs_are_launched_and_not_waited_for(terminal: Terminal, queue: FakeRunQueue) -> None:
    queue.failed, queue.is_alive = [GONE], False

    result = terminal.run("retry-failed", "--from", "2026-05-01", "--to", "2026-05-31", "--wait")

    assert queue.launched == [(Half.INGEST, GONE)]
    assert result.exit_code == 1
    assert "no Dagster daemon is alive" in result.stderr


def test_a_range_that_runs_backwards_is_wrong_usage(terminal: Terminal, queue: FakeRunQueue) -> None:
    assert terminal.run("backfill", "--from", "2026-05-03", "--to", "2026-05-01").exit_code == 2
    assert queue.launched == []


def test_days_without_a_partition_are_not_looked_at(terminal: Terminal, queue: FakeRunQueue) -> None:
    document = terminal.document("backfill", "--from", "2020-01-01", "--to", "2025-12-31")

    assert (document["launched"], document["leftOut"]) == ([], [])
    assert queue.launched == []
