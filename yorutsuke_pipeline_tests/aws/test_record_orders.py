"""How an order puts a record in line, whichever implementation of `PendingRecords` it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.record_table import RecordTable
from yorutsuke_pipeline.engine.days import utc_text
from yorutsuke_pipeline.engine.errors import ThrottledError
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.workloads.violations.tables import WAITING
from yorutsuke_pipeline_tests.aws.subjects import PLACES, Subject, a_day, waiting_records
from yorutsuke_pipeline_tests.aws.test_table_calls import client
from yorutsuke_pipeline_tests.aws.wire import IMPATIENT, UNHURRIED, Wire, answer, quick_retries
from yorutsuke_pipeline_tests.fakes.clock import NIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.ports import PendingRecords

MINE, OTHER = "violations-2026-01-09-001", "violations-2026-01-09-002"
THROTTLED = answer({"__type": "x#ProvisionedThroughputExceededException", "message": "slower"}, 400)


@pytest.fixture(params=PLACES)
def subject(request: pytest.FixtureRequest) -> Subject[PendingRecords]:
    return waiting_records(request)


@pytest.fixture
def day() -> date:
    return a_day()


def violation(name: str, **others: Any) -> PendingRecord:  # noqa: ANN401 — any attribute
    return PendingRecord(name, {"agency": "EPA", "fineAmount": Decimal("12500.00"), "narrative": "spilt", **others})


def closed(_intent_id: str) -> bool:
    return True


def still_open(_intent_id: str) -> bool:
    return False


def test_a_new_record_waits_for_its_order_unclaimed_with_all_that_is_known_of_it(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    assert subject.port.enqueue(violation(name), day, MINE, NIGHT)

    (waiting,) = subject.port.pending(day)
    assert (waiting.identity, waiting.intent_id, waiting.attempts) == (name, None, 0)
    assert waiting.attributes["fineAmount"] == Decimal("12500.00")
    assert waiting.attributes["orderedBy"] == MINE
    assert subject.row(name)["uploadedAt"] == utc_text(NIGHT)
    assert subject.port.claim(name, MINE) is not None


def test_putting_it_in_line_again_for_the_same_order_changes_nothing(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    subject.port.enqueue(violation(name), day, MINE, NIGHT)
    before = subject.row(name).copy()

    assert subject.port.enqueue(violation(name, agency="OSHA"), day, MINE, NIGHT + timedelta(hours=1), is_over=closed)

    assert subject.row(name) == before


def test_what_its_order_has_claimed_is_still_in_line_for_it(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    subject.port.enqueue(violation(name), day, MINE, NIGHT)
    subject.port.claim(name, MINE)

    assert subject.port.enqueue(violation(name), day, MINE, NIGHT)

    assert subject.row(name)["intentId"] == MINE


@pytest.mark.parametrize("is_over", [None, still_open])
@pytest.mark.parametrize("is_claimed", [False, True])
def test_what_waits_for_another_order_stays_its(
    subject: Subject[PendingRecords], name: str, day: date, is_over: Callable[[str], bool] | None, *, is_claimed: bool
) -> None:
    subject.port.enqueue(violation(name), day, OTHER, NIGHT)
    if is_claimed:
        subject.port.claim(name, OTHER)
    before = subject.row(name).copy()

    assert not subject.port.enqueue(violation(name), day, MINE, NIGHT, is_over=is_over)

    assert subject.row(name) == before


@pytest.mark.parametrize("is_claimed", [False, True])
def test_what_waits_in_the_name_of_a_closed_order_changes_to_the_new_one_and_its_day(
    subject: Subject[PendingRecords], name: str, day: date, *, is_claimed: bool
) -> None:
    subject.port.enqueue(violation(name), day, OTHER, NIGHT)
    subject.port.claim(name, OTHER)
    subject.port.release(name, OTHER, attempts=1, reason="the title is too long")
    if is_claimed:
        subject.port.claim(name, OTHER)
    later, asked = day + timedelta(days=1), list[str]()

    def is_over(intent_id: str) -> bool:
        asked.append(intent_id)
        return True

    assert subject.port.enqueue(violation(name, agency="OSHA"), later, MINE, NIGHT, is_over=is_over)

    assert (list(subject.port.pending(day)), asked) == ([], [OTHER])
    (waiting,) = subject.port.pending(later)
    assert (waiting.attempts, waiting.last_reason, waiting.intent_id) == (1, "the title is too long", None)
    assert (waiting.attributes["agency"], waiting.attributes["orderedBy"]) == ("OSHA", MINE)
    assert waiting.attributes["lastIntentId"] == OTHER


def test_what_was_processed_or_waits_for_a_person_is_in_no_line_again(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    names = [f"{name}-done", f"{name}-failed"]
    for each in names:
        subject.port.enqueue(violation(each), day, MINE, NIGHT)
        subject.port.claim(each, MINE)
    subject.port.finish(names[0], MINE, archived_key=None)
    subject.port.fail(names[1], MINE, attempts=3, reason="the title is too long")
    before = [subject.row(each).copy() for each in names]

    for order in (MINE, OTHER):
        assert not any(subject.port.enqueue(violation(each), day, order, NIGHT, is_over=closed) for each in names)

    assert [subject.row(each) for each in names] == before


@pytest.mark.parametrize("is_over", [None, still_open])
def test_what_waits_for_no_order_changes_to_the_first_one_and_keeps_its_history(
    subject: Subject[PendingRecords], name: str, day: date, is_over: Callable[[str], bool] | None
) -> None:
    row = {"imageId": name, "status": "pending", "pendingDate": str(day), "uploadedAt": utc_text(NIGHT)}
    subject.put({**row, "lastIntentId": OTHER, "redrivenAt": utc_text(NIGHT), "agency": "OSHA"})

    assert subject.port.enqueue(violation(name), day, MINE, NIGHT, is_over=is_over)

    (waiting,) = subject.port.pending(day)
    names = ("agency", "orderedBy", "lastIntentId", "redrivenAt")
    assert [waiting.attributes[each] for each in names] == ["EPA", MINE, OTHER, utc_text(NIGHT)]


def test_what_an_intent_has_claimed_that_no_order_put_there_is_left_to_it(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    subject.put({"imageId": name, "status": "pending", "pendingDate": str(day), "uploadedAt": utc_text(NIGHT)})
    subject.port.claim(name, OTHER)
    before = subject.row(name).copy()

    assert not subject.port.enqueue(violation(name), day, MINE, NIGHT, is_over=still_open)

    assert subject.row(name) == before


def test_what_a_person_puts_back_in_line_waits_for_no_order(
    subject: Subject[PendingRecords], name: str, day: date
) -> None:
    subject.port.enqueue(violation(name), day, MINE, NIGHT)
    subject.port.claim(name, MINE)
    subject.port.fail(name, MINE, attempts=3, reason="the title is too long")

    assert subject.port.redrive(name, day, keeps_reason=True, even_discarded=False)

    (waiting,) = subject.port.pending(day)
    assert (waiting.ordered_by, waiting.last_reason) == (None, "the title is too long")


# moto checks a condition and writes in two steps, and so may let two of them through.
@pytest.mark.parametrize("subject", ["fake", "embedded of pending-violations"], indirect=True)
@pytest.mark.parametrize("is_left_over", [False, True])
def test_of_many_orders_at_once_one_gets_a_record(
    subject: Subject[PendingRecords], name: str, day: date, *, is_left_over: bool
) -> None:
    if is_left_over:
        subject.port.enqueue(violation(name), day, "the-left-one", NIGHT)
    orders = [f"violations-2026-01-09-{number:03d}" for number in range(16)]

    def put(order: str) -> bool:
        return subject.port.enqueue(violation(name), day, order, NIGHT, is_over="the-left-one".__eq__)

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(put, orders))

    assert done.count(True) == 1
    assert subject.row(name)["orderedBy"] == orders[done.index(True)]


def test_a_record_that_no_table_can_hold_is_left_out_and_named(caplog: pytest.LogCaptureFixture) -> None:
    used = client()
    refused = {"__type": "x#ValidationException", "message": "Item size has exceeded the maximum allowed size"}

    with quick_retries(used), Wire([answer(refused, 400)]).attached(used):
        table = RecordTable(used, "pending-violations", WAITING)
        assert not table.enqueue(violation("v-1"), date(2026, 1, 9), MINE, NIGHT)

    assert "violation 'v-1'" in caplog.text
    assert "maximum allowed size" in caplog.text


def test_a_put_is_tried_until_the_table_admits_it() -> None:
    used, wire = client(), Wire([THROTTLED, THROTTLED, answer({})])

    with wire.attached(used):
        table = RecordTable(used, "pending-violations", WAITING, patience=UNHURRIED)
        assert table.enqueue(violation("v-1"), date(2026, 1, 9), MINE, NIGHT)

    assert len(wire.requests) == 3


def test_a_put_that_is_turned_away_until_the_deadline_is_throttling() -> None:
    used = client()

    with Wire([THROTTLED]).attached(used), pytest.raises(ThrottledError, match="violation 'v-1' in line"):
        RecordTable(used, "pending-violations", WAITING, patience=IMPATIENT).enqueue(
            violation("v-1"), date(2026, 1, 9), MINE, NIGHT
        )
