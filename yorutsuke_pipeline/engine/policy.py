"""The choices a deployment makes, as the rules see them. `settings.py` fills this from the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.quotas import Quotas
from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from decimal import Decimal


class BelowMinimum(Word):
    """What becomes of a day with fewer records than a batch job must have."""

    ON_DEMAND = "on_demand"
    SKIP = "skip"


class Images(Word):
    """How an image goes along with its question."""

    INLINE = "inline"
    S3_LOCATION = "s3Location"


@dataclass(frozen=True)
class Policy:
    """How a workload is run.

    Attributes:
        deployment: Its name (dev, staging, prod), which ends the name of every job.
        role_arn: The role that the service assumes to read and write the bucket.
        max_attempts: Rejected answers about one record before it waits for a person.
        budget_usd: The most an intent may be estimated at; None for no limit.
        daily_budget_usd: The most that may be paid or reserved on a calendar day in Tokyo; None for no limit.
        monthly_budget_usd: Likewise in a calendar month.
        intent_records: The most records of one intent; a larger night is divided into several.
        preflight_from: From how many records on some are asked on demand first; 0 for never.
        preflight_records: How many these are.
        timeout_hours: How long the service may let a job wait and run (24 to 168).
        tags: Put on every job, for cost allocation.
        concurrency: Calls to AWS in flight at once in one stage.
        images: How an image goes along with its question.
    """

    model_id: str
    role_arn: str
    deployment: str = "dev"
    max_output_tokens: int = 1000
    below_minimum: BelowMinimum = BelowMinimum.ON_DEMAND
    max_attempts: int = 3
    budget_usd: Decimal | None = None
    timeout_hours: int = 24
    quotas: Quotas = field(default_factory=Quotas)
    tags: tuple[tuple[str, str], ...] = ()
    concurrency: int = 8
    daily_budget_usd: Decimal | None = None
    monthly_budget_usd: Decimal | None = None
    preflight_from: int = 0
    preflight_records: int = 5
    intent_records: int = 100_000
    images: Images = Images.INLINE
