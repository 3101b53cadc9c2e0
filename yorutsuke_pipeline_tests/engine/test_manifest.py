"""The manifest: who is claimed, who is turned away, and what a run that died leaves to the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.batch_job import JobMode
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.events import EventName
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.quotas import SERVICE_QUOTAS, FixedQuotas, Quotas
from yorutsuke_pipeline_tests.engine.nights import (
    DAY,
    FIRST,
    POLICY,
    night_of,
    pictured,
    source_key,
    with_quotas,
)
from yorutsuke_pipeline_tests.fakes.prices import FixedPrices

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.policy import Policy

PART = f"batch-input/{FIRST}/part-0001.jsonl"


def test_a_sealed_intent_says_what_was_claimed_and_what_it_will_cost() -> None:
    night = night_of(4)

    report = night.stages().manifest.write(DAY)

    assert report.intent == night.ledger.intents[FIRST]
    assert report.intent.status is IntentStatus.MANIFESTED
    assert (report.intent.record_count, report.intent.rejected_count, report.intent.job_count) == (4, 0, 1)
    assert report.intent.input_bytes == len(night.objects.contents[PART])
    assert report.intent.estimate_usd is not None
    assert 0 < report.intent.estimate_usd < 1
    assert {row["intentId"] for row in night.pending.rows.values()} == {FIRST}
    assert [event.intent_id for event in night.events.named(EventName.BATCH_STARTED)] == [FIRST]


def test_each_line_of_a_part_asks_about_one_image_under_its_record_id() -> None:
    night = night_of(3)

    night.stages().manifest.write(DAY)

    asked = {line["recordId"]: pictured(line["modelInput"]) for line in night.lines_of(PART)}
    assert asked == {record_id(name): name for name in ("img-1", "img-2", "img-3")}


@pytest.mark.parametrize(
    ("row", "source", "kind"),
    [
        ({"s3Key": None}, b"", "s3_key_missing"),
        ({"s3Key": "processed/a.png"}, b"", "s3_key_outside"),
        ({"userId": None}, b"", "user_id"),
        ({}, None, "source_missing"),
        ({}, b"", "image_empty"),
        ({}, b"%PDF-1.7", "not_an_image"),
        ({}, b"x" * 40_000, "too_large"),
    ],
)
def test_a_bad_image_is_rejected_by_itself_with_a_reason(
    row: dict[str, object],
    source: bytes | None,
    kind: str,
) -> None:
    night = night_of(4, rows={"img-2": row}, sources={"img-2": source}, policy=with_quotas(line_bytes=30_000))

    report = night.stages().manifest.write(DAY)

    assert report.rejects == {kind: 1}
    assert report.intent is not None
    assert (report.intent.record_count, report.intent.rejected_count) == (3, 1)
    assert night.row("img-2")["status"] == "failed"
    assert night.row("img-2")["lastReason"]
    (letter,) = night.lines_of(f"dead-letters/{FIRST}.jsonl")
    assert (letter["identity"], letter["kind"], letter["isFinal"]) == ("img-2", kind, True)
    (event,) = night.events.named(EventName.RECORD_REJECTED)
    assert dict(event.facts)["kind"] == kind


def test_a_30_mb_image_is_rejected_by_its_size_and_not_called_empty() -> None:
    night = night_of(3, sources={"img-1": b"\xff\xd8" + b"x" * 30_000_000})

    night.stages().manifest.write(DAY)

    assert "30,000,002 bytes" in night.row("img-1")["lastReason"]


def test_a_day_of_nothing_but_rejects_is_closed_with_its_result() -> None:
    night = night_of(2, sources={"img-1": b"", "img-2": None})

    report = night.stages().manifest.write(DAY)

    assert report.intent is not None
    assert report.intent.status is IntentStatus.CLOSED
    assert report.intent.result is not None
    assert (report.intent.result.success_count, report.intent.result.failure_count) == (0, 2)
    assert night.service.asked_count == 0


def test_an_unknown_price_leaves_the_estimate_unknown_and_never_zero() -> None:
    night = night_of(3)
    night.prices = FixedPrices(None)

    report = night.stages().manifest.write(DAY)

    assert report.intent is not None
    assert report.intent.estimate_usd is None


def test_an_on_demand_part_is_estimated_at_twice_the_price_of_a_batch() -> None:
    few, enough = night_of(2), night_of(2, policy=with_quotas(fewest_records=2))

    estimates = [night.stages().manifest.write(DAY).intent for night in (few, enough)]

    on_demand, batch = (intent.estimate_usd for intent in estimates if intent is not None)
    assert on_demand is not None
    assert batch is not None
    assert on_demand == 2 * batch


def test_fewer_images_than_a_batch_needs_go_on_demand() -> None:
    report = night_of(2).stages().manifest.write(DAY)

    assert [job.mode for job in report.jobs] == [JobMode.ON_DEMAND]


def test_records_are_spread_so_that_no_part_is_below_the_minimum() -> None:
    report = night_of(5, policy=with_quotas(fewest_records=2)).stages().manifest.write(DAY)

    assert [(job.record_count, job.mode) for job in report.jobs] == [(3, JobMode.BATCH), (2, JobMode.BATCH)]


def test_the_input_of_a_job_stays_within_the_limit_in_bytes() -> None:
    night = night_of(4, policy=with_quotas(job_bytes=3_000, fewest_records=1))

    report = night.stages().manifest.write(DAY)

    assert [job.record_count for job in report.jobs] == [2, 2]
    assert all(len(night.objects.contents[job.part_key]) <= 3_000 for job in report.jobs)


@pytest.mark.parametrize(
    ("policy", "bucket", "setting"),
    [
        (replace(POLICY, model_id="unknown.model"), "receipts", "YORUTSUKE_MODEL_ID"),
        (POLICY, "Wrong_Bucket", "YORUTSUKE_BUCKET"),
    ],
)
def test_a_wrong_setting_is_named_before_anything_is_claimed(policy: Policy, bucket: str, setting: str) -> None:
    night = night_of(3, policy=policy)
    night.objects.bucket = bucket

    with pytest.raises(ConfigurationError, match=setting):
        night.stages().manifest.write(DAY)

    assert not night.ledger.intents
    assert "intentId" not in night.row("img-1")


def test_the_reason_of_the_last_rejection_goes_into_the_question() -> None:
    night = night_of(3, rows={"img-1": {"attempts": 1, "lastReason": "amount '0' is not greater than 0"}})

    night.stages().manifest.write(DAY)

    first, second, _ = night.objects.contents[PART].splitlines()
    assert b"amount '0' is not greater than 0" in first
    assert b"not greater than 0 " not in second


def test_a_source_with_a_strange_key_is_asked_about_like_any_other() -> None:
    key = "uploads/user-1/a b %2F 🧾.png"
    night = night_of(3, rows={"img-1": {"s3Key": key}})
    night.objects.contents[key] = night.objects.contents.pop(source_key("img-1"))

    report = night.stages().manifest.write(DAY)

    assert report.intent is not None
    assert report.intent.record_count == 3


class CountedQuotas:
    """Implements `QuotaBook` and counts how often it is asked."""

    def __init__(self, known: Quotas) -> None:
        self.known = known
        self.asked: list[str] = []

    def quotas(self, model_id: str) -> Quotas:
        self.asked.append(model_id)
        return self.known


def test_the_quotas_in_force_decide_over_the_policys_and_are_reported() -> None:
    book = CountedQuotas(Quotas(fewest_records=2, most_records=2).told({"most_records": 2}, SERVICE_QUOTAS))

    report = replace(night_of(4).stages().manifest, quota_book=book).write(DAY)

    assert [(job.record_count, job.mode) for job in report.jobs] == [(2, JobMode.BATCH), (2, JobMode.BATCH)]
    assert report.quotas == book.known
    assert book.asked == [POLICY.model_id]


def test_a_day_with_nothing_to_write_asks_for_no_quota() -> None:
    book, night = CountedQuotas(Quotas()), night_of(3)
    night.submit()

    report = replace(night.stages().manifest, quota_book=book).write(DAY)

    assert (book.asked, report.quotas) == ([], None)


def test_quotas_that_leave_no_size_for_a_job_are_refused_before_anything_is_claimed() -> None:
    night = night_of(8)
    told = POLICY.quotas.told({"fewest_records": 1000}, "Service Quotas").told({"most_records": 500}, "settings")
    writer = replace(night.stages().manifest, quota_book=FixedQuotas(told))

    with pytest.raises(ConfigurationError, match=r"1000 records at least \(Service Quotas\) and 500 at most"):
        writer.write(DAY)

    assert night.ledger.intents == {}
