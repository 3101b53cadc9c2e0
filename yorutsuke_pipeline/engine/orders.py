"""Orders: intents that a caller asks for under a name of its own.

What belongs here: an order as a value, what it would cost, and how far one is. Placing them is `order_desk.py`,
carrying them out the stages': an order is an intent like any other, that names its records instead of a day's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.policy import BelowMinimum, Policy
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from yorutsuke_pipeline.engine.intent import Intent


@dataclass(frozen=True)
class Wanted:
    """What a caller wants asked: the records that it names, or a selection in the workload's own words.

    Attributes:
        intent_id: The caller's own name for it; None derives one from the day and the content, so that the same
            wish of one day is one order.
        owner: Who asks.
        identities: The records; None if `selection` says which.
        selection: JSON; None if `identities` says which.
        model_id: The model to ask; None for the configured one.
        budget_usd: The most that it may be estimated at; None for no limit of its own.
        fewest_records: With fewer records they are asked on demand; None for the service's minimum.
    """

    owner: str
    intent_id: str | None = None
    identities: tuple[str, ...] | None = None
    selection: Mapping[str, Any] | None = None
    model_id: str | None = None
    budget_usd: Decimal | None = None
    fewest_records: int | None = None


@dataclass(frozen=True)
class Estimate:
    """What asking would cost.

    Attributes:
        record_count: How many records would be asked about.
        token_count: Input and expected output tokens together.
        cost_usd: None if the model's price is unknown.
        note: What the caller should know: why there are none, or fewer than asked for.
    """

    record_count: int
    token_count: int
    cost_usd: Decimal | None
    note: str | None = None


@dataclass(frozen=True)
class Order:
    """What an intent's row says of the order that it carries out.

    Attributes:
        owner: Who asked; besides an admin, nobody else sees it.
        fingerprint: Of the content. The same name with another one is a conflict.
        budget_usd: As wanted.
        fewest_records: As wanted.
        estimate: What the caller was told.
    """

    owner: str
    fingerprint: str
    budget_usd: Decimal | None = None
    fewest_records: int | None = None
    estimate: Estimate | None = None


class OrderStatus(Word):
    """How far an order is, for whoever polls it."""

    QUEUED = "queued"
    PREPARED = "prepared"
    SUBMITTED = "submitted"
    RUNNING = "running"
    COLLECTING = "collecting"
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPED = "stopped"
    REFUSED = "refused"

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self in {OrderStatus.COMPLETED, OrderStatus.FAILED, OrderStatus.STOPPED, OrderStatus.REFUSED}


@dataclass(frozen=True)
class OrderState:
    """An order as it stands.

    Attributes:
        processed: Records with an accepted answer.
        errors: Records without one, once the order is final.
        total: Records claimed; 0 until the manifest is written.
        job_ids: Of the jobs that the service knows.
        message: Why it failed, was stopped or refused.
        expected_completion: When it ends as a rule; None once it has.
    """

    intent_id: str
    workload: str
    day: date
    owner: str
    status: OrderStatus
    created_at: datetime
    model_id: str
    processed: int = 0
    errors: int = 0
    total: int = 0
    job_ids: tuple[str, ...] = ()
    job_arns: tuple[str, ...] = ()
    estimate_usd: Decimal | None = None
    cost_usd: Decimal | None = None
    closed_at: datetime | None = None
    expected_completion: datetime | None = None
    message: str | None = None


@dataclass(frozen=True)
class Placed:
    """An order that is written down, with what it is estimated at; `cached` if it had been before this call."""

    state: OrderState
    estimate: Estimate
    cached: bool


@dataclass(frozen=True)
class OrderPage:
    """Some orders, the newest first; `after` asks for the next page, None if there is none."""

    orders: tuple[OrderState, ...] = field(default_factory=tuple)
    after: str | None = None


def policy_of(intent: Intent, policy: Policy) -> Policy:
    """Return the policy that an intent is worked on by: the deployment's, with what its order says otherwise.

    An order may tighten the budget of an intent, never widen it; and it is always asked about, however few its
    records are, since its caller waits for them.
    """
    if intent.order is None:
        return policy
    budgets = [budget for budget in (policy.budget_usd, intent.order.budget_usd) if budget is not None]
    fewest = max(policy.quotas.fewest_records, intent.order.fewest_records or 0)
    return replace(
        policy,
        model_id=intent.model_id,
        budget_usd=min(budgets, default=None),
        below_minimum=BelowMinimum.ON_DEMAND,
        quotas=replace(policy.quotas, fewest_records=fewest),
    )
