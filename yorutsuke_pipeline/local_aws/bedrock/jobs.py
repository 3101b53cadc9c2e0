"""A batch job: what it is, the states it goes through, and how Get and List show it.

Kept out: keeping it (`job_store`), moving it (`job_run`).
"""

import enum
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from yorutsuke_pipeline.local_aws.bedrock.answering import InvocationType
from yorutsuke_pipeline.local_aws.bedrock.faults import JobFault
from yorutsuke_pipeline.local_aws.bedrock.objects import Location

DEFAULT_TIMEOUT_HOURS = 24
_MESSAGE_CHARACTERS = 2048  # `Message` in the service model


class JobStatus(str, enum.Enum):
    """Submitted -> Validating -> Scheduled -> InProgress -> an ending; Stopping -> Stopped from any of them."""

    SUBMITTED = "Submitted"
    VALIDATING = "Validating"
    SCHEDULED = "Scheduled"
    IN_PROGRESS = "InProgress"
    STOPPING = "Stopping"
    COMPLETED = "Completed"
    PARTIALLY_COMPLETED = "PartiallyCompleted"
    FAILED = "Failed"
    STOPPED = "Stopped"
    EXPIRED = "Expired"

    @property
    def is_terminal(self) -> bool:
        """Whether a job in this state changes no more."""
        return self in _TERMINAL


_TERMINAL = {
    JobStatus.COMPLETED,
    JobStatus.PARTIALLY_COMPLETED,
    JobStatus.FAILED,
    JobStatus.STOPPED,
    JobStatus.EXPIRED,
}


class Counts(BaseModel):
    """Records of a job, and the tokens of those answered."""

    model_config = ConfigDict(frozen=True)

    total: int = 0
    success: int = 0
    error: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def processed(self) -> int:
        """Records that ended as a line of output, good or bad."""
        return self.success + self.error


class Job(BaseModel):
    """One job. `request` is the body of Create as it came; times are UTC."""

    model_config = ConfigDict(frozen=True)

    job_id: str
    arn: str
    model_arn: str
    token: str
    request: dict[str, Any]
    tags: dict[str, str] = Field(default_factory=dict)
    status: JobStatus = JobStatus.SUBMITTED
    message: str | None = None
    submit_time: datetime
    modified_time: datetime
    end_time: datetime | None = None
    seconds_per_hour: float = 3600
    counts: Counts = Counts()

    @property
    def name(self) -> str:
        """The caller's jobName."""
        return str(self.request["jobName"])

    @property
    def kind(self) -> InvocationType:
        """Whose bodies its records carry."""
        return InvocationType(self.request.get("modelInvocationType") or InvocationType.INVOKE_MODEL)

    @property
    def source(self) -> Location:
        """Where its input is: one `.jsonl`, or a folder."""
        return Location.parse(self.request["inputDataConfig"]["s3InputDataConfig"]["s3Uri"])

    @property
    def destination(self) -> Location:
        """The caller's output folder; the job writes below `{folder}{job_id}/`."""
        return Location.parse(self.request["outputDataConfig"]["s3OutputDataConfig"]["s3Uri"])

    @property
    def timeout_hours(self) -> int:
        """Hours after submission at which it is given up."""
        return self.request.get("timeoutDurationInHours") or DEFAULT_TIMEOUT_HOURS

    @property
    def expires_at(self) -> datetime:
        """When that is."""
        return self.submit_time + timedelta(seconds=self.timeout_hours * self.seconds_per_hour)

    def shown(self, fault: JobFault) -> dict[str, Any]:
        """The members of GetModelInvocationJob's answer and of List's summaries."""
        request = self.request
        form: dict[str, Any] = {
            "jobArn": self.arn,
            "jobName": self.name,
            "modelId": self.model_arn,
            "clientRequestToken": self.token,
            "roleArn": request["roleArn"],
            "status": fault.show_status.get(self.status.value, self.status.value),
            "submitTime": wire_time(self.submit_time),
            "lastModifiedTime": wire_time(self.modified_time),
            "inputDataConfig": request["inputDataConfig"],
            "outputDataConfig": request["outputDataConfig"],
            "timeoutDurationInHours": self.timeout_hours,
            "jobExpirationTime": wire_time(self.expires_at),
            "modelInvocationType": self.kind.value,
        }
        if self.message:
            form["message"] = self.message[:_MESSAGE_CHARACTERS]
        if self.end_time:
            form["endTime"] = wire_time(self.end_time)
        if request.get("vpcConfig"):
            form["vpcConfig"] = request["vpcConfig"]
        return form if fault.without_counts else {**form, **self._shown_counts()}

    def _shown_counts(self) -> dict[str, int]:
        return {
            "totalRecordCount": self.counts.total,
            "processedRecordCount": self.counts.processed,
            "successRecordCount": self.counts.success,
            "errorRecordCount": self.counts.error,
        }


def wire_time(moment: datetime) -> str:
    """ISO 8601 to the millisecond, as restJson1 wants it: `2026-01-09T17:00:00.123Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
