"""What schemathesis makes of the OpenAPI document finds no 500, no answer that the document does not describe, and
nothing that works without its scope.

Schemathesis thinks its requests up while tests are collected, which takes seconds in each worker: so this file has no
name that is collected, and `test_document` runs it in a process of its own.
"""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from yorutsuke_pipeline.api.app import ApiLimits
from yorutsuke_pipeline.api.tokens import Scope
from yorutsuke_pipeline_tests.api.conftest import RECEIPTS, Service

_EXAMPLES = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _busy() -> Service:
    """Return a service that takes any number of requests, and has a job at every id."""
    service = Service(ApiLimits(requests_per_minute=1_000_000, failures_per_minute=1_000_000))
    service.call("POST", "/api/batch/jobs", service.aoi, json=RECEIPTS).raise_for_status()
    for desk in (service.receipts, service.violations):
        desk.stands_for_all(service.receipts.orders["lunch-1"], service.receipts.wanted["lunch-1"])
    return service


_BUSY = _busy()
_DOCUMENT = schemathesis.openapi.from_asgi("/openapi.json", _BUSY.app)
# A scope is looked at before anything that is sent, so a few requests of each kind show what all would.
_BRIEFLY = schemathesis.openapi.from_asgi("/openapi.json", _BUSY.app)
_BRIEFLY.config.phases.update(phases=["examples", "fuzzing"])


# What no schema can say: that of two bounds one is the lower.
_BEYOND_SCHEMAS = {"filters", "filters.dateRange"}


@_DOCUMENT.parametrize()
@_EXAMPLES
def test_every_answer_is_as_the_document_says(case: schemathesis.Case[Any]) -> None:
    answer = case.call(headers={"Authorization": f"Bearer {_BUSY.admin}"})

    faults = answer.json()["errors"] if answer.status_code == 422 else []
    beyond = bool(faults) and {fault["field"] for fault in faults} <= _BEYOND_SCHEMAS
    case.validate_response(answer, excluded_checks=[positive_data_acceptance] if beyond else [])


@_BRIEFLY.parametrize()
@_EXAMPLES
def test_nothing_works_with_a_token_of_no_use_for_it(case: schemathesis.Case[Any]) -> None:
    """A token with every scope but the one that the route names, which only `admin` would make up for."""
    needed = case.operation.definition.raw["security"][0]["bearer"]
    token = _BUSY.tokens.make("ren", *({Scope.SUBMIT, Scope.READ} - {Scope(word) for word in needed}))

    answer = case.call(headers={"Authorization": f"Bearer {token}"})

    # 401: among the cases are some without any token.
    assert answer.status_code in {401, 403, 404, 405}
