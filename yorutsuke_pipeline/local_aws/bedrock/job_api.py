"""The batch operations: Create, Get, List and Stop, and the tags of a job.

What belongs here: the rules that the service model does not state (is the model known, the bucket there, the name
or the token used before). Kept out: HTTP (`service`), and what happens to a job afterwards (`job_run`).
"""

import asyncio
import secrets
import string
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from yorutsuke_pipeline.local_aws.bedrock.account import Account
from yorutsuke_pipeline.local_aws.bedrock.errors import (
    AccessDeniedError,
    ConflictError,
    NotFoundError,
    QuotaExceededError,
    TooManyTagsError,
    ValidationError,
)
from yorutsuke_pipeline.local_aws.bedrock.fault_board import FaultBoard
from yorutsuke_pipeline.local_aws.bedrock.job_list import select_page
from yorutsuke_pipeline.local_aws.bedrock.job_store import JobStore
from yorutsuke_pipeline.local_aws.bedrock.jobs import Job, JobStatus
from yorutsuke_pipeline.local_aws.bedrock.models import find_model
from yorutsuke_pipeline.local_aws.bedrock.objects import Location, Objects
from yorutsuke_pipeline.local_aws.bedrock.shapes import check_request

_JOB_ID_CHARACTERS = string.ascii_lowercase + string.digits
_JOB_ID_LENGTH = 12
_MOST_TAGS = 50
_STOPPABLE = (JobStatus.SUBMITTED, JobStatus.VALIDATING, JobStatus.SCHEDULED, JobStatus.IN_PROGRESS)

Members = dict[str, Any]


class JobApi:
    """The operations on batch jobs; each takes the members of its request and returns those of its answer.

    Args:
        store: jobs.
        objects: S3, to see whether buckets are there.
        board: quotas and faults in force.
        start: called with the id of each new job.
        account: whose jobs they are.
    """

    def __init__(
        self,
        *,
        store: JobStore,
        objects: Objects,
        board: FaultBoard,
        start: Callable[[str], None],
        account: Account,
    ) -> None:
        self._store = store
        self._objects = objects
        self._board = board
        self._start = start
        self._account = account
        self._creating = asyncio.Lock()

    async def create(self, request: Members) -> Members:
        """CreateModelInvocationJob. One token makes one job, whatever else is asked with it later."""
        check_request("bedrock", "CreateModelInvocationJob", request)
        token = request.get("clientRequestToken") or str(uuid.uuid4())
        async with self._creating:
            # "If this token matches a previous request, Amazon Bedrock ignores the request, but does not return an
            # error": so nothing else is looked at first.
            earlier = await self._store.with_token(token)
            if earlier is not None:
                return {"jobArn": earlier.arn}
            job = self._new_job(request, token)
            await self._check_places(job)
            await self._check_against_others(job)
            await self._store.add(job)
        self._start(job.job_id)
        return {"jobArn": job.arn}

    async def get(self, identifier: str) -> Members:
        """GetModelInvocationJob, by id or ARN."""
        check_request("bedrock", "GetModelInvocationJob", {"jobIdentifier": identifier})
        job = await self._find(identifier)
        return job.shown(self._board.faults.of_job(job.name))

    async def list(self, query: Mapping[str, str]) -> Members:
        """ListModelInvocationJobs; `query` holds its parameters as text."""
        rows = await self._store.newest_first(name_contains=query.get("nameContains", ""))
        return select_page(rows, query, self._board.faults)

    async def stop(self, identifier: str) -> Members:
        """StopModelInvocationJob; stopping one that is stopping changes nothing."""
        check_request("bedrock", "StopModelInvocationJob", {"jobIdentifier": identifier})
        job = await self._find(identifier)
        stopped = await self._store.change(job.job_id, only_from=_STOPPABLE, status=JobStatus.STOPPING)
        if stopped is None:
            job = await self._find(identifier)
            if job.status.is_terminal:
                raise ConflictError(f"Batch job {job.arn} has ended as {job.status.value} and cannot be stopped.")
        return {}

    async def tags(self, request: Members) -> Members:
        """ListTagsForResource."""
        check_request("bedrock", "ListTagsForResource", request)
        job = await self._find(request["resourceARN"])
        return {"tags": [{"key": key, "value": value} for key, value in job.tags.items()]}

    async def tag(self, request: Members) -> Members:
        """TagResource."""
        check_request("bedrock", "TagResource", request)
        job = await self._find(request["resourceARN"])
        tags = {**job.tags, **_tags(request["tags"])}
        if len(tags) > _MOST_TAGS:
            raise TooManyTagsError(f"{job.arn} would carry {len(tags)} tags, at most {_MOST_TAGS} are allowed.")
        await self._store.change(job.job_id, tags=tags)
        return {}

    async def untag(self, request: Members) -> Members:
        """UntagResource."""
        check_request("bedrock", "UntagResource", request)
        job = await self._find(request["resourceARN"])
        tags = {key: value for key, value in job.tags.items() if key not in request["tagKeys"]}
        await self._store.change(job.job_id, tags=tags)
        return {}

    def _new_job(self, request: Members, token: str) -> Job:
        self._check_role(request["roleArn"])
        model = find_model(request["modelId"], self._account)
        job_id = "".join(secrets.choice(_JOB_ID_CHARACTERS) for _ in range(_JOB_ID_LENGTH))
        # To the millisecond, as it is shown: a client that filters by what it was shown must find the same jobs.
        now = datetime.now(timezone.utc)
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        return Job(
            job_id=job_id,
            arn=self._account.job_arn(job_id),
            model_arn=model.arn,
            token=token,
            request=request,
            tags=_tags(request.get("tags") or []),
            submit_time=now,
            modified_time=now,
            seconds_per_hour=self._board.faults.timing.hour,
        )

    def _check_role(self, role_arn: str) -> None:
        if self._board.faults.require_own_role and role_arn.split(":")[4] != self._account.account_id:
            raise AccessDeniedError(
                f"Cross-account pass role is not allowed: {role_arn} is not of account {self._account.account_id}."
            )

    async def _check_places(self, job: Job) -> None:
        for name, place in (("inputDataConfig", job.source), ("outputDataConfig", job.destination)):
            await self._check_bucket(name, place)

    async def _check_bucket(self, name: str, place: Location) -> None:
        if not await self._objects.in_thread(self._objects.has_bucket, place.bucket):
            raise ValidationError(f"{name}: the bucket of {place} does not exist, or its access was denied.")

    async def _check_against_others(self, job: Job) -> None:
        active = await self._store.unfinished()
        if any(other.name == job.name for other in active):
            raise ConflictError("The provided job name is currently in use.")
        most = self._board.faults.quotas.max_active_jobs
        if sum(other.model_arn == job.model_arn for other in active) >= most:
            raise QuotaExceededError(
                f"Sum of in-progress and submitted batch inference jobs of {job.model_arn} is at its quota of {most}."
            )

    async def _find(self, identifier: str) -> Job:
        job = await self._store.find(identifier.rpartition("/")[2])
        is_other_arn = job is not None and ":" in identifier and identifier != job.arn
        if job is None or is_other_arn or self._board.faults.of_job(job.name).vanished:
            raise NotFoundError(f"Could not find a model invocation job by the identifier {identifier}.")
        return job


def _tags(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in tags}
