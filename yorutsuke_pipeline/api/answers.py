"""What is answered when all went well: estimates and jobs, in the words of the API.

A job of the API is an order, `jobId` its intent's id; what Bedrock calls a job is behind `jobArns`.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

from yorutsuke_pipeline.engine.orders import Estimate, OrderState, OrderStatus

# Seconds. Who polls need not ask oftener than every 5, nor wait longer than 5 minutes.
_SOONEST, _LATEST = 5, 300
# Digits behind the point, in USD: a text costs some hundred-thousandths.
_DIGITS = 8

# A JSON number: clients compare it. Sums of this size have fewer digits than a double holds, so none is lost.
Money = Annotated[Decimal, PlainSerializer(lambda amount: round(float(amount), _DIGITS), return_type=float)]


class Answer(BaseModel):
    """The base of all answers: camelCase, and nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Costs(Answer):
    """What asking about violations would cost."""

    violation_count: int
    total_tokens: int = Field(description="Input and expected output")
    cost_usd: Money | None = Field(alias="costUSD", description="null if the model's price is unknown")
    cost_per_violation: Money | None = Field(description="USD")
    note: str | None = Field(None, description="Why there are fewer than asked for, for instance")


class Stats(Answer):
    """How many records have come how far."""

    processed: int = Field(description="With an accepted answer")
    errors: int = Field(description="Without one, once the job has ended")
    total: int = Field(description="0 until the records are claimed")


class JobAnswer(Answer):
    """A job as it stands."""

    job_id: str
    job_arn: str | None = Field(description="Of the first Bedrock job; null until there is one")
    job_arns: list[str]
    status: OrderStatus
    status_url: str
    day: date = Field(description="Asia/Tokyo")
    owner: str
    model_id: str
    stats: Stats
    estimated_cost: Money | None = Field(description="USD; null if unknown")
    cost: Money | None = Field(description="USD, as Bedrock counted; null until the job has ended, or if unknown")
    created_at: datetime
    closed_at: datetime | None
    expected_completion: datetime | None = Field(description="As a rule; null once it has ended")
    message: str | None = Field(description="Why it failed, was stopped or refused")


def costs_of(estimate: Estimate) -> Costs:
    """Return an estimate as it is answered."""
    cost, count = estimate.cost_usd, estimate.record_count
    return Costs(
        violation_count=count,
        total_tokens=estimate.token_count,
        cost_usd=cost,
        cost_per_violation=None if cost is None or count == 0 else cost / count,
        note=estimate.note,
    )


def job_answer(state: OrderState, status_url: str) -> JobAnswer:
    """Return an order as it is answered."""
    return JobAnswer(
        job_id=state.intent_id,
        job_arn=first_arn(state),
        job_arns=list(state.job_arns),
        status=state.status,
        status_url=status_url,
        day=state.day,
        owner=state.owner,
        model_id=state.model_id,
        stats=Stats(processed=state.processed, errors=state.errors, total=state.total),
        estimated_cost=state.estimate_usd,
        cost=state.cost_usd,
        created_at=state.created_at,
        closed_at=state.closed_at,
        expected_completion=state.expected_completion,
        message=state.message,
    )


def first_arn(state: OrderState) -> str | None:
    """Return the ARN of an order's first Bedrock job; None until there is one."""
    return state.job_arns[0] if state.job_arns else None


def seconds_left(state: OrderState, now: datetime) -> int | None:
    """Return the seconds that an order still takes as a rule; None if it is final or nobody can tell."""
    if state.status.is_final or state.expected_completion is None:
        return None
    return max(0, int((state.expected_completion - now) / timedelta(seconds=1)))


def poll_after(state: OrderState, now: datetime) -> dict[str, str]:
    """Return the header that tells a client when to ask again; none once nothing will change.

    A tenth of what is left: an hour's job is asked about every five minutes at first, and oftener towards its end.
    """
    if state.status.is_final:
        return {}
    left = seconds_left(state, now)
    return {"Retry-After": str(_SOONEST if left is None else min(_LATEST, max(_SOONEST, left // 10)))}
