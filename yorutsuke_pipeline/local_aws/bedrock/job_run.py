"""The life of a job: one task takes it from state to state until it ends, and takes it up again after a crash.

What belongs here: what happens in each state and what may follow. Kept out: how input is checked (`job_input`),
how a record is answered (`answering`), what is written (`job_output`).

    Submitted -> Validating -> Scheduled -> InProgress -> Completed | PartiallyCompleted
                     |             |            |
                     v             v            v          any of these -> Stopping -> Stopped
                   Failed       Expired     Failed, Expired (on purpose only)
"""

import asyncio
import logging
import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from yorutsuke_pipeline.local_aws.bedrock.events import JobEvents
from yorutsuke_pipeline.local_aws.bedrock.fault_board import FaultBoard
from yorutsuke_pipeline.local_aws.bedrock.faults import JobFault
from yorutsuke_pipeline.local_aws.bedrock.job_ending import answered_at_most, ending_of, told
from yorutsuke_pipeline.local_aws.bedrock.job_input import InputProblemError, check_input
from yorutsuke_pipeline.local_aws.bedrock.job_output import JobOutput
from yorutsuke_pipeline.local_aws.bedrock.job_records import Cut, RecordAnswering
from yorutsuke_pipeline.local_aws.bedrock.job_store import JobStore
from yorutsuke_pipeline.local_aws.bedrock.jobs import Counts, Job, JobStatus
from yorutsuke_pipeline.local_aws.bedrock.objects import Objects
from yorutsuke_pipeline.local_aws.bedrock.record_store import RecordStore

log = logging.getLogger(__name__)

# How soon a waiting job notices a stop, a time limit, or that it need hang no longer.
_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class JobParts:
    """What every job is run with: the stores, S3, the model, the settings in force, and who is told."""

    jobs: JobStore
    records: RecordStore
    objects: Objects
    answering: RecordAnswering
    board: FaultBoard
    events: JobEvents


class JobRun:
    """Runs one job.

    Args:
        job_id: which; all else about it is read from the store, state by state.
        parts: what it is run with.
        folder: the job's own folder for copies of its input; removed at its end.
    """

    def __init__(self, job_id: str, parts: JobParts, *, folder: Path) -> None:
        self._job_id = job_id
        self._parts = parts
        self._folder = folder

    async def run(self) -> None:
        """Take the job to its end. A bug in between fails the job, and is logged."""
        while not (job := await self._job()).status.is_terminal:
            await self._step(job)
        await self._parts.records.in_thread(self._parts.records.forget, job.job_id)
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _step(self, job: Job) -> None:
        steps = {
            JobStatus.SUBMITTED: self._submitted,
            JobStatus.VALIDATING: self._validating,
            JobStatus.SCHEDULED: self._scheduled,
            JobStatus.IN_PROGRESS: self._in_progress,
            JobStatus.STOPPING: self._stopping,
        }
        try:
            await steps[job.status](job, self._fault(job))
        except Exception:
            log.exception("Batch job %s broke in %s", job.arn, job.status.value)
            await self._move(job, JobStatus.FAILED, "The job failed because of an internal error.")

    async def _submitted(self, job: Job, _: JobFault) -> None:
        if await self._dwell(job, self._parts.board.faults.timing.submitted):
            await self._move(job, JobStatus.VALIDATING)

    async def _validating(self, job: Job, fault: JobFault) -> None:
        if not await self._dwell(job, self._parts.board.faults.timing.validating):
            return
        if fault.ending == "fail_validating":
            await self._move(job, JobStatus.FAILED, told(fault))
            return
        try:
            quotas = self._parts.board.faults.quotas
            found = await self._parts.objects.in_thread(check_input, job, self._parts.objects, quotas, self._folder)
        except InputProblemError as error:
            await self._move(job, JobStatus.FAILED, str(error))
            return
        records = self._parts.records
        await records.in_thread(records.set_input, job.job_id, found.keys, found.records)
        await self._move(job, JobStatus.SCHEDULED, counts=Counts(total=len(found.records)))

    async def _scheduled(self, job: Job, fault: JobFault) -> None:
        if not await self._dwell(job, self._parts.board.faults.timing.scheduled):
            return
        if fault.ending == "expire" or _now() >= job.expires_at:
            await self._move(job, JobStatus.EXPIRED, fault.message)
        else:
            await self._move(job, JobStatus.IN_PROGRESS)

    async def _in_progress(self, job: Job, fault: JobFault) -> None:
        if not await self._dwell(job, self._parts.board.faults.timing.in_progress):
            return
        keys = await self._input_keys()
        most = answered_at_most(job, fault)
        cut: Cut | None = None
        for number in range(len(keys)):
            cut = await self._parts.answering.answer_file(job, fault, number, folder=self._folder, most=most)
            if cut is Cut.STOPPED:
                return
            # Each file appears as soon as it is done: output while the job still runs is no sign of its end.
            await self._write_file(job, fault, number, keys)
            if cut:
                break
        await self._write_manifest(fault)
        status, message = ending_of(fault, cut)
        await self._move(job, status, message)

    async def _stopping(self, job: Job, fault: JobFault) -> None:
        await self._dwell(job, self._parts.board.faults.timing.stopping)
        if job.counts.processed:
            keys = await self._input_keys()
            for number in range(len(keys)):
                await self._write_file(job, fault, number, keys)
            await self._write_manifest(fault)
        await self._move(job, JobStatus.STOPPED, fault.message)

    async def _write_file(self, job: Job, fault: JobFault, number: int, keys: list[str]) -> None:
        await self._parts.objects.in_thread(self._output(job, fault).write_file, number, keys)

    async def _write_manifest(self, fault: JobFault) -> None:
        # Read again: its counts grew since this state began.
        await self._parts.objects.in_thread(self._output(await self._job(), fault).write_manifest)

    def _output(self, job: Job, fault: JobFault) -> JobOutput:
        return JobOutput(job, fault, records=self._parts.records, objects=self._parts.objects, folder=self._folder)

    async def _dwell(self, job: Job, seconds: float) -> bool:
        """Stay in a state, longer while a fault holds it there; False when the job left it meanwhile."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            left = end - asyncio.get_running_loop().time()
            may_expire = job.status is JobStatus.SCHEDULED and _now() >= job.expires_at
            if may_expire or (left <= 0 and self._fault(job).hang_in != job.status.value):
                return True
            await asyncio.sleep(min(_LOOK_SECONDS, left) if left > 0 else _LOOK_SECONDS)
            if (await self._job()).status is not job.status:
                return False

    async def _job(self) -> Job:
        return await self._parts.jobs.get(self._job_id)

    async def _input_keys(self) -> list[str]:
        return await self._parts.records.in_thread(self._parts.records.input_keys, self._job_id)

    async def _move(
        self, job: Job, status: JobStatus, message: str | None = None, *, counts: Counts | None = None
    ) -> None:
        changes: dict[str, object] = {"status": status, "message": message}
        if counts is not None:
            changes["counts"] = counts
        if status.is_terminal:
            changes["end_time"] = _now()
        moved = await self._parts.jobs.change(job.job_id, only_from=[job.status], **changes)
        if moved is not None:
            await self._parts.events.tell(moved, self._fault(moved))

    def _fault(self, job: Job) -> JobFault:
        return self._parts.board.faults.of_job(job.name)


def _now() -> datetime:
    return datetime.now(timezone.utc)
