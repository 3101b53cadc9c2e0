"""What is answered when something is wrong: RFC 9457's problem details, one form for everything.

What belongs here: the form, and which error of the product is which status. Errors of ours (5xx) say no more than
that, and the log has the rest under the request's id.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from yorutsuke_pipeline.engine.errors import (
    BudgetExceededError,
    ConfigurationError,
    NothingToOrderError,
    OrderConflictError,
    PausedError,
    PermanentError,
    TransientError,
    YorutsukeError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

MEDIA_TYPE = "application/problem+json"
# Seconds until what failed for now is worth trying again.
_RETRY_AFTER = 10

log = logging.getLogger("yorutsuke.api")


class FieldFault(BaseModel):
    """What is wrong with one field."""

    model_config = ConfigDict(frozen=True)

    field: str = Field(description="Its path in the request: filters.dateRange.start")
    message: str


class Problem(BaseModel):
    """Why a request was refused or failed, as RFC 9457 has it."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    type: str = Field(description="urn:yorutsuke:problem: and a word for programs; docs/http-api.md lists them")
    title: str
    status: int
    detail: str
    errors: list[FieldFault] = Field(default=[], description="The fields that are wrong, if it is about fields")
    request_id: str = Field(description="Under which the log has it; also the header X-Request-ID")


@dataclass
class ProblemError(Exception):
    """Ends a request with a problem.

    Attributes:
        word: For programs, such as `order-conflict`.
        detail: For people.
        headers: To be sent with it.
    """

    status: int
    word: str
    detail: str
    errors: list[FieldFault] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.detail


# The first that fits counts. Without words of its own, an error's message is told. 409 is what the state of things
# forbids today; 422, which only `invalid_fields` gives, is what could not be done on any day.
_ANSWERS: tuple[tuple[type[YorutsukeError], int, str, str | None], ...] = (
    (OrderConflictError, 409, "order-conflict", None),
    (NothingToOrderError, 409, "nothing-to-order", None),
    (BudgetExceededError, 409, "over-budget", None),
    (ConfigurationError, 500, "misconfigured", "the service is set up wrongly; its log says how"),
    (PausedError, 503, "paused", "submission is paused; try again later"),
    (TransientError, 503, "try-again", "this did not work for now; the same request again is safe"),
    (PermanentError, 502, "refused-upstream", "a service behind this one refused; its log says why"),
    (YorutsukeError, 503, "try-again", "this did not work for now; the same request again is safe"),
)


def problem_of(error: YorutsukeError, request_id: str) -> ProblemError:
    """Return what is answered for an error of the product; what is kept from the caller is logged."""
    status, word, detail = next(
        (status, word, detail) for kind, status, word, detail in _ANSWERS if isinstance(error, kind)
    )
    if detail is not None:
        log.error("request %s: %s: %s", request_id, type(error).__name__, error)
    headers = {"Retry-After": str(_RETRY_AFTER)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return ProblemError(status, word, detail or str(error), headers=headers)


def problem_response(error: ProblemError, request_id: str) -> Response:
    """Return a problem as a response."""
    problem = Problem(
        type=f"urn:yorutsuke:problem:{error.word}",
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        detail=error.detail,
        errors=error.errors,
        request_id=request_id,
    )
    body = problem.model_dump_json(by_alias=True)
    return Response(body, status_code=error.status, media_type=MEDIA_TYPE, headers=dict(error.headers))


def invalid_fields(details: Iterable[ErrorDetails], *, skip: int = 0) -> ProblemError:
    """Return the problem of fields that pydantic refused.

    Args:
        details: Its errors.
        skip: How many first steps of each path are no fields of the caller's.
    """
    faults = [
        FieldFault(
            field=".".join(str(step) for step in detail["loc"][skip:]) or "body",
            message=str(detail["msg"]).removeprefix("Value error, "),
        )
        for detail in details
    ]
    said = "; ".join(f"{fault.field}: {fault.message}" for fault in faults[:3])
    return ProblemError(422, "invalid-fields", said, errors=faults)
