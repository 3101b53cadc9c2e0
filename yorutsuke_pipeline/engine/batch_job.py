"""A job: one Bedrock batch job (or its on-demand stand-in below the minimum) of an intent.

What belongs here: the job's row as a value, the service's statuses and what each means, and the
request that creates one. Submitting it, once, is `submission.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.words import Word

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.cost import TokenUsage


class JobMode(Word):
    """How a job's records are asked about."""

    BATCH = "batch"
    ON_DEMAND = "on_demand"


# Ours: the row is written before the service is asked for anything.
PLANNED = "Planned"
SUBMITTING = "Submitting"
# Ours: the service has denied for longer than a job can live that it knows the job.
VANISHED = "Vanished"
# Ours: never asked for, because its part was changed after other jobs of its intent had gone out.
WITHDRAWN = "Withdrawn"

# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetModelInvocationJob.html
COMPLETED = "Completed"
PARTIALLY_COMPLETED = "PartiallyCompleted"
ENDINGS_AT_THE_SERVICE = frozenset({COMPLETED, PARTIALLY_COMPLETED, "Failed", "Stopped", "Expired"})
TERMINAL = ENDINGS_AT_THE_SERVICE | {VANISHED, WITHDRAWN}

# A job that the service denies knowing may be a listing that lags or a wrong region: its records are
# given back only when it could not be alive any more, or they would be paid for twice.
_GRACE_AFTER_TIMEOUT = timedelta(hours=24)


@dataclass(frozen=True)
class JobState:
    """What the service says of a job, made from its answer once, at the edge.

    The service may leave out the message, the end and the counts; they are None then. `status` is kept
    as it was said: one that nobody has heard of means "keep waiting". `model_id` is an ARN, whatever was asked for.
    """

    job_id: str
    job_arn: str
    job_name: str
    client_request_token: str | None
    status: str
    message: str | None = None
    submitted_at: datetime | None = None
    ended_at: datetime | None = None
    total_count: int | None = None
    processed_count: int | None = None
    success_count: int | None = None
    error_count: int | None = None
    model_id: str | None = None

    @property
    def has_ended(self) -> bool:
        """Whether its output is final, whatever the ending."""
        return self.status in TERMINAL


@dataclass(frozen=True)
class BatchJob:
    """The row `item = JOB#001` of the batch-jobs table.

    Attributes:
        number: 1 for the intent's first job.
        part_key: The S3 key of the JSONL that the job reads; of several, their folder, which ends in a slash.
        part_etag: What that object was when it was sealed; of a folder, what `job_input` makes of its parts.
        status: `Planned`, `Submitting`, or the service's word as last seen.
        version: Counts the row's writes, as on the intent.
        usage: Tokens of its answers, as the model counted them; None until its output was read.
    """

    intent_id: str
    number: int
    mode: JobMode
    job_name: str
    client_request_token: str
    part_key: str
    part_etag: str
    record_count: int
    input_bytes: int
    status: str = PLANNED
    job_id: str | None = None
    job_arn: str | None = None
    message: str | None = None
    submitted_at: datetime | None = None
    completed_at: datetime | None = None
    version: int = 0
    usage: TokenUsage | None = None

    @property
    def awaits_submission(self) -> bool:
        """Whether it is still to be submitted, or nobody knows yet whether it was."""
        return self.status in {PLANNED, SUBMITTING}

    @property
    def is_at_the_service(self) -> bool:
        """Whether its row says that the service has it and has not ended it; never so of one on demand."""
        return self.mode is JobMode.BATCH and not self.awaits_submission and not self.has_ended

    @property
    def has_ended(self) -> bool:
        """Whether its output is final."""
        return self.status in TERMINAL

    @property
    def ended_well(self) -> bool:
        """Whether it ended with every record processed."""
        return self.status == COMPLETED


@dataclass(frozen=True)
class JobRequest:
    """What CreateModelInvocationJob is asked for, all of it checked and written down before."""

    job_name: str
    client_request_token: str
    model_id: str
    role_arn: str
    input_uri: str
    output_uri: str
    timeout_hours: int
    tags: tuple[tuple[str, str], ...]


def may_have_vanished(submitted_at: datetime | None, now: datetime, timeout_hours: int) -> bool:
    """Tell whether a job that the service does not know can be given up for gone."""
    if submitted_at is None:
        return False
    return now > submitted_at + timedelta(hours=timeout_hours) + _GRACE_AFTER_TIMEOUT
