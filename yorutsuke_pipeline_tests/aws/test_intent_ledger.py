"""What every implementation of `IntentLedger` does: the fake, and the adapter on two kinds of AWS."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.intent_ledger import DynamoIntentLedger
from yorutsuke_pipeline.engine.batch_job import COMPLETED, VANISHED, BatchJob, JobMode
from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.errors import LostRaceError, PermanentError
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus, ResultStats
from yorutsuke_pipeline.engine.orders import Estimate, Order
from yorutsuke_pipeline.engine.preflight import Preflight
from yorutsuke_pipeline_tests.fakes.clock import NIGHT, FakeClock
from yorutsuke_pipeline_tests.fakes.intent_ledger import FakeIntentLedger

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.ports import IntentLedger
    from yorutsuke_pipeline_tests.aws.places import Place


@pytest.fixture(params=["fake", "moto", "embedded"])
def ledger(request: pytest.FixtureRequest) -> IntentLedger:
    return FakeIntentLedger() if request.param == "fake" else adapter(request.getfixturevalue(request.param))


def adapter(place: Place) -> DynamoIntentLedger:
    return DynamoIntentLedger(place.clients.dynamodb, place.jobs_table, FakeClock())


def an_intent(name: str) -> Intent:
    return Intent(
        intent_id=name,
        workload=f"{name}-receipts",
        day=date(2026, 1, 9),
        model_id="amazon.nova-lite-v1:0",
        prompt_version="receipts-1",
        trace_id="0" * 32,
        created_at=datetime(2026, 1, 9, 17, 0, 0, 123000, tzinfo=timezone.utc),
    )


def a_job(name: str, number: int = 1) -> BatchJob:
    return BatchJob(
        intent_id=name,
        number=number,
        mode=JobMode.BATCH,
        job_name=f"{name}-{number:03d}",
        client_request_token="f" * 64,
        part_key=f"batch-input/{name}/part-0001.jsonl",
        part_etag='"abc"',
        record_count=120,
        input_bytes=31_000_000,
    )


def test_a_created_intent_is_read_back_whole(ledger: IntentLedger, name: str) -> None:
    assert ledger.intent(name) is None

    assert ledger.create(an_intent(name))

    assert ledger.intent(name) == an_intent(name)


def test_an_id_is_created_once(ledger: IntentLedger, name: str) -> None:
    ledger.create(an_intent(name))

    assert not ledger.create(an_intent(name))
    assert not ledger.create(replace(an_intent(name), model_id="another"))
    assert ledger.intent(name) == an_intent(name)


# moto checks a condition and writes in two steps, and so lets two of them through.
@pytest.mark.parametrize("ledger", ["fake", "embedded"], indirect=True)
def test_of_many_creators_at_once_one_succeeds(ledger: IntentLedger, name: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(lambda _: ledger.create(an_intent(name)), range(16)))

    assert created.count(True) == 1


def test_every_attribute_survives_the_table(ledger: IntentLedger, name: str) -> None:
    ledger.create(an_intent(name))
    full = replace(
        an_intent(name),
        status=IntentStatus.CLOSED,
        request_fingerprint="a" * 64,
        record_count=120,
        rejected_count=3,
        job_count=2,
        input_bytes=31_000_000,
        estimate_usd=Decimal("0.0123456789"),
        cost_usd=Decimal("0.01"),
        result=ResultStats(118, 5),
        closed_at=NIGHT,
        usage=TokenUsage(120_000, 12_000),
        preflight=Preflight(5, Decimal("0.002"), TokenUsage(6_000, 500)),
        on_demand_usd=Decimal("0.02"),
        collecting_since=NIGHT - timedelta(minutes=1),
        order=Order("aoi", "b" * 64, Decimal("5.00"), 10, Estimate(250, 128_901, Decimal("0.00706203"), "no more")),
        note="no violation was left",
    )

    saved = ledger.save(full)

    assert saved == replace(full, version=1)
    assert ledger.intent(name) == saved


@pytest.mark.parametrize(
    "order",
    [
        Order("aoi", "b" * 64),
        Order("aoi", "b" * 64, fewest_records=1),
        Order("aoi", "b", estimate=Estimate(1, 2, None)),
    ],
)
def test_an_order_survives_the_table_without_what_it_leaves_open(ledger: IntentLedger, name: str, order: Order) -> None:
    ledger.create(replace(an_intent(name), order=order))

    assert ledger.intent(name) == replace(an_intent(name), order=order)


def test_a_stalled_run_cannot_save_over_another(ledger: IntentLedger, name: str) -> None:
    ledger.create(an_intent(name))
    stalled = ledger.intent(name)
    assert stalled is not None
    ledger.save(replace(stalled, record_count=1))

    with pytest.raises(LostRaceError, match=name):
        ledger.save(replace(stalled, record_count=2))

    current = ledger.intent(name)
    assert current is not None
    assert (current.record_count, current.version) == (1, 1)


def test_an_intent_that_was_never_created_cannot_be_saved(ledger: IntentLedger, name: str) -> None:
    with pytest.raises(LostRaceError):
        ledger.save(an_intent(name))

    assert ledger.intent(name) is None


def test_only_open_intents_of_the_workload_are_listed(ledger: IntentLedger, name: str) -> None:
    intents = [replace(an_intent(f"{name}-{number}"), workload=name) for number in (1, 2, 3)]
    for intent in intents:
        ledger.create(intent)
    ledger.create(replace(an_intent(f"{name}-other"), workload=f"{name}-other"))
    ledger.save(replace(intents[1], status=IntentStatus.CLOSED, result=ResultStats(0, 0)))

    assert [intent.intent_id for intent in ledger.open_intents(name)] == [f"{name}-1", f"{name}-3"]


def test_jobs_come_by_number_beyond_a_thousand(ledger: IntentLedger, name: str) -> None:
    ledger.create(an_intent(name))
    for number in (1000, 999, 2):
        ledger.save_job(a_job(name, number))

    assert [job.number for job in ledger.jobs(name)] == [2, 999, 1000]


def test_the_jobs_that_count_come_for_many_intents_at_once(ledger: IntentLedger, name: str) -> None:
    # More rows than one call reads.
    counts = {f"{name}-{number:03d}": count for number, count in enumerate((3, 0, 1, 101))}
    intents = [replace(an_intent(each), job_count=count) for each, count in counts.items()]
    leftover = {f"{name}-000": 4, f"{name}-001": 1}
    for each, count in counts.items():
        for number in range(1, max(count, leftover.get(each, 0)) + 1):
            ledger.save_job(a_job(each, number))

    found = ledger.jobs_of(intents)

    assert found == {each: tuple(ledger.jobs(each)[:count]) for each, count in counts.items()}
    assert [len(found[each]) for each in counts] == list(counts.values())


def test_a_job_is_saved_over_the_version_it_was_read_at(ledger: IntentLedger, name: str) -> None:
    first = ledger.save_job(a_job(name))
    submitted = replace(
        first,
        status="Submitted",
        job_id="abcdefghijkl",
        job_arn="arn:aws:bedrock:us-east-1:000000000000:model-invocation-job/abcdefghijkl",
        submitted_at=NIGHT,
        usage=TokenUsage(1_200, 90),
    )

    second = ledger.save_job(submitted)

    assert (first.version, second.version) == (1, 2)
    assert list(ledger.jobs(name)) == [second]
    for stale in (a_job(name), submitted):
        with pytest.raises(LostRaceError, match=name):
            ledger.save_job(stale)


@pytest.mark.parametrize("place", ["moto", "embedded"])
def test_a_jobs_row_expires_thirty_days_after_its_end_and_not_before(
    place: str, name: str, request: pytest.FixtureRequest
) -> None:
    there: Place = request.getfixturevalue(place)
    ledger = adapter(there)

    def expiry() -> object:
        return there.row(there.jobs_table, {"intentId": name, "item": "JOB#001"}).get("expiresAt")

    running = ledger.save_job(replace(a_job(name), status="InProgress"))
    assert expiry() is None
    ended = NIGHT - timedelta(hours=5)
    done = ledger.save_job(replace(running, status=COMPLETED, completed_at=ended))
    assert expiry() == int((ended + timedelta(days=30)).timestamp())
    ledger.save_job(replace(done, status=VANISHED, completed_at=None))
    assert expiry() == int((NIGHT + timedelta(days=30)).timestamp())


def test_an_intents_row_never_expires_and_leaves_the_index_when_closed(moto: Place, name: str) -> None:
    ledger = adapter(moto)
    ledger.create(an_intent(name))
    ledger.save(replace(an_intent(name), status=IntentStatus.CLOSED))

    row = moto.row(moto.jobs_table, {"intentId": name, "item": "INTENT"})

    assert not {"expiresAt", "openWorkload"} & row.keys()
    assert row["partition"] == "2026-01-09"


def test_a_row_that_was_changed_by_hand_is_named(moto: Place, name: str) -> None:
    moto.put(moto.jobs_table, {"intentId": name, "item": "INTENT", "status": "done"})

    with pytest.raises(PermanentError, match=f"{name}, INTENT"):
        adapter(moto).intent(name)


def test_a_job_is_found_by_the_services_id_whatever_workload_it_is_of(ledger: IntentLedger, name: str) -> None:
    ledger.save_job(a_job(name))
    saved = ledger.save_job(replace(a_job(name, 2), job_id=name, status="Submitted"))

    assert ledger.find_job(name) == saved
    assert ledger.find_job("nobody's") is None
