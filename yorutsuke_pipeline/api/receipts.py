"""`/api/batch/jobs`: receipts, by an intent of the app's own."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.alias_generators import to_camel

from yorutsuke_pipeline.api.answers import Answer, Money, poll_after, seconds_left
from yorutsuke_pipeline.api.bodies import BodyReader, read_model
from yorutsuke_pipeline.api.document import POLLED, body_of, problems
from yorutsuke_pipeline.api.door import Door, LetIn
from yorutsuke_pipeline.api.jobs import INTENT_ID, JobRoutes
from yorutsuke_pipeline.api.problems import FieldFault, ProblemError
from yorutsuke_pipeline.api.tokens import Caller, Scope
from yorutsuke_pipeline.engine.day_intents import is_numbered
from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.model_family import family_of
from yorutsuke_pipeline.engine.orders import OrderStatus, Wanted
from yorutsuke_pipeline.engine.ports import Clock
from yorutsuke_pipeline.engine.ports_orders import OrderDesk
from yorutsuke_pipeline.engine.whole_numbers import WHOLE

_PREFIX = "/api/batch/jobs"
_MOST_IMAGES = 10_000
# So that as many of them fit into a body of the default size.
_LONGEST_IMAGE_ID = 90


def _distinct(identities: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(identities)) != len(identities):
        raise ValueError("names an image twice")
    return identities


def _no_scheduled_intent(intent_id: str) -> str:
    if is_numbered(intent_id):
        raise ValueError("looks like the id of a scheduled intent; choose another form")
    return intent_id


def _known_model(model_id: str) -> str:
    try:
        family_of(model_id)
    except ConfigurationError as error:
        raise ValueError("is a model of no family that is known here") from error
    return model_id


ModelId = Annotated[
    str,
    StringConstraints(max_length=300),
    AfterValidator(_known_model),
    # As `family_of` knows them, for whoever reads the document.
    WithJsonSchema({"type": "string", "maxLength": 300, "pattern": r"amazon\.nova|anthropic\.claude"}),
]


class ReceiptsRequest(BaseModel):
    """Which images are to be read, under which name."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    intent_id: Annotated[str, StringConstraints(pattern=INTENT_ID), AfterValidator(_no_scheduled_intent)] = Field(
        description="The app's own name for this wish: sent again, it is the same job",
    )
    pending_image_ids: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_IMAGE_ID)], ...],
        AfterValidator(_distinct),
    ] = Field(min_length=1, max_length=_MOST_IMAGES, json_schema_extra={"uniqueItems": True})
    model_id: ModelId | None = Field(
        None,
        description="A Nova or Claude on Bedrock; the configured model if not given",
    )
    user_id: str | None = Field(None, description="The token's owner, which an admin may choose")
    batch_job_threshold: Annotated[int, Field(ge=1, le=_MOST_IMAGES), WHOLE] | None = Field(
        None,
        description="With fewer images they are asked on demand; Bedrock's minimum if not given",
    )


class ReceiptsAnswer(Answer):
    """A job that is ordered."""

    job_id: str
    status_url: str
    status: OrderStatus
    image_count: int
    estimated_cost: Money | None = Field(description="USD; null if the model's price is unknown")
    estimated_duration: int | None = Field(description="Seconds from now, as a rule; null if it has ended")
    cached: bool = Field(description="Whether the job was there before this request")


def receipts_router(
    desk: OrderDesk, door: Door, bodies: BodyReader, clock: Clock, *, others: Iterable[str]
) -> APIRouter:
    """Return the routes. By the names of the `others`, the workloads beside this one, no intent may begin here."""
    router = APIRouter(tags=["receipts"])
    jobs = JobRoutes(desk, clock, _PREFIX)
    Body = Annotated[bytes, Depends(bodies)]  # noqa: N806 — a type
    reserved = tuple(f"{name}-" for name in others)

    @router.post(
        _PREFIX,
        status_code=202,
        summary="Have receipts read",
        dependencies=[door.needs(Scope.SUBMIT)],
        responses=problems(400, 408, 409, 413, 415, 422) | {202: POLLED[200]},
        openapi_extra=body_of(ReceiptsRequest),
    )
    def order(body: Body, caller: LetIn, response: Response) -> ReceiptsAnswer:
        """Have the named images read. The same intent again is the same job; with other content it is a conflict."""
        placed = desk.place(_wanted(read_model(ReceiptsRequest, body), caller, reserved))
        now = clock.now()
        response.headers.update({"Location": jobs.url(placed.state)} | poll_after(placed.state, now))
        return ReceiptsAnswer(
            job_id=placed.state.intent_id,
            status_url=jobs.url(placed.state),
            status=placed.state.status,
            image_count=placed.estimate.record_count,
            estimated_cost=placed.estimate.cost_usd,
            estimated_duration=seconds_left(placed.state, now),
            cached=placed.cached,
        )

    jobs.add_to(router, door, look=Scope.READ, change=Scope.SUBMIT)
    return router


def _wanted(request: ReceiptsRequest, caller: Caller, reserved: tuple[str, ...]) -> Wanted:
    if request.intent_id.startswith(reserved):
        fault = FieldFault(field="intentId", message="begins with the name of another workload")
        raise ProblemError(422, "invalid-fields", f"intentId {fault.message}", errors=[fault])
    owner = caller.owner if request.user_id is None else request.user_id
    if not caller.owns(owner):
        fault = FieldFault(field="userId", message="is not the owner of this token")
        raise ProblemError(403, "not-yours", f"userId {fault.message}", errors=[fault])
    return Wanted(
        owner=owner,
        intent_id=request.intent_id,
        identities=request.pending_image_ids,
        model_id=request.model_id,
        fewest_records=request.batch_job_threshold,
    )
