"""Every setting, its default and one sentence: the only place that reads the environment.

Real AWS is `YORUTSUKE_AWS=real` and the standard AWS configuration (profile, region, credentials,
endpoints); all that is Yorutsuke's own begins with `YORUTSUKE_`. A wrong value is refused by name.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Json, JsonValue, ValidationError, model_validator

from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.model_family import family_of
from yorutsuke_pipeline.engine.policy import BelowMinimum, Images, Policy
from yorutsuke_pipeline.engine.quotas import SETTINGS, NamedLimits, documented_quotas
from yorutsuke_pipeline.engine.words import Word
from yorutsuke_pipeline.setting_faults import fault_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "YORUTSUKE_"
_EMBEDDED_ACCOUNT = "000000000000"
_EMBEDDED_REGION = "us-east-1"


class Aws(Word):
    """Which AWS the product works against."""

    EMBEDDED = "embedded"
    REAL = "real"


def _known_model(model_id: str) -> str:
    try:
        family_of(model_id)
    except ConfigurationError as error:
        raise ValueError(str(error)) from error
    return model_id


class Settings(BaseModel):
    """The settings. Each is read from `YORUTSUKE_` and its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    aws: Aws = Field(Aws.EMBEDDED, description="embedded (no account needed) or real")
    env: Literal["dev", "staging", "prod"] = Field("dev", description="The ending of every name")
    home: Path | None = Field(None, description="Where the embedded AWS keeps its state")
    bedrock_faults: str | None = Field(None, description="How the embedded Bedrock misbehaves at start, in JSON")
    bedrock_model: str | None = Field(
        None,
        description="The function that answers in the embedded Bedrock, if not our own: package.module:function",
        pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$",
        examples=["postcards.model:answer"],
    )
    workloads: str = Field(
        "yorutsuke_pipeline.workloads.receipts,yorutsuke_pipeline.workloads.violations",
        description="The packages of the workloads, with commas between them",
        pattern=r"^\s*[A-Za-z_][\w.]*\s*(,\s*[A-Za-z_][\w.]*\s*)*$",
    )
    samples: bool = Field(True, description="Whether a fresh embedded AWS gets sample receipts")  # noqa: FBT003
    bucket: str | None = Field(None, description="The bucket; required with real AWS")
    role_arn: str | None = Field(
        None,
        description="The role that Bedrock assumes to read and write the bucket; required with real AWS",
        pattern=r"^arn:aws(-[a-z]+)*:iam::\d{12}:role/.+$",
        examples=["arn:aws:iam::123456789012:role/NAME"],
    )
    model_id: Annotated[str, AfterValidator(_known_model)] = Field(
        "amazon.nova-lite-v1:0",
        description="The model, or inference profile, that reads the receipts",
    )
    max_output_tokens: int = Field(1000, description="The longest answer asked for", ge=100, le=5000)
    below_minimum: BelowMinimum = Field(
        BelowMinimum.ON_DEMAND,
        description="What becomes of a day too small for a batch job: on_demand, or skip (wait for more)",
    )
    images: Images = Field(
        Images.INLINE,
        description="How images go along with questions: inline (as bytes), or s3Location (by their place; Nova only)",
    )
    max_attempts: int = Field(3, description="Rejected answers about one image until it waits for a person", ge=1)
    budget_usd: Decimal | None = Field(None, description="The most one intent may be estimated at", gt=0)
    daily_budget_usd: Decimal | None = Field(
        None,
        description="The most that may be paid or reserved on one day in Tokyo",
        gt=0,
    )
    monthly_budget_usd: Decimal | None = Field(
        None,
        description="The most that may be paid or reserved in one month in Tokyo",
        gt=0,
    )
    intent_records: int = Field(
        100_000,
        description="The most records of one intent; a larger night is several, worked on side by side",
        ge=1,
    )
    preflight_from: int = Field(
        1000,
        description="From how many records on a few are asked on demand before any job is created; 0 for never",
        ge=0,
    )
    preflight_records: int = Field(5, description="How many records are asked first then", ge=1, le=50)
    price_input: Decimal | None = Field(
        None, description="USD per million input tokens of YORUTSUKE_MODEL_ID, on demand", gt=0
    )
    price_output: Decimal | None = Field(
        None, description="USD per million output tokens of YORUTSUKE_MODEL_ID, on demand", gt=0
    )
    timeout_hours: int = Field(24, description="How long a batch job may wait and run", ge=24, le=168)
    concurrency: int = Field(32, description="Calls to AWS in flight at once in a stage", ge=1, le=256)
    fewest_records: int | None = Field(None, description="The fewest records in a batch job, if not the quota", ge=1)
    most_records: int | None = Field(None, description="The most records in a job and a file, if not the quotas", ge=1)
    part_bytes: int | None = Field(None, description="The largest input file, if not nine tenths of the quota", ge=1)
    job_bytes: int | None = Field(None, description="The most input of a job, if not nine tenths of the quota", ge=1)
    running_jobs: int | None = Field(None, description="The most jobs of the model at once, if not the quota", ge=1)
    first_day: date = Field(date(2026, 1, 1), description="The first partition")
    nightly_days_back: int = Field(
        7,
        description="How many days before the ended one the nightly schedule looks at for what waits again",
        ge=0,
        le=60,
    )
    guest_prefix: str = Field("guest-", description="How a guest's user id begins", min_length=1)
    guest_days: int | None = Field(60, description="How many days a guest's transactions are kept", ge=1)
    account_days: int | None = Field(None, description="How many days an account's are kept; empty for ever", ge=1)
    wait_seconds: float | None = Field(
        None,
        description="How long 'Materialize all' waits for a batch job; 60 embedded, 0 real",
        ge=0,
    )
    events_queue_url: str | None = Field(
        None,
        description="The queue of events about jobs; embedded, the stack's; with none, every tick asks Bedrock",
        pattern=r"^https?://[^/\s]+/\d{12}/[A-Za-z0-9_-]{1,80}$",
        examples=["https://sqs.us-east-1.amazonaws.com/123456789012/NAME"],
    )
    poll_seconds: float | None = Field(
        None,
        description="How often Bedrock is asked about all open jobs where a queue tells of changes; "
        "30 embedded, 300 real; 0 reads no queue",
        ge=0,
        le=3600,
    )
    metrics: bool = Field(True, description="Whether figures of closed intents go to CloudWatch")  # noqa: FBT003
    alerts_topic_arn: str | None = Field(
        None,
        description="The SNS topic of alerts; embedded, the stack's; with none, they stand in Dagster's log",
        pattern=r"^arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$",
        examples=["arn:aws:sns:us-east-1:123456789012:NAME"],
    )
    deadline_hours: int = Field(24, description="Hours after the night by which a day must be closed", ge=1, le=336)
    waiting_hours: int = Field(12, description="Hours that a job may take until somebody is told", ge=1, le=336)

    violations_warehouse: str | None = Field(
        None,
        description="The ARN of the S3 table bucket with the violations; required with real AWS to ask about them",
        pattern=r"^arn:aws(-[a-z]+)*:s3tables:[a-z0-9-]+:\d{12}:bucket/[a-z0-9-]{3,63}$",
    )
    violations_namespace: str = Field(
        "yorutsuke",
        description="The namespace of the Iceberg table `violations`",
        pattern="^[a-z0-9][a-z0-9_]{0,254}$",
    )

    run_tags: Json[dict[Literal["submit_batch", "ingest_results"], dict[str, JsonValue]]] | None = Field(
        None,
        description="The tags of each job's runs, in JSON: by them a deployment gives each its own role",
        examples=['{"submit_batch": {"ecs/cpu": "256"}}'],
    )

    api_tokens_file: Path | None = Field(
        None,
        description="The file of the HTTP API's tokens; embedded, `api-tokens.json` beside its state",
    )
    api_host: str = Field("127.0.0.1", description="Where the HTTP API listens", min_length=1)
    api_port: int = Field(4700, description="The port of the HTTP API; 0 for any free one", ge=0, le=65535)
    api_rate: int = Field(120, description="Requests a minute with one token of the HTTP API", ge=1, le=1_000_000)
    api_body_bytes: int = Field(1_000_000, description="The largest body that the HTTP API takes", ge=1000, le=10**8)

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        if (self.price_input is None) != (self.price_output is None):
            raise ValueError("YORUTSUKE_PRICE_INPUT and YORUTSUKE_PRICE_OUTPUT go together: set both or neither")
        quotas = documented_quotas(self.model_id).told(self.quota_overrides, SETTINGS)
        if quotas.most_records < quotas.fewest_records:
            raise ValueError("YORUTSUKE_MOST_RECORDS is below YORUTSUKE_FEWEST_RECORDS")
        budgets = {
            "YORUTSUKE_BUDGET_USD": self.budget_usd,
            "YORUTSUKE_DAILY_BUDGET_USD": self.daily_budget_usd,
            "YORUTSUKE_MONTHLY_BUDGET_USD": self.monthly_budget_usd,
        }
        given = [(name, budget) for name, budget in budgets.items() if budget is not None]
        for (name, budget), (wider, of_wider) in pairwise(given):
            if budget > of_wider:
                raise ValueError(f"{name} is above {wider}, which would never let it be reached")
        return self

    @property
    def is_embedded(self) -> bool:
        """Whether the AWS is the one that needs no account."""
        return self.aws is Aws.EMBEDDED

    @property
    def workload_places(self) -> tuple[str, ...]:
        """The packages of the workloads, in order."""
        return tuple(place.strip() for place in self.workloads.split(","))

    @property
    def quota_overrides(self) -> NamedLimits:
        """The limits that are set here, whatever the service says."""
        limits = {
            "fewest_records": self.fewest_records,
            "most_records": self.most_records,
            "part_records": self.most_records,
            "part_bytes": self.part_bytes,
            "job_bytes": self.job_bytes,
            "running_jobs": self.running_jobs,
        }
        return {name: limit for name, limit in limits.items() if limit is not None}

    def table(self, name: str) -> str:
        """Return the full name of a table: `yorutsuke-transactions-dev`."""
        return f"yorutsuke-{name}-{self.env}"

    def required_bucket(self) -> str:
        """Return the bucket's name.

        Raises:
            ConfigurationError: It is not set, and AWS is real.
        """
        if self.bucket is not None:
            return self.bucket
        if self.is_embedded:
            return f"yorutsuke-receipts-{self.env}-{_EMBEDDED_ACCOUNT}"
        raise ConfigurationError("no bucket is set: set YORUTSUKE_BUCKET to the stack's output ReceiptsBucketName")

    def required_role(self) -> str:
        """Return the ARN of the role that Bedrock assumes.

        Raises:
            ConfigurationError: It is not set, and AWS is real.
        """
        if self.role_arn is not None:
            return self.role_arn
        if self.is_embedded:
            return f"arn:aws:iam::{_EMBEDDED_ACCOUNT}:role/yorutsuke-bedrock-batch-{self.env}"
        raise ConfigurationError("no role is set: set YORUTSUKE_ROLE_ARN to the stack's output BedrockRoleArn")

    def required_warehouse(self) -> str:
        """Return the ARN of the table bucket that holds the violations; not for the embedded AWS, which has none.

        Raises:
            ConfigurationError: It is not set.
        """
        if self.violations_warehouse is not None:
            return self.violations_warehouse
        raise ConfigurationError(
            "no table bucket is set: set YORUTSUKE_VIOLATIONS_WAREHOUSE to the ARN of the one with the violations",
        )

    @property
    def embedded_queue_url(self) -> str:
        """The queue of events in the embedded AWS, which looks only at account and name."""
        return f"http://127.0.0.1/{_EMBEDDED_ACCOUNT}/yorutsuke-batch-events-{self.env}"

    @property
    def embedded_topic_arn(self) -> str:
        """The topic of alerts in the embedded AWS."""
        return f"arn:aws:sns:{_EMBEDDED_REGION}:{_EMBEDDED_ACCOUNT}:yorutsuke-alerts-{self.env}"

    def policy(self) -> Policy:
        """Return the choices as the rules know them.

        Raises:
            ConfigurationError: Something that they need is not set.
        """
        return Policy(
            model_id=self.model_id,
            role_arn=self.required_role(),
            deployment=self.env,
            max_output_tokens=self.max_output_tokens,
            below_minimum=self.below_minimum,
            max_attempts=self.max_attempts,
            budget_usd=self.budget_usd,
            daily_budget_usd=self.daily_budget_usd,
            monthly_budget_usd=self.monthly_budget_usd,
            intent_records=self.intent_records,
            preflight_from=self.preflight_from,
            preflight_records=self.preflight_records,
            timeout_hours=self.timeout_hours,
            quotas=documented_quotas(self.model_id).told(self.quota_overrides, SETTINGS),
            tags=(("application", "yorutsuke"), ("env", self.env)),
            concurrency=self.concurrency,
            images=self.images,
        )


@dataclass(frozen=True)
class AwsEnvironment:
    """What the standard AWS configuration says, as far as the product must know it.

    Attributes:
        region: `AWS_REGION`, else `AWS_DEFAULT_REGION`; None leaves it to the profile.
        endpoint_variables: The names of `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>` that are set.
    """

    region: str | None
    endpoint_variables: tuple[str, ...] = field(default=())


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Raises:
        ConfigurationError: A value is wrong, or a name that begins with YORUTSUKE_ is none of ours.
    """
    environment = os.environ if environment is None else environment
    given = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(_PREFIX) and value
    }
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        faults = "; ".join(_fault(detail) for detail in error.errors(include_url=False))
        raise ConfigurationError(f"wrong settings: {faults}. docs/settings.md lists all of them") from error


def load_aws_environment(environment: Mapping[str, str] | None = None) -> AwsEnvironment:
    """Read the part of the standard AWS configuration that decides whether anything must be started."""
    environment = os.environ if environment is None else environment
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    endpoints = sorted(name for name, value in environment.items() if name.startswith("AWS_ENDPOINT_URL") and value)
    return AwsEnvironment(region or None, tuple(endpoints))


def _fault(detail: Any) -> str:  # noqa: ANN401 — pydantic's ErrorDetails
    # Further steps lie inside of a value that is JSON.
    name = _PREFIX + "".join(str(step) for step in detail["loc"][:1]).upper()
    if detail["type"] == "extra_forbidden":
        return f"{name} is no setting of ours"
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"]) if not detail["loc"] else f"{name}: {detail['ctx']['error']}"
    return name + fault_in_words(Settings.model_fields[str(detail["loc"][0])], detail)
