"""docs/http-api.md and the OpenAPI document say the same."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.api.problems import problem_of
from yorutsuke_pipeline.engine import errors
from yorutsuke_pipeline.workloads.violations.request import Filters, RequestLimits, ViolationsRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline_tests.api.conftest import Service

_TEXT = (Path(__file__).resolve().parents[2] / "docs" / "http-api.md").read_text(encoding="utf-8")
_PACKAGE = Path(errors.__file__).resolve().parents[1] / "api"
_JOB = "violations-2026-01-10-r5f0c2d7e91ab"


def _routes(service: Service) -> set[tuple[str, str]]:
    paths = service.app.openapi()["paths"]
    return {(method.upper(), path) for path, operations in paths.items() for method in operations}


def _calls() -> Iterator[tuple[str, str, str | None]]:
    """Yield method, path and body of each curl of the document."""
    for command in re.findall(r"^\$ (curl .*?)(?=^[{$]|^```|^HTTP)", _TEXT, re.MULTILINE | re.DOTALL):
        words = shlex.split(command.replace("\\\n", " "))
        target = next(word for word in words if word.startswith("$API"))
        body = words[words.index("-d") + 1] if "-d" in words else None
        method = "POST" if body is not None or "-X" in words else "GET"
        yield method, target.removeprefix("$API"), body


def test_the_document_names_every_route_and_no_other(service: Service) -> None:
    named = set(re.findall(r"`(GET|POST) (/[^`]*)`", _TEXT))

    assert named - {("GET", "/openapi.json")} == _routes(service)


def test_every_curl_of_the_document_works_and_every_route_has_one(service: Service) -> None:
    dev = service.admin
    service.call("POST", "/admin/bedrock/batch", dev, json={})
    made = next(iter(service.violations.orders))
    tried: set[tuple[str, str]] = set()

    for method, path, body in _calls():
        service.violations.with_dead_letters.add(made)
        service.receipts.with_dead_letters.add("lunch-1")
        headers = {} if body is None else {"Content-Type": "application/json"}
        answer = service.call(method, path.replace(_JOB, made), dev, content=body, headers=headers)
        expected = 422 if body is not None and json.loads(body).get("pendingImageIds") == [] else None
        assert answer.is_success or answer.status_code == expected, (method, path, answer.text)
        route = path.partition("?")[0].replace(_JOB, "{jobId}").replace("lunch-1", "{jobId}")
        tried.add((method, route))

    assert tried == _routes(service)


def test_the_job_ids_of_the_document_are_formed_as_those_that_the_service_gives(service: Service) -> None:
    given = service.call("POST", "/admin/bedrock/batch", service.admin, json={}).json()["jobId"]

    assert set(re.findall(r"violations-[\w-]+", _TEXT)) == {_JOB}
    assert re.sub(r"[0-9a-f]{12}$", "…", given) == re.sub(r"[0-9a-f]{12}$", "…", _JOB)


def test_every_word_of_a_problem_is_in_the_document_and_every_one_there_is_used() -> None:
    table = _TEXT.partition("| status | `type` ends in")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| ")]
    listed = {word for row in rows for word in re.findall(r"`([a-z-]+)`", row[2])}
    code = "\n".join(path.read_text(encoding="utf-8") for path in _PACKAGE.glob("*.py"))

    raised = set(re.findall(r'ProblemError\(\s*\d{3}, "([a-z-]+)"', code))
    answered = {
        problem_of(kind("x"), "id").word
        for kind in (
            errors.OrderConflictError,
            errors.NothingToOrderError,
            errors.BudgetExceededError,
            errors.ConfigurationError,
            errors.PausedError,
            errors.TransientError,
            errors.PermanentError,
        )
    }

    assert listed == raised | answered | {"not-found", "method-not-allowed"}


def test_the_body_that_the_document_shows_whole_has_every_field_there_is() -> None:
    shown = re.findall(r"^```json\n(.*?)^```", _TEXT, re.MULTILINE | re.DOTALL)[0]

    request = ViolationsRequest.model_validate_json(shown, strict=True)

    assert request.model_dump(exclude_unset=True).keys() == ViolationsRequest.model_fields.keys()
    assert request.filters.model_fields_set == Filters.model_fields.keys()
    assert request.limits.model_fields_set == RequestLimits.model_fields.keys()


def test_schemathesis_finds_no_500_nothing_undocumented_and_nothing_open_without_its_scope() -> None:
    # It is there from Python 3.11 on.
    pytest.importorskip("schemathesis")
    trials = Path(__file__).with_name("document_trials.py")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(trials)]

    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240, cwd=trials.parents[2])

    assert ended.returncode == 0, ended.stdout
    assert "20 passed" in ended.stdout


@pytest.mark.parametrize("name", ["Problem", "ViolationsRequest", "ReceiptsRequest", "JobAnswer"])
def test_the_openapi_document_has_our_models_in_it(service: Service, name: str) -> None:
    document = service.call("GET", "/openapi.json").json()

    assert name in document["components"]["schemas"]


def test_every_error_is_described_as_a_problem(service: Service) -> None:
    operations = [each for path in service.app.openapi()["paths"].values() for each in path.values()]

    for operation in operations:
        failures = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
        assert {"401", "403", "429", "500", "502", "503"} <= failures.keys()
        assert all(list(answer["content"]) == ["application/problem+json"] for answer in failures.values())
