"""Bodies that are too large, too slow, ambiguous or no JSON at all."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request

from yorutsuke_pipeline.api.app import ApiLimits
from yorutsuke_pipeline.api.bodies import BodyReader
from yorutsuke_pipeline.api.problems import ProblemError
from yorutsuke_pipeline_tests.api.conftest import RECEIPTS, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH = "/admin/bedrock/batch"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"{'filters': {}}",
        b'{"limits": {"maxViolations": NaN}}',
        b'{"limits": {"maxSpendUSD": Infinity}}',
        b'{"filters": {}, "filters": {}}',
        b'{"filters": {"agencies": ["OSHA"], "agencies": []}}',
        b'{"limits": {"maxViolations": ' + b"9" * 5000 + b"}}",
        b'{"filters": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"body": "{", "isBase64Encoded": false}',
        json.dumps({"body": '{"limits": {}, "limits": {}}'}).encode(),
    ],
)
def test_what_is_no_json_with_one_reading_is_malformed(service: Service, body: bytes) -> None:
    answer = service.call("POST", BATCH, service.admin, content=body, headers=JSON)

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:yorutsuke:problem:malformed-json"
    assert service.violations.orders == {}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("[]", "body"),
        ("null", "body"),
        ('{"limit": {}}', "limit"),
        ('{"limits": {"maxViolations": 1e400}}', "limits.maxViolations"),
        ('{"limits": {"maxViolations": 123456789012345678901234567890}}', "limits.maxViolations"),
        ('{"limits": {"maxViolations": "5"}}', "limits.maxViolations"),
        ('{"limits": {"maxViolations": true}}', "limits.maxViolations"),
        ('{"limits": {"maxSpendUSD": 1e999999}}', "limits.maxSpendUSD"),
        ('{"limits": {"maxSpendUSD": "1e999999"}}', "limits.maxSpendUSD"),
        ('{"limits": {"maxSpendUSD": -1}}', "limits.maxSpendUSD"),
        ('{"limits": {"priority": "urgent"}}', "limits.priority"),
        ('{"filters": {"minFineAmount": 1.001}}', "filters.minFineAmount"),
        ('{"filters": {"minFineAmount": 2, "maxFineAmount": 1}}', "filters"),
        ('{"filters": {"agencies": [" "]}}', "filters.agencies.0"),
        ('{"filters": {"dateRange": {"start": "2024-02-30"}}}', "filters.dateRange.start"),
        ('{"filters": {"dateRange": {"start": "2024-02-02", "end": "2024-02-01"}}}', "filters.dateRange"),
        ('{"filters": {"dateRange": {"start": 20240202}}}', "filters.dateRange.start"),
        ('{"body": "[]"}', "body"),
        ('{"body": "{}", "isBase64Encoded": "no"}', "isBase64Encoded"),
        ('{"body": "{}", "isBase64Encoded": true}', "body"),
    ],
)
def test_a_wrong_field_is_named(service: Service, body: str, field: str) -> None:
    answer = service.call("POST", BATCH, service.admin, content=body.encode(), headers=JSON)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert service.violations.orders == {}


def test_half_a_character_is_refused_before_it_reaches_a_table(service: Service) -> None:
    body = json.dumps(RECEIPTS | {"pendingImageIds": ["\ud800"]}).encode()

    answer = service.call("POST", "/api/batch/jobs", service.aoi, content=body, headers=JSON)

    assert answer.status_code == 422
    assert service.receipts.orders == {}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_a_body_of_another_type_is_refused(service: Service, headers: dict[str, str]) -> None:
    answer = service.call("POST", BATCH, service.admin, content=b"{}", headers=headers)

    assert answer.status_code == 415


def test_a_media_type_with_its_character_set_is_taken(service: Service) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}

    assert service.call("POST", BATCH, service.admin, content=b"{}", headers=headers).status_code == 202


@pytest.mark.parametrize("says_its_length", [True, False])
def test_a_body_over_the_limit_is_refused_whether_it_says_its_length_or_not(says_its_length: bool) -> None:  # noqa: FBT001 — a parameter of the test
    service = Service(ApiLimits(body_bytes=100))
    body = b'{"filters": {}}'

    def padded(count: int) -> bytes | Iterator[bytes]:
        whole = body + b" " * (count - len(body))
        return whole if says_its_length else (whole[at : at + 30] for at in range(0, count, 30))

    with service.client:
        fits = service.call("POST", BATCH, service.admin, content=padded(100), headers=JSON)
        too_large = service.call("POST", BATCH, service.admin, content=padded(101), headers=JSON)

    assert fits.status_code == 202
    assert too_large.status_code == 413
    assert too_large.headers["connection"] == "close"


def test_a_body_that_does_not_come_is_not_waited_for_for_ever() -> None:
    async def never() -> Any:  # noqa: ANN401 — ASGI's message
        await asyncio.Event().wait()

    request = Request({"type": "http", "headers": [(b"content-type", b"application/json")]}, never)

    with pytest.raises(ProblemError) as refused:
        asyncio.run(BodyReader(most_bytes=100, seconds=0.01)(request))

    assert refused.value.status == 408
