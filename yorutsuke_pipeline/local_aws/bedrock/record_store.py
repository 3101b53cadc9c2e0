"""The records of jobs and every answer so far: what need not be asked again after a crash.

Kept out: jobs (`job_store`), and the records' own bytes, which stay in the copies of the input (`job_input`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yorutsuke_pipeline.local_aws.bedrock.database import Database
from yorutsuke_pipeline.local_aws.bedrock.job_store import read_job, write_job
from yorutsuke_pipeline.local_aws.bedrock.jobs import Counts


@dataclass(frozen=True)
class Record:
    """One line of a job's input: in which file, where its bytes are, and its id."""

    file: int
    place: int
    start: int
    size: int
    record_id: str


@dataclass(frozen=True)
class Outcome:
    """How a record ended: `line` is `{"modelOutput": ...}` or `{"error": ...}`."""

    line: dict[str, Any]
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def is_success(self) -> bool:
        """Whether the model answered."""
        return "modelOutput" in self.line


class RecordStore:
    """Records in the database. The methods block for milliseconds; coroutines use `in_thread`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.in_thread = database.in_thread

    def set_input(self, job_id: str, keys: Sequence[str], records: Sequence[Record]) -> None:
        """Keep what validation found, in place of what an earlier try left."""
        with self._database.transaction() as cursor:
            cursor.execute("DELETE FROM files WHERE job_id = ?", (job_id,))
            cursor.execute("DELETE FROM records WHERE job_id = ?", (job_id,))
            cursor.executemany(
                "INSERT INTO files VALUES (?, ?, ?)", ((job_id, number, key) for number, key in enumerate(keys))
            )
            cursor.executemany(
                "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, NULL)",
                ((job_id, r.file, r.place, r.start, r.size, r.record_id) for r in records),
            )

    def input_keys(self, job_id: str) -> list[str]:
        """The S3 keys of a job's input files, by file number."""
        rows = self._database.rows("SELECT key FROM files WHERE job_id = ? ORDER BY number", job_id)
        return [row[0] for row in rows]

    def waiting(self, job_id: str, file: int) -> list[Record]:
        """The records of a file that have no outcome yet, in order (some 200 bytes each)."""
        rows = self._database.rows(
            "SELECT file, place, start, size, record_id FROM records "
            "WHERE job_id = ? AND file = ? AND outcome IS NULL ORDER BY place",
            *(job_id, file),
        )
        return [Record(*row) for row in rows]

    def answered(self, job_id: str, file: int) -> list[Record]:
        """The records of a file that have one."""
        rows = self._database.rows(
            "SELECT file, place, start, size, record_id FROM records "
            "WHERE job_id = ? AND file = ? AND outcome IS NOT NULL ORDER BY place",
            *(job_id, file),
        )
        return [Record(*row) for row in rows]

    def outcome(self, job_id: str, record: Record) -> dict[str, Any]:
        """The line of one answered record."""
        rows = self._database.rows(
            "SELECT outcome FROM records WHERE job_id = ? AND file = ? AND place = ?",
            *(job_id, record.file, record.place),
        )
        line: dict[str, Any] = json.loads(rows[0][0])
        return line

    def keep_outcome(self, job_id: str, record: Record, outcome: Outcome) -> None:
        """Store how a record ended and count it, in one step; a second outcome of one record is ignored."""
        with self._database.transaction() as cursor:
            cursor.execute(
                "UPDATE records SET outcome = ? WHERE job_id = ? AND file = ? AND place = ? AND outcome IS NULL",
                (json.dumps(outcome.line), job_id, record.file, record.place),
            )
            if cursor.rowcount:
                job = read_job(cursor, job_id)
                write_job(cursor, job, {"counts": _counted(job.counts, outcome)})

    def forget(self, job_id: str) -> None:
        """Drop the records of a job that has ended: its output is in S3."""
        with self._database.transaction() as cursor:
            cursor.execute("DELETE FROM files WHERE job_id = ?", (job_id,))
            cursor.execute("DELETE FROM records WHERE job_id = ?", (job_id,))


def _counted(counts: Counts, outcome: Outcome) -> Counts:
    return counts.model_copy(
        update={
            "success": counts.success + outcome.is_success,
            "error": counts.error + (not outcome.is_success),
            "input_tokens": counts.input_tokens + outcome.input_tokens,
            "output_tokens": counts.output_tokens + outcome.output_tokens,
        }
    )
