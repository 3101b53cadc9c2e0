"""Jobs as they are kept: found by id, token and name, and changed only from the state one saw.

Kept out: their records (`record_store`), and what may follow on what (`job_run`).
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from yorutsuke_pipeline.local_aws.bedrock.database import Database
from yorutsuke_pipeline.local_aws.bedrock.jobs import Job, JobStatus


class JobStore:
    """Jobs in the database. A coroutine each, so that the disk never holds up the event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, job: Job) -> None:
        """Keep a new job."""
        await self._database.in_thread(self._add, job)

    async def find(self, job_id: str) -> Job | None:
        """The job of that id."""
        return await self._database.in_thread(self._one, "SELECT document FROM jobs WHERE job_id = ?", job_id)

    async def get(self, job_id: str) -> Job:
        """The job of that id. Raises LookupError where there must be one and is none."""
        job = await self.find(job_id)
        if job is None:
            raise LookupError(f"Batch job {job_id} is not in the database.")
        return job

    async def with_token(self, token: str) -> Job | None:
        """The job that was made with that token, whenever that was."""
        return await self._database.in_thread(self._one, "SELECT document FROM jobs WHERE token = ?", token)

    async def unfinished(self) -> list[Job]:
        """Every job that is not in a terminal state, oldest first."""
        query = "SELECT document FROM jobs WHERE is_over = 0 ORDER BY seq"
        rows = await self._database.in_thread(self._database.rows, query)
        return [Job.model_validate_json(row[0]) for row in rows]

    async def newest_first(self, *, name_contains: str) -> list[tuple[int, Job]]:
        """Every job whose name contains a text, with the number that orders it."""
        query = "SELECT seq, document FROM jobs WHERE instr(name, ?) > 0 ORDER BY seq DESC"
        rows = await self._database.in_thread(self._database.rows, query, name_contains)
        return [(row[0], Job.model_validate_json(row[1])) for row in rows]

    async def change(self, job_id: str, *, only_from: Sequence[JobStatus] = (), **changes: object) -> Job | None:
        """Change members of a job at once.

        Args:
            job_id: which.
            only_from: where given, nothing happens unless the job is in one of these states: of a stop and a
                step forward at the same moment, one wins.
            **changes: new values of `Job`'s members.

        Returns:
            The job as it is now, or None when it was in another state.
        """
        return await self._database.in_thread(self._change, job_id, only_from, changes)

    def _add(self, job: Job) -> None:
        with self._database.transaction() as cursor:
            cursor.execute(
                "INSERT INTO jobs (job_id, name, token, is_over, document) VALUES (?, ?, ?, 0, ?)",
                (job.job_id, job.name, job.token, job.model_dump_json()),
            )

    def _one(self, query: str, value: str) -> Job | None:
        rows = self._database.rows(query, value)
        return Job.model_validate_json(rows[0][0]) if rows else None

    def _change(self, job_id: str, only_from: Sequence[JobStatus], changes: Mapping[str, object]) -> Job | None:
        with self._database.transaction() as cursor:
            job = read_job(cursor, job_id)
            if only_from and job.status not in only_from:
                return None
            return write_job(cursor, job, changes)


def read_job(cursor: sqlite3.Cursor, job_id: str) -> Job:
    """The job, inside a transaction."""
    row = cursor.execute("SELECT document FROM jobs WHERE job_id = ?", (job_id,)).fetchone()
    return Job.model_validate_json(row[0])


def write_job(cursor: sqlite3.Cursor, job: Job, changes: Mapping[str, object]) -> Job:
    """Write a changed job, inside a transaction, and give it back."""
    changed = job.model_copy(update={**changes, "modified_time": datetime.now(timezone.utc)})
    cursor.execute(
        "UPDATE jobs SET is_over = ?, document = ? WHERE job_id = ?",
        (changed.status.is_terminal, changed.model_dump_json(), job.job_id),
    )
    return changed
