"""The application: routes, door and limits put together. It reads no setting and starts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from yorutsuke_pipeline.api.bodies import BodyReader
from yorutsuke_pipeline.api.document import DocumentedApi
from yorutsuke_pipeline.api.door import Door
from yorutsuke_pipeline.api.problems import ProblemError, invalid_fields, problem_of, problem_response
from yorutsuke_pipeline.api.rates import Rate
from yorutsuke_pipeline.api.receipts import ReceiptsRequest, receipts_router
from yorutsuke_pipeline.api.violations import violations_router
from yorutsuke_pipeline.api.wire import Wire
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.workloads.violations.request import ViolationsRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastapi import APIRouter, FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from yorutsuke_pipeline.api.tokens import TokenBook
    from yorutsuke_pipeline.engine.ports import Clock
    from yorutsuke_pipeline.engine.ports_orders import OrderDesk

_WORDS = {404: "not-found", 405: "method-not-allowed"}


@dataclass(frozen=True)
class ApiLimits:
    """How much a client may ask for.

    Attributes:
        requests_per_minute: With one token.
        failures_per_minute: From one address, without a token that holds.
        body_bytes: The largest body.
        body_seconds: How long a client may take to send it.
    """

    requests_per_minute: int = 120
    failures_per_minute: int = 20
    body_bytes: int = 1_000_000
    body_seconds: float = 30.0


def create_app(desks: Mapping[str, OrderDesk], tokens: TokenBook, limits: ApiLimits, clock: Clock) -> FastAPI:
    """Return the application.

    Args:
        desks: The desk of each workload, by its name; one that is not there has no routes.
        tokens: The tokens that open it.
        limits: How much a client may ask for.
        clock: For expiry, rates and durations.
    """
    door = Door(tokens, clock, Rate(limits.requests_per_minute, clock), Rate(limits.failures_per_minute, clock))
    bodies = BodyReader(limits.body_bytes, limits.body_seconds)
    app = DocumentedApi(
        bodies=(ReceiptsRequest, ViolationsRequest),
        title="Yorutsuke",
        version="1",
        description="Batches of receipts and of violations. Errors are problem details (RFC 9457).",
        # Their pages would load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        # It would build an address from a header that anybody can write.
        redirect_slashes=False,
    )
    routers: Mapping[str, Callable[[OrderDesk], APIRouter]] = {
        "violations": lambda desk: violations_router(desk, door, bodies, clock),
        "receipts": lambda desk: receipts_router(desk, door, bodies, clock, others=desks.keys() - {"receipts"}),
    }
    for name, routes in routers.items():
        if name in desks:
            app.include_router(routes(desks[name]))
    _answer_problems(app)
    app.add_middleware(Wire)
    return app


def _answer_problems(app: FastAPI) -> None:
    """Have every error answered as a problem."""

    async def ours(request: Request, error: Exception) -> Response:
        request_id: str = request.state.request_id
        return problem_response(_problem(error, request_id), request_id)

    for kind in (ProblemError, YorutsukeError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, ours)


def _problem(error: Exception, request_id: str) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, YorutsukeError):
        return problem_of(error, request_id)
    if isinstance(error, RequestValidationError):
        # The first step of a place is "path" or "query".
        return invalid_fields(error.errors(), skip=1)
    if isinstance(error, HTTPException):
        word = _WORDS.get(error.status_code, "http")
        return ProblemError(error.status_code, word, error.detail, headers=error.headers or {})
    raise error
