"""Answering a job's records: a few at a time, each answer stored as it comes.

Kept out: the order of files and states (`job_run`), and how one body is answered (`answering`).
"""

import asyncio
import enum
import hashlib
from datetime import datetime, timezone
from pathlib import Path

from yorutsuke_pipeline.local_aws.bedrock.account import Account
from yorutsuke_pipeline.local_aws.bedrock.answering import Answering
from yorutsuke_pipeline.local_aws.bedrock.errors import AwsError
from yorutsuke_pipeline.local_aws.bedrock.faults import JobFault
from yorutsuke_pipeline.local_aws.bedrock.job_input import copy_path, read_line
from yorutsuke_pipeline.local_aws.bedrock.job_store import JobStore
from yorutsuke_pipeline.local_aws.bedrock.jobs import Job, JobStatus
from yorutsuke_pipeline.local_aws.bedrock.models import Model, find_model
from yorutsuke_pipeline.local_aws.bedrock.record_store import Outcome, Record, RecordStore
from yorutsuke_pipeline.local_aws.bedrock.wire import parse_json

_INJECTED_ERROR = {"errorCode": 500, "errorMessage": "Internal server error while processing this record."}


class Cut(enum.Enum):
    """Why answering ended before the file did."""

    STOPPED = "the job is no longer in progress"
    TIMED_OUT = "its time is over"
    ENOUGH = "a fault allows no more answers"


class RecordAnswering:
    """Answers records of any job.

    Args:
        jobs: whether a job may go on.
        records: what is to be answered, and where outcomes go.
        answering: the model.
        at_once: records of one job under way at a time: a little more than the model's processes, so that
            none waits for the store, and a request on demand need not wait behind a whole job.
        account: whose models they are.
    """

    def __init__(
        self,
        *,
        jobs: JobStore,
        records: RecordStore,
        answering: Answering,
        at_once: int,
        account: Account,
    ) -> None:
        self._jobs = jobs
        self._records = records
        self._answering = answering
        self._at_once = at_once
        self._account = account

    async def answer_file(self, job: Job, fault: JobFault, number: int, *, folder: Path, most: int) -> Cut | None:
        """Answer what is not yet answered in one input file.

        Args:
            job: whose.
            fault: its faults.
            number: the file.
            folder: where its copy is.
            most: records of the whole job that may be answered.

        Returns:
            Why it ended early, or None when every record of the file has its outcome.
        """
        model = find_model(job.model_arn, self._account)
        waiting = await self._records.in_thread(self._records.waiting, job.job_id, number)
        under_way: set[asyncio.Task[None]] = set()
        cut: Cut | None = None
        try:
            for record in waiting:
                cut = await self._reason_to_end(job, under_way=under_way, most=most)
                if cut:
                    break
                one = self._answer_one(job, fault, model, record, folder)
                under_way.add(asyncio.create_task(one))
                if len(under_way) >= self._at_once:
                    done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                    _raise_first(done)
            await asyncio.gather(*under_way)
        finally:
            for task in under_way:
                task.cancel()
        return cut or await self._reason_after(job)

    async def _reason_to_end(self, job: Job, *, under_way: set[asyncio.Task[None]], most: int) -> Cut | None:
        now = await self._jobs.get(job.job_id)
        if now.status is not JobStatus.IN_PROGRESS:
            return Cut.STOPPED
        if _is_late(now):
            return Cut.TIMED_OUT
        started = now.counts.processed + sum(not task.done() for task in under_way)
        return Cut.ENOUGH if started >= most else None

    async def _reason_after(self, job: Job) -> Cut | None:
        now = await self._jobs.get(job.job_id)
        return None if now.status is JobStatus.IN_PROGRESS else Cut.STOPPED

    async def _answer_one(self, job: Job, fault: JobFault, model: Model, record: Record, folder: Path) -> None:
        outcome = Outcome({"error": _INJECTED_ERROR})
        if not _is_chosen(job.job_id, record, fault.error_rate):
            value = await asyncio.to_thread(_read_record, folder, record)
            try:
                answer = await self._answering.answer(model, job.kind, value["modelInput"], folder=job.source)
                outcome = Outcome({"modelOutput": answer.body}, answer.input_tokens, answer.output_tokens)
            except AwsError as error:
                outcome = Outcome({"error": {"errorCode": error.http_status, "errorMessage": error.message}})
        await self._records.in_thread(self._records.keep_outcome, job.job_id, record, outcome)


def _read_record(folder: Path, record: Record) -> dict[str, object]:
    with copy_path(folder, record.file).open("rb") as copy:
        value: dict[str, object] = parse_json(read_line(copy, record))
        return value


def _raise_first(done: set[asyncio.Task[None]]) -> None:
    for task in done:
        task.result()


def _is_late(job: Job) -> bool:
    return datetime.now(timezone.utc) >= job.expires_at


def _is_chosen(job_id: str, record: Record, share: float) -> bool:
    """A share of the records, the same ones each time the job is taken up again."""
    digest = hashlib.sha256(f"{job_id}/{record.file}/{record.place}".encode()).digest()
    return int.from_bytes(digest[:4], "big") < share * 2**32
