"""How the service misbehaves, and how fast it is: every switch, its default and its meaning.

What belongs here: the model of the settings and reading them from text. Kept out: acting on them
(`fault_board` for calls, `job_run` and `job_output` for jobs). A service without settings behaves like the real one,
only quicker.

    {"timing": {"scheduled": 30},
     "calls": [{"operation": "CreateModelInvocationJob", "kind": "disconnect", "after_effect": true, "times": 1}],
     "jobs":  [{"name_contains": "2026-01-09", "ending": "partial", "fraction": 0.8, "manifest": "lies"}]}
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

ENVIRONMENT_NAME = "YORUTSUKE_BEDROCK_FAULTS"

Seconds = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class FaultsError(ValueError):
    """Settings that cannot be read; the message names the key."""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Timing(_Settings):
    """The least seconds that a job spends in each state."""

    submitted: Seconds = 0.5
    validating: Seconds = 1
    scheduled: Seconds = 1
    in_progress: Seconds = 1
    stopping: Seconds = 0.5
    hour: Annotated[float, Field(gt=0)] = Field(
        default=3600, description="Seconds that an hour of timeoutDurationInHours lasts."
    )


class Quotas(_Settings):
    """Amazon Bedrock's batch quotas (Service Quotas, Nova Lite's values)."""

    min_records: Count = 100
    max_records_per_job: Count = 100_000
    max_records_per_file: Count = 100_000
    max_file_bytes: Count = 1_000_000_000
    max_job_bytes: Count = 100_000_000_000
    max_active_jobs: Count = Field(default=100, description="Jobs submitted or running per model.")


class CallFault(_Settings):
    """What happens to some calls of one operation."""

    operation: str = Field(default="*", description="Its name, such as GetModelInvocationJob, or * for any.")
    kind: Literal[
        "throttle",
        "internal_error",
        "unavailable",
        "access_denied",
        "validation",
        "conflict",
        "quota_exceeded",
        "not_found",
        "model_timeout",
        "disconnect",
        "hang",
    ]
    skip: Count = Field(default=0, description="Calls that pass before the first one hit.")
    times: Count | None = Field(default=1, description="Calls hit, null for all of them.")
    after_effect: bool = Field(default=False, description="The call does its work, and only the answer is lost.")
    message: str | None = Field(default=None, description="The error's text.")


Ending = Literal["fail_validating", "expire", "fail_midway", "expire_midway", "partial"]


class JobFault(_Settings):
    """What happens to the jobs whose name contains a text; the first that fits a job counts."""

    name_contains: str = Field(default="", description="The empty text fits every job.")
    ending: Ending | None = Field(default=None, description="How it ends instead of Completed.")
    fraction: Share = Field(default=0.5, description="Records answered before a partial or midway ending.")
    message: str | None = Field(default=None, description="The service's message in Get and List.")
    error_rate: Share = Field(default=0, description="Records that end as an error line though nothing is wrong.")
    hang_in: str | None = Field(default=None, description="A state, such as Scheduled, that it does not leave.")
    show_status: Mapping[str, str] = Field(
        default_factory=dict, description='States under another name: {"InProgress": "Quarantined"}.'
    )
    without_counts: bool = Field(default=False, description="Get and List leave the record counts out.")
    vanished: bool = Field(default=False, description="Get says not found, List leaves it out.")
    missing_lines: Count = Field(default=0, description="Answered records that each output file leaves out.")
    doubled_lines: Count = Field(default=0, description="Lines that each output file repeats.")
    unknown_lines: Count = Field(default=0, description="Lines with record ids that nobody sent.")
    cut_last_line: bool = Field(default=False, description="Each output file ends in the middle of a line.")
    manifest: Literal["true", "none", "lies"] = "true"
    events: Literal["true", "lost", "doubled"] = "true"


class Faults(_Settings):
    """All switches of the service."""

    timing: Timing = Timing()
    quotas: Quotas = Quotas()
    calls: tuple[CallFault, ...] = ()
    jobs: tuple[JobFault, ...] = ()
    require_own_role: bool = Field(
        default=False, description="Refuse a role of another account, as AWS does; examples often carry one."
    )

    def of_job(self, job_name: str) -> JobFault:
        """What is set for a job of that name; the default is a job with nothing wrong."""
        return next((fault for fault in self.jobs if fault.name_contains in job_name), JobFault())


def parse_faults(text: str | bytes) -> Faults:
    """Read settings from JSON; what is not named keeps its default.

    Raises:
        FaultsError: no JSON object, an unknown key, or a value out of range. The message names the key.
    """
    try:
        return Faults.model_validate_json(text)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, problem['loc'])) or 'settings'}: {problem['msg']}" for problem in error.errors()
        ]
        raise FaultsError("; ".join(problems)) from error


def faults_from_environment(environment: Mapping[str, str]) -> Faults | None:
    """The settings in YORUTSUKE_BEDROCK_FAULTS, or None where it is not set. Raises FaultsError."""
    text = environment.get(ENVIRONMENT_NAME, "").strip()
    return parse_faults(text) if text else None
