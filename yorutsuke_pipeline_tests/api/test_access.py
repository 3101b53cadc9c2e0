"""Who is let in: tokens, scopes, owners, rates. For every route that there is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.api.app import ApiLimits
from yorutsuke_pipeline.api.tokens import Scope
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline_tests.api.conftest import RECEIPTS, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httpx import Response

# Each route with the scope that it needs.
ROUTES = {
    ("POST", "/admin/bedrock/batch"): Scope.ADMIN,
    ("POST", "/admin/bedrock/batch/estimate"): Scope.ADMIN,
    ("GET", "/admin/bedrock/batch/jobs"): Scope.ADMIN,
    ("GET", "/admin/bedrock/batch/{jobId}"): Scope.ADMIN,
    ("POST", "/admin/bedrock/batch/{jobId}/stop"): Scope.ADMIN,
    ("POST", "/admin/bedrock/batch/{jobId}/redrive"): Scope.ADMIN,
    ("POST", "/api/batch/jobs"): Scope.SUBMIT,
    ("GET", "/api/batch/jobs/{jobId}"): Scope.READ,
    ("POST", "/api/batch/jobs/{jobId}/stop"): Scope.SUBMIT,
    ("POST", "/api/batch/jobs/{jobId}/redrive"): Scope.SUBMIT,
}
EVERY_ROUTE = pytest.mark.parametrize(("method", "path"), list(ROUTES))


@pytest.fixture
def ordered(service: Service) -> Service:
    """A service with a job of aoi's at each prefix, whose dead letters wait."""
    service.call("POST", "/api/batch/jobs", service.aoi, json=RECEIPTS).raise_for_status()
    service.violations.orders["lunch-1"] = service.receipts.orders["lunch-1"]
    service.violations.wanted["lunch-1"] = service.receipts.wanted["lunch-1"]
    for desk in (service.receipts, service.violations):
        desk.with_dead_letters.add("lunch-1")
    return service


def _sent(service: Service, method: str, path: str, token: str | None, **options: Any) -> Response:  # noqa: ANN401 — the client's
    if method == "POST" and not path.endswith(("stop", "redrive")):
        options.setdefault("json", RECEIPTS if path.startswith("/api") else {})
    return service.call(method, path.replace("{jobId}", "lunch-1"), token, **options)


def _untouched(service: Service) -> bool:
    orders = [*service.receipts.orders.values(), *service.violations.orders.values()]
    return len(orders) == 2 and all(str(order.status) == "queued" for order in orders)


def test_the_routes_of_the_document_are_those_that_are_tried_here(service: Service) -> None:
    document = service.app.openapi()

    found = {
        (method.upper(), path): Scope(operation["security"][0]["bearer"][0])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }

    assert found == ROUTES


@EVERY_ROUTE
def test_with_its_scope_alone_a_route_works(ordered: Service, method: str, path: str) -> None:
    token = ordered.tokens.make("aoi", ROUTES[method, path])

    assert _sent(ordered, method, path, token).is_success


@EVERY_ROUTE
def test_without_a_token_that_holds_no_route_works(ordered: Service, method: str, path: str) -> None:
    expired = ordered.tokens.make("aoi", Scope.ADMIN, expires=ordered.clock.now())
    headers = [
        {},
        {"Authorization": f"Bearer {expired}"},
        {"Authorization": "Bearer yorutsuke_guessed"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer é".encode("latin-1")},
        {"Authorization": f"Basic {ordered.admin}"},
        {"X-Api-Key": ordered.admin},
    ]

    answers = [_sent(ordered, method, path, None, headers=each) for each in headers]

    assert [answer.status_code for answer in answers] == [401] * len(headers)
    assert all(answer.headers["www-authenticate"].startswith("Bearer") for answer in answers)
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers)
    assert _untouched(ordered)


@EVERY_ROUTE
def test_with_every_other_scope_than_its_own_no_route_works(ordered: Service, method: str, path: str) -> None:
    others = {Scope.SUBMIT, Scope.READ} - {ROUTES[method, path]}
    token = ordered.tokens.make("aoi", *others)

    answer = _sent(ordered, method, path, token)

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:yorutsuke:problem:scope-missing"
    assert f'scope="{ROUTES[method, path]}"' in answer.headers["www-authenticate"]
    assert _untouched(ordered)


@EVERY_ROUTE
def test_nobody_without_a_token_learns_whether_a_request_is_right(ordered: Service, method: str, path: str) -> None:
    answer = ordered.call(
        method, path.replace("{jobId}", "-no-id"), content=b"{", headers={"Content-Type": "text/plain"}
    )

    assert answer.status_code == 401


def test_a_token_holds_until_the_moment_it_expires(service: Service) -> None:
    token = service.tokens.make("mika", Scope.ADMIN, expires=service.clock.now() + timedelta(seconds=10))

    def status() -> int:
        return service.call("GET", "/admin/bedrock/batch/jobs", token).status_code

    before = status()
    service.clock.advance(timedelta(seconds=10))

    assert (before, status()) == (200, 401)


@pytest.fixture
def strict() -> Iterator[Service]:
    """A service that takes three requests a minute, and two failures."""
    made = Service(ApiLimits(requests_per_minute=3, failures_per_minute=2))
    with made.client:
        yield made


def _list(service: Service, token: str | None) -> Response:
    return service.call("GET", "/admin/bedrock/batch/jobs", token)


def test_a_token_that_is_used_too_often_is_told_how_long_to_wait(strict: Service) -> None:
    answers = [_list(strict, strict.admin) for _ in range(4)]
    strict.clock.advance(timedelta(seconds=int(answers[-1].headers["retry-after"])))
    afterwards = _list(strict, strict.admin)

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["retry-after"] == "20"
    assert afterwards.status_code == 200


def test_one_token_does_not_use_up_another(strict: Service) -> None:
    other = strict.tokens.make("mika", Scope.ADMIN)

    first = [_list(strict, strict.admin).status_code for _ in range(4)]

    assert first[-1] == 429
    assert _list(strict, other).status_code == 200


def test_guessing_is_slowed_down_and_locks_nobody_out(strict: Service) -> None:
    guesses = [_list(strict, f"yorutsuke_{number}") for number in range(3)]

    assert [guess.status_code for guess in guesses] == [401, 401, 429]
    assert int(guesses[-1].headers["retry-after"]) == 30
    assert _list(strict, strict.admin).status_code == 200


def test_when_the_tokens_cannot_be_read_nobody_is_let_in_and_nothing_is_told(
    service: Service,
) -> None:
    service.tokens.fault = ConfigurationError("the tokens in /secret/place cannot be used")

    answer = _list(service, service.admin)

    assert answer.status_code == 500
    assert "secret" not in answer.text
