"""The proof's own proof: each invariant notices when it is broken, and only then."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.local_aws.fault_proxy.operation import Operation
from yorutsuke_pipeline_tests.proof import invariants
from yorutsuke_pipeline_tests.proof.day import CANARY, FLOWS, Day
from yorutsuke_pipeline_tests.proof.evidence import Evidence, record_id
from yorutsuke_pipeline_tests.proof.interruption import StagedCall
from yorutsuke_pipeline_tests.proof.invariants import SETTLED, Invariant
from yorutsuke_pipeline_tests.proof.order import SECRET, Run
from yorutsuke_pipeline_tests.proof.scene import Night

if TYPE_CHECKING:
    from pathlib import Path

DAY = Day(FLOWS["partial"], 7)
IMAGE, SECOND, *_ = DAY.images
INTENT = f"{DAY.intent_prefix}001"


def sound() -> Evidence:
    """Return a day that ended as it should: one dead letter, the rest transactions."""
    images: dict[str, dict[str, Any]] = {
        image.image_id: {"imageId": image.image_id, "status": "processed", "archivedKey": f"processed/{image.image_id}"}
        for image in DAY.images
    }
    images[IMAGE.image_id] = {"imageId": IMAGE.image_id, "status": "failed", "attempts": 1}
    stored = [image for image in DAY.images if image.image_id != IMAGE.image_id]
    once = Counter(image.image_id for image in DAY.images)
    result = {"successCount": len(stored), "failureCount": 1, "totalCount": len(once)}
    intent = {"item": "INTENT", "intentId": INTENT, "status": "closed", "resultStats": result, "costUsd": Decimal(1)}
    spending = {"item": "SPENDING", "intentId": INTENT, "usd": Decimal(1), "openUsd": Decimal(0)}
    job = {"item": "JOB#001", "intentId": INTENT, "jobName": f"{INTENT}-001-dev", "clientRequestToken": "t"}
    copies = {f"processed/{image.image_id}": hashlib.md5(image.content).hexdigest() for image in stored}  # noqa: S324
    return Evidence(
        images=images,
        transactions=[{"imageId": image.image_id, "transactionId": record_id(image.image_id)} for image in stored],
        ledger=[{**intent, "recordCount": len(once), "rejectedCount": 0}, job, spending],
        service_jobs=[{"jobName": job["jobName"], "clientRequestToken": "t", "jobArn": "arn/abcdefghijkl"}],
        objects={IMAGE.s3_key: "etag", **copies},
        letters=[{"identity": IMAGE.image_id, "isFinal": True}],
        asked=once.copy(),
        billed=once.copy(),
        decided=once.copy(),
    )


def broken(seen: Evidence) -> set[Invariant]:
    return {invariant for invariant, judge in SETTLED for _ in judge(DAY, seen)}


def with_image(seen: Evidence, image_id: str, **changes: Any) -> Evidence:  # noqa: ANN401 — rows hold anything
    return replace(seen, images={**seen.images, image_id: {**seen.images[image_id], **changes}})


def test_a_day_that_ended_as_it_should_breaks_nothing() -> None:
    assert broken(sound()) == set()


def asked_twice() -> Evidence:
    return replace(sound(), asked=sound().asked + Counter([SECOND.image_id]))


def billed_twice_in_one_attempt() -> Evidence:
    return replace(sound(), billed=sound().billed + Counter([SECOND.image_id]))


def a_job_that_no_intent_knows() -> Evidence:
    stray = {"jobName": "stray", "clientRequestToken": "u", "jobArn": "arn/mnopqrstuvwx"}
    return replace(sound(), service_jobs=[*sound().service_jobs, stray])


def a_job_submitted_twice() -> Evidence:
    return replace(sound(), service_jobs=sound().service_jobs * 2)


def counted_at_more_than_it_cost() -> Evidence:
    *others, spending = sound().ledger
    return replace(sound(), ledger=[*others, {**spending, "usd": Decimal(2)}])


def still_reserved() -> Evidence:
    *others, spending = sound().ledger
    return replace(sound(), ledger=[*others, {**spending, "openUsd": Decimal(1)}])


@pytest.mark.parametrize(
    "seen",
    [
        asked_twice,
        billed_twice_in_one_attempt,
        a_job_that_no_intent_knows,
        a_job_submitted_twice,
        counted_at_more_than_it_cost,
        still_reserved,
    ],
)
def test_paying_twice_is_noticed(seen: Any) -> None:  # noqa: ANN401 — a function above
    assert broken(seen()) == {Invariant.PAID_ONCE}


def a_processed_image_without_its_transaction() -> Evidence:
    return replace(with_source_kept(sound()), transactions=sound().transactions[1:])


def with_source_kept(seen: Evidence) -> Evidence:
    return replace(seen, objects={**seen.objects, SECOND.s3_key: "etag"})


def a_failed_image_without_its_dead_letter() -> Evidence:
    return replace(sound(), letters=[])


def an_image_left_claimed() -> Evidence:
    claimed = {"status": "pending", "pendingDate": DAY.key, "intentId": INTENT, "attempts": 1}
    return replace(with_image(sound(), IMAGE.image_id, **claimed), letters=[])


def an_image_that_is_both() -> Evidence:
    both = {"imageId": IMAGE.image_id, "transactionId": record_id(IMAGE.image_id)}
    return replace(sound(), transactions=[*sound().transactions, both])


def a_result_that_does_not_add_up() -> Evidence:
    intent, job, _ = sound().ledger
    return replace(sound(), ledger=[{**intent, "recordCount": 99}, job])


@pytest.mark.parametrize(
    "seen",
    [
        a_processed_image_without_its_transaction,
        a_failed_image_without_its_dead_letter,
        an_image_left_claimed,
        an_image_that_is_both,
        a_result_that_does_not_add_up,
    ],
)
def test_losing_a_record_is_noticed(seen: Any) -> None:  # noqa: ANN401 — a function above
    assert Invariant.NOTHING_LOST in broken(seen())


def test_a_second_transaction_is_noticed() -> None:
    first = sound().transactions[0]
    seen = replace(sound(), transactions=[*sound().transactions, {**first, "transactionId": "with-a-time-in-it"}])

    assert Invariant.NOTHING_DOUBLED in broken(seen)


@pytest.mark.parametrize("etag", [None, "another"])
def test_a_source_deleted_without_a_true_copy_is_noticed(etag: str | None) -> None:
    copy = f"processed/{SECOND.image_id}"
    objects = {key: value for key, value in sound().objects.items() if key != copy}
    seen = replace(sound(), objects=objects if etag is None else {**objects, copy: etag})

    assert broken(seen) == {Invariant.NOTHING_DELETED_EARLY}


def night(*runs: Run, calls: tuple[StagedCall, ...] = ()) -> Night:
    return Night(exit_code=0, calls=calls, runs=runs, hit=None, folders=())


def test_a_rerun_that_writes_or_costs_is_noticed() -> None:
    read = StagedCall(1, Operation("dynamodb", "Query"), "manifest")
    writes = [
        StagedCall(2, Operation("dynamodb", "PutItem"), "manifest"),
        StagedCall(3, Operation("bedrock", "InvokeModel"), "x"),
    ]

    assert list(invariants.rerun_is_no_op(night(calls=(read,)), sound(), sound())) == []
    assert len(list(invariants.rerun_is_no_op(night(calls=(read, *writes)), sound(), sound()))) == 2
    assert list(invariants.rerun_is_no_op(night(), sound(), asked_twice())) == ["it changed asked"]


def test_a_green_run_over_a_job_that_ended_badly_is_noticed() -> None:
    red = Run("ingest_results", success=False, intent=INTENT, checks={"jobs_ended_well": False})
    green = Run("ingest_results", success=True, intent=INTENT, checks={"jobs_ended_well": True})

    assert list(invariants.failure_is_seen(DAY, night(red), sound())) == []
    assert len(list(invariants.failure_is_seen(DAY, night(red, green), sound()))) == 2


def test_a_green_run_is_right_when_another_has_asked_again_meanwhile() -> None:
    green = Run("ingest_results", success=True, intent=INTENT, checks={"jobs_ended_well": True})
    intent = sound().ledger[0]
    went_on = replace(sound(), ledger=[*sound().ledger, {**intent, "intentId": f"{DAY.intent_prefix}002"}])

    assert list(invariants.failure_is_seen(DAY, night(green), went_on)) == []


@pytest.mark.parametrize(
    "text",
    [f"merchant {CANARY} shop", SECRET, "?X-Amz-Signature=abc", base64.b64encode(IMAGE.content).decode()],
)
@pytest.mark.parametrize("place", ["output", "events"])
def test_a_leak_is_noticed(tmp_path: Path, text: str, place: str) -> None:
    (tmp_path / place).write_text("harmless")
    assert list(invariants.nothing_leaks(DAY, [tmp_path / place])) == []

    (tmp_path / place).write_text(f"a line with {text} in it")
    assert len(list(invariants.nothing_leaks(DAY, [tmp_path / place]))) == 1
