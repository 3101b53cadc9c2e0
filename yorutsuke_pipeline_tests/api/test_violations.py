"""`/admin/bedrock/batch`, over a fake desk."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.engine.errors import NothingToOrderError
from yorutsuke_pipeline.engine.orders import OrderStatus

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.api.conftest import Service

BATCH = "/admin/bedrock/batch"
REQUEST: dict[str, Any] = {
    "filters": {
        "minFineAmount": 5000,
        "maxFineAmount": "12500.00",
        "agencies": ["OSHA"],
        "dateRange": {"start": "2024-01-01", "end": "2024-12-31"},
        "violationTypes": ["Fall protection"],
    },
    "limits": {"maxViolations": 5000, "maxSpendUSD": 2, "priority": "high"},
}


def test_a_batch_is_ordered_with_its_estimate_and_where_to_look(service: Service) -> None:
    answer = service.call("POST", BATCH, service.admin, json=REQUEST)

    body = answer.json()
    assert answer.status_code == 202
    assert body == {
        "jobId": body["jobId"],
        "jobArn": None,
        "violationCount": 5000,
        "estimate": {
            "violationCount": 5000,
            "totalTokens": 3_500_000,
            "costUSD": 0.3,
            "costPerViolation": 0.00006,
            "note": None,
        },
        "status": "queued",
        "statusUrl": f"{BATCH}/{body['jobId']}",
        "expectedCompletion": "2026-01-09T19:00:00Z",
        "cached": False,
    }
    assert answer.headers["location"] == body["statusUrl"]


def test_what_was_asked_for_arrives_at_the_desk(service: Service) -> None:
    job = service.call("POST", BATCH, service.admin, json=REQUEST).json()["jobId"]

    wanted = service.violations.wanted[job]
    assert wanted.owner == "mika"
    assert wanted.budget_usd == Decimal(2)
    assert wanted.selection is not None
    assert wanted.selection["filters"]["dateRange"] == {"start": "2024-01-01", "end": "2024-12-31"}
    assert wanted.selection["filters"]["maxFineAmount"] == "12500"
    assert wanted.selection["limits"]["priority"] == "high"


def test_the_same_request_again_is_the_same_batch(service: Service) -> None:
    first, second = (service.call("POST", BATCH, service.admin, json=REQUEST).json() for _ in range(2))

    assert second == first | {"cached": True}
    assert len(service.violations.orders) == 1


@pytest.mark.parametrize(
    ("part", "one", "other"),
    [
        ("filters", {"minFineAmount": 500}, {"minFineAmount": "500.00"}),
        ("filters", {"agencies": ["A", "B"]}, {"agencies": ["B", "A", "A"]}),
        ("filters", {}, {"dateRange": {}, "violationTypes": []}),
        ("limits", {"maxSpendUSD": "1.5"}, {"maxSpendUSD": "1.50"}),
        ("limits", {}, {"maxViolations": 1000, "priority": None}),
    ],
)
def test_the_same_request_spelled_otherwise_is_the_same_batch(
    service: Service, part: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = (service.call("POST", BATCH, service.admin, json={part: each}).json() for each in (one, other))

    assert second == first | {"cached": True}


def test_an_estimate_creates_nothing_and_says_so(service: Service) -> None:
    answer = service.call("POST", f"{BATCH}/estimate", service.admin, json=REQUEST)

    assert answer.status_code == 200
    assert answer.json()["dryRun"] is True
    assert answer.json()["violationCount"] == 5000
    assert answer.json()["estimate"]["costUSD"] == 0.3
    assert service.violations.orders == {}


@pytest.mark.parametrize("path", [BATCH, f"{BATCH}/estimate"])
def test_when_no_row_is_left_the_answer_says_which_filter_removed_the_most(service: Service, path: str) -> None:
    service.violations.fails_with = NothingToOrderError("no violation is left: agencies removed 19,000 of 20,000")

    answer = service.call("POST", path, service.admin, json=REQUEST)

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:yorutsuke:problem:nothing-to-order"
    assert "agencies removed 19,000" in answer.json()["detail"]


def test_a_batch_over_its_budget_is_refused_with_both_sums(service: Service) -> None:
    answer = service.call("POST", BATCH, service.admin, json={"limits": {"maxSpendUSD": "0.01"}})

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:yorutsuke:problem:over-budget"
    assert "0.01" in answer.json()["detail"]


@pytest.mark.parametrize("encoded", [False, True])
def test_a_body_that_api_gateway_wrapped_is_the_same_request(service: Service, encoded: bool) -> None:  # noqa: FBT001 — a parameter of the test
    text = json.dumps(REQUEST)
    wrapped = {
        "resource": "/{proxy+}",
        "httpMethod": "POST",
        "headers": {"content-type": "application/json"},
        "body": base64.b64encode(text.encode()).decode() if encoded else text,
        "isBase64Encoded": encoded,
    }
    plain = service.call("POST", BATCH, service.admin, json=REQUEST).json()

    answer = service.call("POST", BATCH, service.admin, json=wrapped)

    assert answer.json() == plain | {"cached": True}


def test_jobs_are_listed_page_by_page_the_newest_first(service: Service) -> None:
    jobs = [
        service.call("POST", BATCH, service.admin, json={"limits": {"maxViolations": count}}).json()["jobId"]
        for count in (1, 2, 3)
    ]

    first = service.call("GET", f"{BATCH}/jobs", service.admin, params={"limit": 2}).json()
    second = service.call("GET", f"{BATCH}/jobs", service.admin, params={"limit": 2, "after": first["next"]}).json()

    assert [job["jobId"] for job in first["jobs"] + second["jobs"]] == jobs[::-1]
    assert second["next"] is None


def test_jobs_are_listed_by_status_and_day(service: Service) -> None:
    done, _ = (
        service.call("POST", BATCH, service.admin, json={"limits": {"maxViolations": count}}).json()["jobId"]
        for count in (1, 2)
    )
    service.violations.becomes(done, OrderStatus.COMPLETED)

    def listed(**query: str) -> list[str]:
        jobs = service.call("GET", f"{BATCH}/jobs", service.admin, params=query).json()["jobs"]
        return [job["jobId"] for job in jobs]

    assert listed(status="completed") == [done]
    assert listed(status="completed", day="2026-01-10") == [done]
    assert listed(day="2026-01-09") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=done", "status"),
        ("day=tomorrow", "day"),
        ("day=0", "day"),
        ("day=20260109", "day"),
        ("day=0001-01-01", "day"),
        ("day=9999-12-31", "day"),
        ("limit=0", "limit"),
        ("stauts=failed", "stauts"),
    ],
)
def test_a_wrong_query_is_refused_by_its_name(service: Service, query: str, field: str) -> None:
    answer = service.call("GET", f"{BATCH}/jobs?{query}", service.admin)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_page_that_no_other_led_to_is_not_found(service: Service) -> None:
    answer = service.call("GET", f"{BATCH}/jobs?after=elsewhere", service.admin)

    assert answer.status_code == 404
    assert [error["field"] for error in answer.json()["errors"]] == ["after"]


def test_a_job_shows_its_statistics_and_first_arn(service: Service) -> None:
    job = service.call("POST", BATCH, service.admin, json=REQUEST).json()["jobId"]
    arns = ("arn:aws:bedrock:us-east-1:000000000000:model-invocation-job/a1", "arn:second")
    service.violations.becomes(job, OrderStatus.RUNNING, processed=40, errors=2, total=5000, job_arns=arns)

    body = service.call("GET", f"{BATCH}/{job}", service.admin).json()

    assert body["stats"] == {"processed": 40, "errors": 2, "total": 5000}
    assert body["jobArn"] == arns[0]
    assert body["jobArns"] == list(arns)
    assert body["status"] == "running"


def test_a_job_that_nobody_ordered_is_not_found(service: Service) -> None:
    answer = service.call("GET", f"{BATCH}/violations-none", service.admin)

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:yorutsuke:problem:no-such-job"
