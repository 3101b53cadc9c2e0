"""What the messages of the events queue say: which jobs may have changed.

Two kinds come: Bedrock's own events, which EventBridge delivers, and S3's, of the summary that a job writes
last of all. What is neither, or is not as AWS writes it, is malformed.
https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-eventbridge.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import unquote_plus

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from yorutsuke_pipeline.engine.layout import OUTPUT_PREFIX, SERVICE_MANIFEST

_JOB_ARN = r"^arn:aws[a-z-]*:bedrock:[a-z0-9-]{1,30}:[0-9]{12}:model-invocation-job/[a-z0-9]{12}$"
# The folder of a job's output is named after it. Others are not Bedrock's: what is asked on demand has one, too.
_SUMMARY = re.compile(rf"{OUTPUT_PREFIX}([a-z0-9]{{12}})/{re.escape(SERVICE_MANIFEST)}")


class MalformedMessageError(ValueError):
    """A message that is none of those that the queue is for."""


class _Said(BaseModel):
    # Only what is needed is looked at: the rest may change without notice.
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class _JobDetail(_Said):
    arn: str = Field(alias="batchJobArn", pattern=_JOB_ARN)


class _JobEvent(_Said):
    source: Literal["aws.bedrock"]
    detail_type: Literal["Batch Inference Job State Change"] = Field(alias="detail-type")
    detail: _JobDetail

    @property
    def job_ids(self) -> tuple[str, ...]:
        return (self.detail.arn.rpartition("/")[2],)


class _Key(_Said):
    key: str


class _Place(_Said):
    object: _Key


class _ObjectRecord(_Said):
    event_source: Literal["aws:s3"] = Field(alias="eventSource")
    s3: _Place


class _ObjectEvents(_Said):
    records: Annotated[tuple[_ObjectRecord, ...], Field(alias="Records", min_length=1)]

    @property
    def job_ids(self) -> tuple[str, ...]:
        # Keys are written as in a form: a space is a plus sign.
        found = (_SUMMARY.fullmatch(unquote_plus(record.s3.object.key)) for record in self.records)
        return tuple(match.group(1) for match in found if match is not None)


class _TestEvent(_Said):
    """What S3 sends once when it is told of the queue."""

    event: Literal["s3:TestEvent"] = Field(alias="Event")
    job_ids: tuple[str, ...] = ()


_MESSAGE: TypeAdapter[_JobEvent | _ObjectEvents | _TestEvent] = TypeAdapter(_JobEvent | _ObjectEvents | _TestEvent)


def job_ids_in(body: str) -> tuple[str, ...]:
    """Return the ids of the jobs that a message names; none if it is well formed and about something else.

    Raises:
        MalformedMessageError: It is none of the messages that the queue is for.
    """
    try:
        # As bytes, a lone surrogate is one more thing that is no JSON.
        return _MESSAGE.validate_json(body.encode("utf-8", "surrogatepass")).job_ids
    except ValidationError as error:
        raise MalformedMessageError(f"{len(body)} characters that are no event of a job or of an object") from error
