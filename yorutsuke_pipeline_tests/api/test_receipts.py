"""`/api/batch/jobs`, over a fake desk."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.engine.orders import OrderStatus
from yorutsuke_pipeline_tests.api.conftest import RECEIPTS

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.api.conftest import Service

JOBS = "/api/batch/jobs"


def test_receipts_are_ordered_under_the_apps_own_intent(service: Service) -> None:
    answer = service.call("POST", JOBS, service.aoi, json=RECEIPTS)

    assert answer.status_code == 202
    assert answer.json() == {
        "jobId": "lunch-1",
        "statusUrl": "/api/batch/jobs/lunch-1",
        "status": "queued",
        "imageCount": 2,
        "estimatedCost": 0.00012,
        "estimatedDuration": 7200,
        "cached": False,
    }
    assert answer.headers["location"] == "/api/batch/jobs/lunch-1"
    assert int(answer.headers["retry-after"]) > 0


def test_what_was_asked_for_arrives_at_the_desk(service: Service) -> None:
    request = RECEIPTS | {"modelId": "us.amazon.nova-pro-v1:0", "batchJobThreshold": 7}

    service.call("POST", JOBS, service.aoi, json=request)

    wanted = service.receipts.wanted["lunch-1"]
    assert wanted.identities == ("image-1", "image-2")
    assert (wanted.owner, wanted.model_id, wanted.fewest_records) == ("aoi", "us.amazon.nova-pro-v1:0", 7)


def test_the_same_intent_again_is_the_same_job(service: Service) -> None:
    first, second = (service.call("POST", JOBS, service.aoi, json=RECEIPTS).json() for _ in range(2))

    assert second == first | {"cached": True}
    assert len(service.receipts.orders) == 1


def test_the_same_intent_with_other_images_is_a_conflict(service: Service) -> None:
    service.call("POST", JOBS, service.aoi, json=RECEIPTS)

    answer = service.call("POST", JOBS, service.aoi, json=RECEIPTS | {"pendingImageIds": ["image-3"]})

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:yorutsuke:problem:order-conflict"
    assert "lunch-1" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"intentId": "receipts-2026-01-09-001"}, "intentId"),
        ({"intentId": "receipts-trial-2026-01-09-001"}, "intentId"),
        ({"intentId": "violations-lunch"}, "intentId"),
        ({"intentId": "-lunch"}, "intentId"),
        ({"intentId": "lunch\n"}, "intentId"),
        ({"intentId": "a" * 51}, "intentId"),
        ({"intentId": None}, "intentId"),
        ({"pendingImageIds": []}, "pendingImageIds"),
        ({"pendingImageIds": ["a", "a"]}, "pendingImageIds"),
        ({"pendingImageIds": ["a", ""]}, "pendingImageIds.1"),
        ({"pendingImageIds": [str(number) for number in range(10_001)]}, "pendingImageIds"),
        ({"pendingImageIds": "image-1"}, "pendingImageIds"),
        ({"modelId": "meta.llama3"}, "modelId"),
        ({"batchJobThreshold": 0}, "batchJobThreshold"),
        ({"batchJobThreshold": True}, "batchJobThreshold"),
        ({"batchJobThreshold": "5"}, "batchJobThreshold"),
        ({"priority": "high"}, "priority"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name_and_nothing_is_ordered(
    service: Service, change: dict[str, Any], field: str
) -> None:
    answer = service.call("POST", JOBS, service.aoi, json=RECEIPTS | change)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert field in answer.json()["detail"]
    assert service.receipts.orders == {}


def test_nobody_orders_for_another_user_but_an_admin(service: Service) -> None:
    refused = service.call("POST", JOBS, service.ren, json=RECEIPTS)
    ordered = service.call("POST", JOBS, service.admin, json=RECEIPTS)

    assert refused.status_code == 403
    assert refused.json()["errors"][0]["field"] == "userId"
    assert ordered.status_code == 202
    assert service.receipts.orders["lunch-1"].owner == "aoi"


def test_without_a_user_id_the_tokens_owner_orders(service: Service) -> None:
    request = {name: value for name, value in RECEIPTS.items() if name != "userId"}

    service.call("POST", JOBS, service.ren, json=request)

    assert service.receipts.orders["lunch-1"].owner == "ren"


def test_a_poller_is_told_when_to_ask_again_until_the_job_has_ended(service: Service) -> None:
    service.call("POST", JOBS, service.aoi, json=RECEIPTS)

    early = service.call("GET", f"{JOBS}/lunch-1", service.aoi)
    service.clock.advance(timedelta(hours=1, minutes=58))
    late = service.call("GET", f"{JOBS}/lunch-1", service.aoi)
    service.receipts.becomes("lunch-1", OrderStatus.COMPLETED, processed=2, total=2, expected_completion=None)
    ended = service.call("GET", f"{JOBS}/lunch-1", service.aoi)

    assert early.headers["retry-after"] == "300"
    assert late.headers["retry-after"] == "12"
    assert "retry-after" not in ended.headers
    assert ended.json()["stats"] == {"processed": 2, "errors": 0, "total": 2}


@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("POST", "/stop"), ("POST", "/redrive")])
def test_a_job_of_somebody_else_is_not_found_but_by_an_admin(service: Service, method: str, tail: str) -> None:
    service.call("POST", JOBS, service.aoi, json=RECEIPTS)
    service.receipts.with_dead_letters.add("lunch-1")

    foreign = service.call(method, f"{JOBS}/lunch-1{tail}", service.ren)
    missing = service.call(method, f"{JOBS}/lunch-2{tail}", service.ren)
    admins = service.call(method, f"{JOBS}/lunch-1{tail}", service.admin)

    assert foreign.status_code == missing.status_code == 404
    assert foreign.json()["detail"].replace("lunch-1", "lunch-2") == missing.json()["detail"]
    assert admins.is_success


def test_a_job_is_stopped_once_and_stays_so(service: Service) -> None:
    service.call("POST", JOBS, service.aoi, json=RECEIPTS)

    first, second = (service.call("POST", f"{JOBS}/lunch-1/stop", service.aoi) for _ in range(2))

    assert (first.status_code, first.json()["status"]) == (200, "stopped")
    assert second.json() == first.json()


def test_dead_letters_are_sent_again_as_a_job_of_the_same_owner(service: Service) -> None:
    service.call("POST", JOBS, service.aoi, json=RECEIPTS)
    service.receipts.with_dead_letters.add("lunch-1")

    answer = service.call("POST", f"{JOBS}/lunch-1/redrive", service.admin)

    assert answer.status_code == 202
    assert answer.json()["owner"] == "aoi"
    assert answer.json()["jobId"] != "lunch-1"
    assert answer.headers["location"] == answer.json()["statusUrl"]


def test_with_no_dead_letter_there_is_nothing_to_send_again(service: Service) -> None:
    service.call("POST", JOBS, service.aoi, json=RECEIPTS)

    answer = service.call("POST", f"{JOBS}/lunch-1/redrive", service.aoi)

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:yorutsuke:problem:nothing-to-redrive"
