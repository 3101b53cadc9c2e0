"""Where things lie in the bucket. Every key that the product writes is made here.

    uploads/{userId}/...                       the app's; the product only reads, and deletes what it archived
    batch-input/{intentId}/part-0001.jsonl     what the first job reads, this part or more in this folder
    batch-input/{intentId}/images/...          copies of its records' images, where these are sent by their place
    batch-input/{intentId}.job-002/...         what the second job reads, in a folder of its own
    batch-work/{intentId}/records.jsonl        the manifest: each claimed record, without its image
    batch-input/{intentId}.draft-003/...       the parts of a later draft: the first was never sealed (`manifest`)
    batch-work/{intentId}.draft-003/...        its records.jsonl
    batch-output/{jobId}/...                   what the service wrote (on demand: ondemand-{jobName} for the id)
    batch-work/{intentId}/answers.jsonl        each record's answer, without the echoed input
    batch-work/{intentId}/order-{fingerprint}  what a caller ordered under that id: its selection, its records
    batch-work/{intentId}/outcomes.jsonl       what became of each: accepted, rejected or missing
    batch-work/{intentId}/on-demand/...        what was asked, and answered, one by one
    dead-letters/{jobId or intentId}.jsonl     rejects, with their reasons
    processed/{YYYY-MM-DD}/...                 archived sources

Everything under `batch-*` expires after 30 days (`EXPIRING_PREFIXES`); in infra/template.yaml each has its rule.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.identity import check_s3_uri

if TYPE_CHECKING:
    from datetime import date

UPLOADS_PREFIX = "uploads/"
INPUT_PREFIX = "batch-input/"
WORK_PREFIX = "batch-work/"
OUTPUT_PREFIX = "batch-output/"
DEAD_LETTERS_PREFIX = "dead-letters/"
ARCHIVE_PREFIX = "processed/"
EXPIRING_PREFIXES = (INPUT_PREFIX, WORK_PREFIX, OUTPUT_PREFIX)
SERVICE_MANIFEST = "manifest.json.out"
# No intent's id has a full stop in it.
_JOB_FOLDER = re.compile(r"\.job-\d{3,}$")


def part_key(intent_id: str, number: int, draft: int = 1, job: int = 1) -> str:
    """Return the key of an intent's part, from 1, which the `job`-th job is to read.

    The service processes every JSONL under a job's folder, those in folders below it too: so nobody else's is below.
    """
    return f"{_job_folder(intent_id, draft, job)}part-{number:04d}.jsonl"


def images_folder(intent_id: str, draft: int = 1, job: int = 1) -> str:
    """Return the folder of the copies of images, none of them a JSONL, that lines of the `job`-th job point to."""
    return f"{_job_folder(intent_id, draft, job)}images/"


def folder_of(part: str) -> str:
    """Return the folder of a part, with its slash."""
    return part.rpartition("/")[0] + "/"


def output_folder(job_id: str) -> str:
    """Return the prefix of a job's output, with the slash that keeps `abc1` apart from `abc12`."""
    return f"{OUTPUT_PREFIX}{job_id}/"


def on_demand_output_key(job_id: str, part: str) -> str:
    """Return the key of the answers to the part, or folder of parts, of that key, where they are asked on demand."""
    return f"{output_folder(job_id)}{part.rpartition('/')[2] or 'parts.jsonl'}.out"


def records_key(intent_id: str, draft: int = 1) -> str:
    """Return the key of an intent's manifest."""
    return f"{WORK_PREFIX}{_draft_folder(intent_id, draft)}/records.jsonl"


def records_key_of(part: str) -> str:
    """Return the key of the manifest that the part, or folder of parts, of that key belongs to."""
    folder = _JOB_FOLDER.sub("", part.removeprefix(INPUT_PREFIX).rpartition("/")[0])
    return f"{WORK_PREFIX}{folder}/records.jsonl"


def answers_key(intent_id: str) -> str:
    """Return the key of an intent's answers."""
    return f"{WORK_PREFIX}{intent_id}/answers.jsonl"


def outcomes_key(intent_id: str) -> str:
    """Return the key of the list of what became of an intent's records."""
    return f"{WORK_PREFIX}{intent_id}/outcomes.jsonl"


def order_selection_key(intent_id: str, fingerprint: str) -> str:
    """Return the key of what an order selects, in the workload's words."""
    return f"{WORK_PREFIX}{intent_id}/order-{fingerprint}.selection.json"


def order_records_key(intent_id: str, fingerprint: str) -> str:
    """Return the key of the list of an order's records, which is written once."""
    return f"{WORK_PREFIX}{intent_id}/order-{fingerprint}.records.jsonl"


def asked_key(intent_id: str, record_id: str) -> str:
    """Return the key of the mark that a record is being asked about on demand."""
    return f"{WORK_PREFIX}{intent_id}/on-demand/asked/{record_id}"


def asked_folder(intent_id: str) -> str:
    """Return the prefix of all such marks of an intent."""
    return asked_key(intent_id, "")


def answered_key(intent_id: str, record_id: str) -> str:
    """Return the key of a record's answer on demand, one line in batch output form."""
    return f"{WORK_PREFIX}{intent_id}/on-demand/answered/{record_id}"


def dead_letters_key(owner_id: str) -> str:
    """Return the key of the rejects of a job, or of an intent for those from before there was a job."""
    return f"{DEAD_LETTERS_PREFIX}{owner_id}.jsonl"


def archive_key(day: date, record_id: str, source_key: str) -> str:
    """Return where a source is archived: named by its record id, so no hostile key reaches the archive."""
    stem, dot, ending = source_key.rpartition(".")
    suffix = ending.lower() if stem and dot and ending.isascii() and ending.isalnum() and len(ending) <= 4 else ""  # noqa: PLR2004 — jpeg, webp
    return f"{archive_folder(day)}{record_id}" + (f".{suffix}" if suffix else "")


def archive_folder(day: date) -> str:
    """Return the prefix of all that is archived of a day."""
    return f"{ARCHIVE_PREFIX}{day.isoformat()}/"


def archived_record_id(key: str) -> str:
    """Return the id of the record whose source is archived under a key."""
    return key.rpartition("/")[2].partition(".")[0]


def s3_uri(bucket: str, key: str) -> str:
    """Return `s3://bucket/key`, checked against the service's pattern.

    Raises:
        ConfigurationError: The service would not take it.
    """
    return check_s3_uri(f"s3://{bucket}/{key}")


def _job_folder(intent_id: str, draft: int, job: int) -> str:
    return f"{INPUT_PREFIX}{_draft_folder(intent_id, draft)}" + (f".job-{job:03d}/" if job > 1 else "/")


def _draft_folder(intent_id: str, draft: int) -> str:
    """Return a folder that only one run writes to: one that stalled cannot overwrite what another has sealed."""
    return intent_id if draft == 1 else f"{intent_id}.draft-{draft:03d}"
