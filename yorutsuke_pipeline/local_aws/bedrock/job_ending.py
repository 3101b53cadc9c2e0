"""How a job ends: in which state, with what message, after how many answers.

Kept out: when that is found out (`job_run`, `job_records`).
"""

from yorutsuke_pipeline.local_aws.bedrock.faults import JobFault
from yorutsuke_pipeline.local_aws.bedrock.job_records import Cut
from yorutsuke_pipeline.local_aws.bedrock.jobs import Job, JobStatus

_TOLD_BY_TIME = "The job reached its timeout before all of its records were processed."
_TOLD_BY_FAULT = {
    "fail_validating": "The input data could not be validated.",
    "fail_midway": "The job failed because of an internal error.",
    "partial": "Not all of your records could be processed in time.",
}


def answered_at_most(job: Job, fault: JobFault) -> int:
    """How many of a job's records are answered before its ending."""
    if fault.ending in {"partial", "fail_midway", "expire_midway"}:
        return int(job.counts.total * fault.fraction)
    return job.counts.total


def ending_of(fault: JobFault, cut: Cut | None) -> tuple[JobStatus, str | None]:
    """The terminal state of a job that was in progress, and its message."""
    if fault.ending == "fail_midway":
        return JobStatus.FAILED, told(fault)
    if fault.ending == "expire_midway":
        return JobStatus.EXPIRED, fault.message or _TOLD_BY_TIME
    if fault.ending == "partial":
        return JobStatus.PARTIALLY_COMPLETED, told(fault)
    if cut is Cut.TIMED_OUT:
        return JobStatus.PARTIALLY_COMPLETED, _TOLD_BY_TIME
    return JobStatus.COMPLETED, fault.message


def told(fault: JobFault) -> str:
    """The message of a job that ends by a fault."""
    return fault.message or _TOLD_BY_FAULT[fault.ending or "partial"]
