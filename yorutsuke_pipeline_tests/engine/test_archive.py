"""What was accepted leaves the inbox, and nothing leaves it too early."""

from __future__ import annotations

import pytest

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.errors import ManifestChangedError
from yorutsuke_pipeline.engine.events import EventName
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline.engine.intent import IntentStatus, ResultStats
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.invariants import READS, check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, Night, night_of, picture, source_key


def recorded() -> Night:
    """Return a night whose three transactions are in the table."""
    night = night_of(4, sources={"img-4": b""})
    night.submit()
    night.end_jobs()
    night.stages().collector.collect(DAY)
    night.stages().recorder.record(DAY)
    return night


def archived_key(identity: str) -> str:
    return layout.archive_key(DAY, record_id(identity), source_key(identity))


def test_an_accepted_image_is_copied_marked_and_deleted_and_the_intent_closed() -> None:
    night = recorded()

    report = night.stages().archiver.archive(DAY)

    assert (report.archived_count, report.failures, report.bad_endings) == (3, {}, [])
    assert night.objects.contents[f"processed/2026-01-09/{record_id('img-1')}.png"] == picture("img-1")
    assert source_key("img-1") not in night.objects.contents
    assert night.row("img-1")["status"] == "processed"
    assert night.row("img-1")["archivedKey"] == archived_key("img-1")
    intent = night.ledger.intents[FIRST]
    assert (intent.status, intent.result) == (IntentStatus.CLOSED, ResultStats(3, 1))
    assert intent.closed_at == night.clock.now()
    (event,) = night.events.named(EventName.BATCH_RESULT_COMPLETED)
    assert dict(event.facts) == {"successCount": 3, "failureCount": 1}


def test_a_rejected_image_stays_where_it_is() -> None:
    night = recorded()

    night.stages().archiver.archive(DAY)

    assert source_key("img-4") in night.objects.contents


def test_a_copy_that_fails_keeps_the_source_and_says_so_on_the_transaction() -> None:
    night = recorded()
    night.objects.uncopyable = {source_key("img-1")}

    report = night.stages().archiver.archive(DAY)

    row = night.table.rows["user-1", record_id("img-1")]
    assert (row["status"], row["archiveError"]) == ("migrationFailed", "the copy failed")
    assert source_key("img-1") in night.objects.contents
    assert (report.archived_count, report.failures) == (2, {"the copy failed": 1})
    assert night.row("img-1")["status"] == "processed"
    assert "archivedKey" not in night.row("img-1")


def test_a_source_that_was_replaced_meanwhile_is_not_deleted() -> None:
    night = recorded()
    night.objects.contents[source_key("img-1")] = b"another photo"

    report = night.stages().archiver.archive(DAY)

    assert night.objects.contents[source_key("img-1")] == b"another photo"
    assert archived_key("img-1") not in night.objects.contents
    assert report.failures == {"the source was replaced after it was read": 1}


def test_an_upload_that_takes_the_place_of_a_copied_source_is_not_deleted() -> None:
    night, quiet = recorded(), Calls()
    recorded().stages(quiet.watch).archiver.archive(DAY)

    def upload_again() -> None:
        night.objects.contents[source_key("img-1")] = b"another photo"

    calls = Calls(quiet.number_of("delete_unchanged"), meanwhile=upload_again)
    report = night.stages(calls.watch).archiver.archive(DAY)

    assert night.objects.contents[source_key("img-1")] == b"another photo"
    assert night.objects.contents[archived_key("img-1")] == picture("img-1")
    assert report.failures == {"the source was replaced after it was copied": 1}


def test_a_source_that_is_gone_is_told_and_stops_nothing() -> None:
    night = recorded()
    del night.objects.contents[source_key("img-1")]

    report = night.stages().archiver.archive(DAY)

    assert report.failures == {"the source is gone": 1}
    assert night.ledger.intents[FIRST].status is IntentStatus.CLOSED


@pytest.mark.parametrize("name", ["copy", "finish", "delete_unchanged", "save"])
def test_a_run_killed_on_the_way_is_finished_by_the_next(name: str) -> None:
    night, quiet = recorded(), Calls()
    recorded().stages(quiet.watch).archiver.archive(DAY)
    dying = Calls(quiet.number_of(name), Interruption.KILL)
    with pytest.raises(Killed):
        night.stages(dying.watch).archiver.archive(DAY)

    report = night.stages().archiver.archive(DAY)

    assert report.failures == {}
    assert "archiveError" not in night.table.rows["user-1", record_id("img-1")]
    check_settled(night)


def test_archiving_again_changes_nothing() -> None:
    night, calls = recorded(), Calls()
    night.stages().archiver.archive(DAY)

    report = night.stages(calls.watch).archiver.archive(DAY)

    assert (report.closed, report.archived_count) == ([], 0)
    assert {name for name in calls.names if name not in READS} == set()


def test_a_claim_that_is_gone_deletes_nothing() -> None:
    night = recorded()
    night.row("img-1")["intentId"] = "another"

    report = night.stages().archiver.archive(DAY)

    assert source_key("img-1") in night.objects.contents
    assert report.failures == {"its claim is gone; another intent has it": 1}


def test_a_job_that_ended_badly_is_named_when_its_intent_closes() -> None:
    night = night_of(4)
    night.submit()
    night.end("Expired")

    reports = [night.stages().collector.collect(DAY), night.stages().recorder.record(DAY)]
    report = night.stages().archiver.archive(DAY)

    assert len(reports) == 2
    assert [(job.status, job.message) for job in report.bad_endings] == [("Expired", "as the test said")]
    assert night.ledger.intents[FIRST].result == ResultStats(0, 4)
    (event,) = night.events.named(EventName.BATCH_FAILED)
    assert ("status", "Expired") in event.facts


def ended_badly() -> Night:
    """Return a night whose one job left an image out, brought home and closed."""
    night = night_of(4)
    night.unanswered = {"img-2"}
    night.run()
    return night


def test_a_bad_ending_is_told_to_a_run_that_finds_its_intent_closed_while_something_waits() -> None:
    night = ended_badly()

    again = night.stages().archiver.archive(DAY)
    night.run()
    after = night.stages().archiver.archive(DAY)

    assert ([job.status for job in again.bad_endings], again.closed) == (["PartiallyCompleted"], [])
    assert after.bad_endings == []


def test_a_bad_ending_that_left_nothing_is_told_once() -> None:
    night = ended_badly()
    night.row("img-2").update(status="failed")
    del night.row("img-2")["pendingDate"]

    assert night.stages().archiver.archive(DAY).bad_endings == []


@pytest.mark.parametrize("content", [None, b"", b"not json\n"])
def test_outcomes_that_have_expired_or_were_changed_close_nothing(content: bytes | None) -> None:
    night = recorded()
    key = f"batch-work/{FIRST}/outcomes.jsonl"
    del night.objects.contents[key]
    if content is not None:
        night.objects.contents[key] = content

    with pytest.raises(ManifestChangedError, match=key):
        night.stages().archiver.archive(DAY)

    assert night.ledger.intents[FIRST].status is IntentStatus.RECORDED


@pytest.mark.parametrize(
    ("source", "ending"),
    [
        ("uploads/u/a.JPG", ".jpg"),
        ("uploads/u/a.webp", ".webp"),
        ("uploads/u/a", ""),
        ("uploads/u.x/a", ""),
        ("uploads/u/.jpg/../x", ""),
        ("uploads/u/a.%2F", ""),
        ("uploads/u/a.領収", ""),
        ("uploads/u/a.executable", ""),
    ],
)
def test_an_archive_is_named_by_the_record_and_never_by_what_a_user_called_it(source: str, ending: str) -> None:
    assert layout.archive_key(DAY, "abc", source) == f"processed/2026-01-09/abc{ending}"
