"""Bedrock's control plane for batch jobs.

What belongs here: the calls, and what each answer says about whether a job exists. What to do about
a doubt is `engine.submission`'s. No message's text is ever looked into: AWS changes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from yorutsuke_pipeline.aws.failures import Target, calling, code_of, is_throttling, message_of, status_of, translated
from yorutsuke_pipeline.aws.pages import pages_of
from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.engine.batch_job import JobState
from yorutsuke_pipeline.engine.errors import (
    ConfigurationError,
    InDoubtError,
    SlotsFullError,
    SubmissionRefusedError,
    ThrottledError,
    TransientError,
    YorutsukeError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from mypy_boto3_bedrock import BedrockClient

    from yorutsuke_pipeline.engine.batch_job import JobRequest

_TARGET = Target("Amazon Bedrock", "the role's policy and AWS_REGION")
# The service's own maximum.
_PAGE = 1000
# Waiting longer than this is the next run's business.
_PATIENCE = Patience(deadline=60.0, first_wait=0.5, longest_wait=10.0)
_DENIED = frozenset({"AccessDeniedException", "ResourceNotFoundException", "ValidationException"})
# Said of a job that has ended, or that is not there.
_NOT_STOPPABLE = frozenset({"ConflictException", "ValidationException", "ResourceNotFoundException"})
_SERVER_ERROR = 500


class BedrockBatchService:
    """Implements `BatchService`.

    Args:
        client: Best one that never asks twice by itself (`AwsClients.bedrock`): after a repeated Create
            only a look-up can tell what happened.
        patience: For calls that were turned away for their rate.
    """

    def __init__(self, client: BedrockClient, patience: Patience = _PATIENCE) -> None:
        self._client = client
        self._patience = patience

    def create(self, request: JobRequest) -> str:
        """Create a job; return its ARN.

        Raises:
            ThrottledError: Refused for now, without effect.
            SlotsFullError: The quota of running jobs is used up, without effect.
            InDoubtError: No telling whether it took effect, a name that is in use included.
            SubmissionRefusedError: Refused for what the request says.
        """
        return self._patience.repeat(lambda: self._create(request), on=ThrottledError)

    def find(self, job_name: str, client_request_token: str) -> JobState | None:
        """Return the job of that name and token, or None if the service knows none.

        A job of that very name whose token the service keeps to itself is taken for it: names are
        derived from intents and never used twice, and a job too many would be paid for.
        """
        for state in self._listed(f"look for job {job_name}", nameContains=job_name):
            if state.job_name == job_name and state.client_request_token in {client_request_token, None}:
                return state
        return None

    def get(self, job_id: str) -> JobState | None:
        """Return a job, or None if the service does not know it."""
        return self._patience.repeat(lambda: self._get(job_id), on=TransientError)

    def since(self, moment: datetime) -> Iterator[JobState]:
        """Yield every job submitted since, a thousand a page."""
        return self._listed("list recent jobs", submitTimeAfter=moment)

    def named(self, beginning: str) -> Iterator[JobState]:
        """Yield every job whose name begins so; the service itself knows only how to look inside names."""
        listed = self._listed(f"list the jobs named {beginning}", nameContains=beginning)
        return (state for state in listed if state.job_name.startswith(beginning))

    def stop(self, job_id: str) -> JobState | None:
        """Have a job stopped; return it as it is then, None if the service does not know it.

        The service refuses to stop a job that has ended, and by which code is not documented: so a refusal is
        believed only if the job has not ended.
        """
        refused = self._patience.repeat(lambda: self._stop(job_id), on=TransientError)
        state = self.get(job_id)
        if refused is not None and state is not None and not state.has_ended:
            raise translated(refused, _TARGET, f"stop job {job_id}") from refused
        return state

    def _stop(self, job_id: str) -> ClientError | None:
        """Ask the service to stop a job; return its refusal, if it refuses for what the job is."""
        with calling(_TARGET, f"stop job {job_id}"):
            try:
                self._client.stop_model_invocation_job(jobIdentifier=job_id)
            except ClientError as error:
                if code_of(error) in _NOT_STOPPABLE:
                    return error
                raise
        return None

    def _create(self, request: JobRequest) -> str:
        try:
            answer = self._client.create_model_invocation_job(
                jobName=request.job_name,
                clientRequestToken=request.client_request_token,
                modelId=request.model_id,
                roleArn=request.role_arn,
                inputDataConfig={"s3InputDataConfig": {"s3InputFormat": "JSONL", "s3Uri": request.input_uri}},
                outputDataConfig={"s3OutputDataConfig": {"s3Uri": request.output_uri}},
                timeoutDurationInHours=request.timeout_hours,
                tags=[{"key": key, "value": value} for key, value in request.tags],
            )
        except ClientError as error:
            raise _not_created(error, request) from error
        except (BotoCoreError, ResponseParserError) as error:
            raise _unanswered(error, request) from error
        return answer["jobArn"]

    def _get(self, job_id: str) -> JobState | None:
        with calling(_TARGET, f"look at job {job_id}"):
            try:
                answer = self._client.get_model_invocation_job(jobIdentifier=job_id)
            except self._client.exceptions.ResourceNotFoundException:
                return None
        return read_state(answer)

    def _listed(self, doing: str, **filters: Any) -> Iterator[JobState]:  # noqa: ANN401 — ListModelInvocationJobs' own
        """Yield the jobs of a listing, read again from its beginning if a page fails for now."""
        yield from self._patience.repeat(lambda: self._list(doing, filters), on=TransientError)

    def _list(self, doing: str, filters: dict[str, Any]) -> list[JobState]:
        pages = self._client.get_paginator("list_model_invocation_jobs").paginate(
            **filters,
            PaginationConfig={"PageSize": _PAGE},
        )
        return [
            read_state(summary)
            for page in pages_of(pages, _TARGET, doing)
            for summary in page.get("invocationJobSummaries", ())
        ]


def read_state(answer: Mapping[str, Any]) -> JobState:
    """Return a job as Get or List describe it; all but its ARN may be absent."""
    arn = answer["jobArn"]
    return JobState(
        job_id=arn.rpartition("/")[2],
        job_arn=arn,
        job_name=answer.get("jobName", ""),
        client_request_token=answer.get("clientRequestToken"),
        # Nothing said means: keep waiting.
        status=answer.get("status", "Unknown"),
        message=answer.get("message"),
        submitted_at=answer.get("submitTime"),
        ended_at=answer.get("endTime"),
        total_count=answer.get("totalRecordCount"),
        processed_count=answer.get("processedRecordCount"),
        success_count=answer.get("successRecordCount"),
        error_count=answer.get("errorRecordCount"),
        model_id=answer.get("modelId"),
    )


def _not_created(error: ClientError, request: JobRequest) -> YorutsukeError:
    """Return what an answer to Create says about whether the job exists."""
    code, tried = code_of(error), f"could not submit job {request.job_name}"
    told = f"{tried}: {code}: {message_of(error)}"
    was_repeated = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0
    if was_repeated or status_of(error) >= _SERVER_ERROR or code == "ConflictException":
        # The last answer says nothing about the tries before it, nor a name in use about whose it is.
        return InDoubtError(
            f"{told}; it may exist all the same, and is looked for by its name before it is tried again"
        )
    if is_throttling(error):
        return ThrottledError(f"{tried}: {code}; try again later")
    if code == "ServiceQuotaExceededException":
        return SlotsFullError(f"{told}; it is submitted when another job of this model has ended")
    if code not in _DENIED:
        general = translated(error, _TARGET, f"submit job {request.job_name}")
        return general if isinstance(general, ConfigurationError) else SubmissionRefusedError(told)
    return SubmissionRefusedError(f"{told}; {_remedy(code, request)}")


def _unanswered(error: Exception, request: JobRequest) -> YorutsukeError:
    """Return the error for no answer: a fault of the configuration is found before anything is sent."""
    general = translated(error, _TARGET, f"submit job {request.job_name}")
    if isinstance(general, TransientError):
        return InDoubtError(f"{general}; it may exist all the same, and is looked for by its name first")
    return general


def _remedy(code: str, request: JobRequest) -> str:
    if code == "AccessDeniedException":
        return (
            f"allow bedrock:CreateModelInvocationJob on {request.model_id} and iam:PassRole on {request.role_arn}, "
            "and check YORUTSUKE_ROLE_ARN and YORUTSUKE_MODEL_ID"
        )
    if code == "ResourceNotFoundException":
        return f"{request.model_id} is not there in this region: set YORUTSUKE_MODEL_ID or AWS_REGION"
    return (
        f"check YORUTSUKE_MODEL_ID ({request.model_id}: does it offer batch inference in this region?) and "
        f"YORUTSUKE_ROLE_ARN ({request.role_arn}: may Bedrock assume it, and read {request.input_uri}?)"
    )
