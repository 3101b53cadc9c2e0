"""What every exchange has: problems, headers, an id, a line in the log that tells no secret."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.errors import (
    ConfigurationError,
    InDoubtError,
    PausedError,
    SubmissionRefusedError,
    ThrottledError,
    YorutsukeError,
)
from yorutsuke_pipeline_tests.api.conftest import RECEIPTS

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.api.conftest import Service

JOBS = "/api/batch/jobs"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ThrottledError("table yorutsuke-batch-jobs-dev is slow"), 503),
        (InDoubtError("table yorutsuke-batch-jobs-dev is slow"), 503),
        (PausedError("table yorutsuke-batch-jobs-dev is slow"), 503),
        (YorutsukeError("table yorutsuke-batch-jobs-dev is slow"), 503),
        (SubmissionRefusedError("table yorutsuke-batch-jobs-dev is slow"), 502),
        (ConfigurationError("table yorutsuke-batch-jobs-dev is slow"), 500),
        (RuntimeError("table yorutsuke-batch-jobs-dev is slow"), 500),
    ],
)
def test_an_error_of_ours_is_told_without_internals_and_logged_whole(
    service: Service, caplog: pytest.LogCaptureFixture, error: Exception, status: int
) -> None:
    service.receipts.fails_with = error

    answer = service.call("POST", JOBS, service.aoi, json=RECEIPTS)

    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "yorutsuke-batch-jobs-dev" not in answer.text
    assert "yorutsuke-batch-jobs-dev is slow" in caplog.text
    assert answer.json()["requestId"] in caplog.text
    assert ("retry-after" in answer.headers) == (status == 503)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/docs", 404),
        ("GET", "/api/batch/jobs/lunch-1/", 404),
        ("DELETE", "/api/batch/jobs/lunch-1", 405),
        ("OPTIONS", "/api/batch/jobs", 405),
    ],
)
def test_a_route_that_is_not_there_is_a_problem_like_any_other(
    service: Service, method: str, path: str, status: int
) -> None:
    answer = service.call(method, path, follow_redirects=False)

    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize("path", ["/openapi.json", "/nowhere", "/admin/bedrock/batch/jobs", JOBS])
def test_every_answer_has_the_headers_that_make_it_safe(service: Service, path: str) -> None:
    headers = service.call("GET", path, headers={"Origin": "https://elsewhere.example"}).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-request-id"]
    assert not [name for name in headers if name.startswith("access-control") or name == "server"]


def test_an_answer_to_a_bug_has_the_same_headers(service: Service) -> None:
    service.receipts.fails_with = RuntimeError("a bug")

    answer = service.call("POST", JOBS, service.aoi, json=RECEIPTS)

    assert answer.headers["x-request-id"] == answer.json()["requestId"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("given", "kept"), [("trace-1", True), ("a b", False), ("x" * 65, False)])
def test_a_callers_request_id_is_taken_over_if_it_can_stand_in_a_log(
    service: Service,
    given: str,
    kept: bool,  # noqa: FBT001 — a parameter of the test
) -> None:
    answer = service.call("GET", "/nowhere", headers={"X-Request-ID": given})

    assert (answer.headers["x-request-id"] == given) == kept
    assert answer.json()["requestId"] == answer.headers["x-request-id"]


def test_the_log_names_route_status_and_token_but_no_secret(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "yorutsuke.api")

    answer = service.call("POST", f"{JOBS}?key=hidden-query", service.aoi, json=RECEIPTS)
    service.call("GET", "/no%0Aline", service.aoi)

    aoi = service.tokens.kept[1]
    ours = [record.getMessage() for record in caplog.records if record.name == "yorutsuke.api"]
    assert len(ours) == 2
    assert ours[0].startswith(f"POST {JOBS} 202 in ")
    assert aoi.id in ours[0]
    assert answer.headers["x-request-id"] in ours[0]
    assert ours[1].startswith("GET /no%0Aline 404 in ")
    for secret in (service.aoi, aoi.sha256, "hidden-query", "image-1"):
        assert secret not in "".join(ours)
