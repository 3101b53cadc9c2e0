"""`/admin/bedrock/batch`: texts for violations, by filters and limits, for admins."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from yorutsuke_pipeline.api.answers import Answer, Costs, JobAnswer, costs_of, first_arn
from yorutsuke_pipeline.api.bodies import BodyReader, read_model
from yorutsuke_pipeline.api.document import body_of, problems
from yorutsuke_pipeline.api.door import Door, LetIn
from yorutsuke_pipeline.api.jobs import JobRoutes
from yorutsuke_pipeline.api.problems import FieldFault, ProblemError
from yorutsuke_pipeline.api.tokens import Scope
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.orders import OrderStatus, Wanted
from yorutsuke_pipeline.engine.ports import Clock
from yorutsuke_pipeline.engine.ports_orders import OrderDesk
from yorutsuke_pipeline.workloads.violations.request import ViolationsRequest
from yorutsuke_pipeline.workloads.violations.selection import selection_of

_PREFIX = "/admin/bedrock/batch"
_LONGEST_MARK = 2000
# Pydantic by itself would take `0` for a day in 1970.
Day = Annotated[date, BeforeValidator(parse_day)]


class BatchAnswer(Answer):
    """A batch that is ordered."""

    job_id: str
    job_arn: str | None
    violation_count: int
    estimate: Costs
    status: OrderStatus
    status_url: str
    expected_completion: datetime | None
    cached: bool


class EstimateAnswer(Answer):
    """What a batch would be. Nothing was created."""

    dry_run: Literal[True] = True
    violation_count: int
    estimate: Costs


class JobsQuery(BaseModel):
    """Which jobs. A name that is none of these is refused: `stauts=failed` must not list them all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: Day | None = Field(None, description="Of the order, in Asia/Tokyo")
    status: OrderStatus | None = None
    after: str | None = Field(None, max_length=_LONGEST_MARK, description="`next` of the page before")
    limit: int = Field(20, ge=1, le=100)


class JobsAnswer(Answer):
    """Some jobs, the newest first."""

    jobs: list[JobAnswer]
    next: str | None


def violations_router(desk: OrderDesk, door: Door, bodies: BodyReader, clock: Clock) -> APIRouter:
    """Return the routes. All of them need the scope `admin`: whatever is ordered here is published."""
    router = APIRouter(tags=["violations"])
    jobs = JobRoutes(desk, clock, _PREFIX)
    Body = Annotated[bytes, Depends(bodies)]  # noqa: N806 — a type
    admin = [door.needs(Scope.ADMIN)]
    described = body_of(ViolationsRequest)

    @router.post(
        _PREFIX,
        status_code=202,
        summary="Order a batch of texts",
        dependencies=admin,
        responses=problems(400, 408, 409, 413, 415, 422),
        openapi_extra=described,
    )
    def order(body: Body, caller: LetIn, response: Response) -> BatchAnswer:
        """Order texts for the violations that fit. The same request on the same day is the same batch."""
        placed = desk.place(_wanted(read_model(ViolationsRequest, body), caller.owner))
        response.headers["Location"] = jobs.url(placed.state)
        return BatchAnswer(
            job_id=placed.state.intent_id,
            job_arn=first_arn(placed.state),
            violation_count=placed.estimate.record_count,
            estimate=costs_of(placed.estimate),
            status=placed.state.status,
            status_url=jobs.url(placed.state),
            expected_completion=placed.state.expected_completion,
            cached=placed.cached,
        )

    @router.post(
        f"{_PREFIX}/estimate",
        summary="Say what a batch would cost",
        dependencies=admin,
        responses=problems(400, 408, 409, 413, 415, 422),
        openapi_extra=described,
    )
    def estimate(body: Body, caller: LetIn) -> EstimateAnswer:
        """Say what the same body would order, and what that would cost. Nothing is created."""
        found = desk.estimate(_wanted(read_model(ViolationsRequest, body), caller.owner))
        return EstimateAnswer(violation_count=found.record_count, estimate=costs_of(found))

    @router.get(f"{_PREFIX}/jobs", summary="List jobs", dependencies=admin, responses=problems(404, 422))
    def listing(query: Annotated[JobsQuery, Query()]) -> JobsAnswer:
        """List jobs, the newest first; `next` of one page is `after` of the one that follows."""
        try:
            page = desk.listing(day=query.day, status=query.status, after=query.after, most=query.limit)
        except ValueError as error:
            fault = FieldFault(field="after", message="is no `next` of a page of this list")
            raise ProblemError(404, "no-such-page", f"after {fault.message}", errors=[fault]) from error
        return JobsAnswer(jobs=[jobs.answer(state) for state in page.orders], next=page.after)

    # Last, since `jobs` and `estimate` would be ids of jobs to it.
    jobs.add_to(router, door, look=Scope.ADMIN, change=Scope.ADMIN)
    return router


def _wanted(request: ViolationsRequest, owner: str) -> Wanted:
    return Wanted(owner=owner, selection=selection_of(request), budget_usd=request.limits.max_spend_usd)
