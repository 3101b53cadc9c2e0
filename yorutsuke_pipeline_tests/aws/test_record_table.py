"""What every implementation of `PendingRecords` does: the fake, and the adapter on two kinds of AWS."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline_tests.aws.subjects import PLACES, Subject, a_day, waiting_records

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.ports import PendingRecords

MINE, OTHER = "receipts-2026-01-09-001", "receipts-2026-01-09-002"


@pytest.fixture(params=PLACES)
def subject(request: pytest.FixtureRequest) -> Subject[PendingRecords]:
    return waiting_records(request)


@pytest.fixture
def day() -> date:
    return a_day()


def waiting(name: str, day: date, hour: int = 3, **others: Any) -> dict[str, Any]:  # noqa: ANN401 — any attribute
    row = {
        "imageId": name,
        "userId": "mai",
        "s3Key": f"uploads/mai/{name}.jpg",
        "uploadedAt": f"2026-01-09T{hour:02d}:00:00.000Z",
        "status": "pending",
        "pendingDate": day.isoformat(),
    }
    return {**row, **others}


def test_yields_the_days_waiting_images_oldest_first(subject: Subject[PendingRecords], name: str, day: date) -> None:
    for hour in (7, 3, 5):
        subject.put(waiting(f"{name}-{hour}", day, hour))
    subject.put(waiting(f"{name}-other", day + timedelta(days=1)))
    subject.put(waiting(f"{name}-done", day, status="processed"))

    found = list(subject.port.pending(day))

    assert [record.identity for record in found] == [f"{name}-3", f"{name}-5", f"{name}-7"]
    assert found[0].attributes["s3Key"] == f"uploads/mai/{name}-3.jpg"
    assert found[0].time == "2026-01-09T03:00:00.000Z"


def test_claimed_images_are_yielded_with_their_claim(subject: Subject[PendingRecords], name: str, day: date) -> None:
    subject.put(waiting(name, day))
    subject.port.claim(name, MINE)

    assert [record.intent_id for record in subject.port.pending(day)] == [MINE]


def test_one_intent_gets_an_image_and_keeps_it(subject: Subject[PendingRecords], name: str, day: date) -> None:
    subject.put(waiting(name, day, attempts=2, lastReason="no total"))

    claimed = subject.port.claim(name, MINE)

    assert claimed is not None
    assert (claimed.intent_id, claimed.attempts, claimed.last_reason) == (MINE, 2, "no total")
    assert subject.port.claim(name, OTHER) is None
    assert subject.port.claim(name, MINE) == claimed


# moto checks a condition and writes in two steps, and so may let two of them through.
@pytest.mark.parametrize("subject", ["fake", "embedded"], indirect=True)
def test_of_many_intents_at_once_one_gets_an_image(subject: Subject[PendingRecords], name: str, day: date) -> None:
    subject.put(waiting(name, day))
    intents = [f"receipts-2026-01-09-{number:03d}" for number in range(16)]

    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda intent: subject.port.claim(name, intent), intents))

    (winner,) = [claim for claim in claims if claim is not None]
    assert subject.row(name)["intentId"] == winner.intent_id


@pytest.mark.parametrize("change", [{"status": "failed"}, {"status": "processed"}, {"pendingDate": None}])
def test_what_no_longer_waits_cannot_be_claimed(
    subject: Subject[PendingRecords], name: str, day: date, change: dict[str, Any]
) -> None:
    row = waiting(name, day) | change
    subject.put({key: value for key, value in row.items() if value is not None})

    assert subject.port.claim(name, MINE) is None
    assert "intentId" not in subject.row(name)


def test_what_is_gone_cannot_be_claimed_and_does_not_come_to_be(subject: Subject[PendingRecords], name: str) -> None:
    assert subject.port.claim(name, MINE) is None
    assert not subject.port.release(name, MINE, attempts=0, reason=None)
    assert subject.row(name) == {}


def test_a_released_image_waits_again_with_its_reason(subject: Subject[PendingRecords], name: str, day: date) -> None:
    subject.put(waiting(name, day))
    subject.port.claim(name, MINE)

    assert subject.port.release(name, MINE, attempts=1, reason="no date")

    (again,) = subject.port.pending(day)
    assert (again.intent_id, again.attempts, again.last_reason) == (None, 1, "no date")
    assert subject.port.claim(name, OTHER) is not None


def test_a_release_without_a_reason_clears_the_old_one(subject: Subject[PendingRecords], name: str, day: date) -> None:
    subject.put(waiting(name, day, lastReason="no date"))
    subject.port.claim(name, MINE)

    assert subject.port.release(name, MINE, attempts=0, reason=None)

    assert "lastReason" not in subject.row(name)


def test_a_release_done_twice_is_still_done(subject: Subject[PendingRecords], name: str, day: date) -> None:
    subject.put(waiting(name, day))
    subject.port.claim(name, MINE)
    subject.port.release(name, MINE, attempts=1, reason="no date")

    assert subject.port.release(name, MINE, attempts=1, reason="no date")


def test_a_run_that_lost_its_claim_changes_nothing(subject: Subject[PendingRecords], name: str, day: date) -> None:
    subject.put(waiting(name, day))
    subject.port.claim(name, OTHER)
    before = subject.row(name).copy()

    assert not subject.port.release(name, MINE, attempts=9, reason="late")
    assert not subject.port.fail(name, MINE, attempts=9, reason="late")
    assert not subject.port.finish(name, MINE, archived_key="processed/late.jpg")

    assert subject.row(name) == before


def test_a_failed_image_is_out_of_line_with_its_reason_and_history(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    subject.put(waiting(name, day))
    subject.port.claim(name, MINE)

    assert subject.port.fail(name, MINE, attempts=3, reason="no total")
    assert subject.port.fail(name, MINE, attempts=3, reason="no total")

    row = subject.row(name)
    assert (row["status"], row["attempts"], row["lastReason"]) == ("failed", 3, "no total")
    assert row["lastIntentId"] == MINE
    assert not {"intentId", "pendingDate"} & row.keys()
    assert list(subject.port.pending(day)) == []


def test_a_finished_image_is_out_of_line_for_good(subject: Subject[PendingRecords], name: str, day: date) -> None:
    subject.put(waiting(name, day))
    subject.port.claim(name, MINE)

    assert subject.port.finish(name, MINE, archived_key="processed/a.jpg")
    assert subject.port.finish(name, MINE, archived_key=None)

    row = subject.row(name)
    assert (row["status"], row["intentId"], row["archivedKey"]) == ("processed", MINE, "processed/a.jpg")
    assert "pendingDate" not in row
    assert subject.port.claim(name, MINE) is None


def test_a_run_that_wakes_late_cannot_take_a_finished_image_back(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    subject.put(waiting(name, day))
    subject.port.claim(name, MINE)
    subject.port.finish(name, MINE, archived_key="processed/a.jpg")
    before = subject.row(name).copy()

    assert not subject.port.fail(name, MINE, attempts=1, reason="late")
    assert not subject.port.release(name, MINE, attempts=1, reason="late")

    assert subject.row(name) == before


def failed(subject: Subject[PendingRecords], name: str, day: date, **others: Any) -> None:  # noqa: ANN401 — any attribute
    subject.put(waiting(name, day, **others))
    subject.port.claim(name, MINE)
    subject.port.fail(name, MINE, attempts=3, reason="no total")


def test_a_row_is_found_whatever_became_of_it_and_none_where_there_is_none(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    failed(subject, name, day)

    found = subject.port.find(name)

    assert found is not None
    assert (found.identity, found.attempts, found.last_reason) == (name, 3, "no total")
    assert (found.attributes["status"], found.attributes["lastIntentId"]) == ("failed", MINE)
    assert subject.port.find(f"{name}-none") is None


def test_a_redriven_image_waits_again_with_its_reason_and_no_attempts(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    failed(subject, name, day)

    assert subject.port.redrive(name, day, keeps_reason=True, even_discarded=False)

    (again,) = subject.port.pending(day)
    assert (again.attempts, again.last_reason, again.intent_id) == (0, "no total", None)
    assert subject.row(name)["lastIntentId"] == MINE
    assert "redrivenAt" in subject.row(name)
    assert subject.port.claim(name, OTHER) is not None


def test_a_reason_that_says_nothing_to_the_model_is_dropped(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    failed(subject, name, day)

    assert subject.port.redrive(name, day, keeps_reason=False, even_discarded=False)

    assert "lastReason" not in subject.row(name)


def test_what_does_not_wait_for_a_person_is_neither_redriven_nor_discarded(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    subject.put(waiting(f"{name}-waits", day))
    subject.put(waiting(f"{name}-done", day))
    subject.port.claim(f"{name}-done", MINE)
    subject.port.finish(f"{name}-done", MINE, archived_key=None)
    names = [f"{name}-waits", f"{name}-done", f"{name}-none"]
    before = [subject.row(each).copy() for each in names]

    redriven = [subject.port.redrive(each, day, keeps_reason=True, even_discarded=True) for each in names]
    discarded = [subject.port.discard(each, "no receipt") for each in names]

    assert not any(redriven + discarded)
    assert [subject.row(each) for each in names] == before


def test_an_image_that_the_index_would_not_show_is_not_redriven(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    row = waiting(name, day, status="failed")
    del row["uploadedAt"], row["pendingDate"]
    subject.put(row)

    assert not subject.port.redrive(name, day, keeps_reason=True, even_discarded=False)

    assert subject.row(name)["status"] == "failed"


def test_a_discarded_image_stays_failed_with_the_first_persons_reason(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    failed(subject, name, day)

    assert subject.port.discard(name, "a photo of a cat")
    assert not subject.port.discard(name, "something else")

    row = subject.row(name)
    assert (row["status"], row["discardReason"], row["lastReason"]) == ("failed", "a photo of a cat", "no total")
    assert "discardedAt" in row


def test_a_discarded_image_is_redriven_only_if_it_is_meant(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    failed(subject, name, day)
    subject.port.discard(name, "a photo of a cat")

    assert not subject.port.redrive(name, day, keeps_reason=True, even_discarded=False)
    assert subject.port.redrive(name, day, keeps_reason=True, even_discarded=True)

    assert not {"discardedAt", "discardReason"} & subject.row(name).keys()


# moto checks a condition and writes in two steps, and so may let two of them through.
@pytest.mark.parametrize("subject", ["fake", "embedded"], indirect=True)
def test_of_many_people_at_once_one_redrives_an_image(subject: Subject[PendingRecords], name: str, day: date) -> None:
    failed(subject, name, day)

    with ThreadPoolExecutor(8) as pool:
        done = list(
            pool.map(lambda _: subject.port.redrive(name, day, keeps_reason=True, even_discarded=False), range(16))
        )

    assert done.count(True) == 1


def test_a_run_that_wakes_late_cannot_take_a_redriven_image_back(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    failed(subject, name, day)
    subject.port.redrive(name, day, keeps_reason=True, even_discarded=False)
    before = subject.row(name).copy()

    subject.port.fail(name, MINE, attempts=3, reason="late")
    subject.port.release(name, MINE, attempts=3, reason="late")
    subject.port.finish(name, MINE, archived_key="processed/late.jpg")

    assert subject.row(name) == before


@pytest.mark.parametrize("attempts", ["2", 2])
def test_attempts_are_a_number_whoever_wrote_them(
    subject: Subject[PendingRecords], name: str, day: date, attempts: object
) -> None:
    subject.put(waiting(name, day, attempts=attempts))

    (record,) = subject.port.pending(day)

    assert record.attempts == 2


@pytest.mark.parametrize(
    "odd",
    [
        {"attempts": "many"},
        {"attempts": -1},
        {"attempts": [1]},
        {"attempts": True},
        {"lastReason": 7},
        {"s3Key": {"nested": [1, None]}},
        {"userId": False},
    ],
)
def test_an_odd_row_stops_nothing(subject: Subject[PendingRecords], name: str, day: date, odd: dict[str, Any]) -> None:
    subject.put(waiting(f"{name}-odd", day, **odd))
    subject.put(waiting(f"{name}-good", day, hour=4))

    found = list(subject.port.pending(day))

    assert [(record.attempts, record.last_reason) for record in found] == [(0, None), (0, None)]
    assert subject.port.claim(f"{name}-odd", MINE) is not None


def test_an_intent_holds_an_image_from_its_claim_until_it_lets_it_go(
    subject: Subject[PendingRecords], day: date
) -> None:
    name = f"held-{day}"
    subject.put(waiting(name, day))
    seen = [subject.port.holds(name, MINE)]
    subject.port.claim(name, MINE)
    seen += [subject.port.holds(name, MINE), subject.port.holds(name, OTHER)]
    subject.port.finish(name, MINE, archived_key=None)
    seen += [subject.port.holds(name, MINE), subject.port.holds("of no row", MINE)]

    assert seen == [False, True, False, False, False]
