"""Validating: a job's input is found, copied, checked line by line and indexed.

What belongs here: what the service checks before it schedules a job, "the criteria include: files are .jsonl and
each individual record is a JSON object in the correct format; file size and number of records"
(https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-monitor.html). Whether a `modelInput` suits the
model is not among them, so that is found out record by record later. Kept out: answering.

The copy pins the input: what is changed in S3 after validation is not seen, and lines can be read in any order.
"""

import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from yorutsuke_pipeline.local_aws.bedrock.errors import SerializationError
from yorutsuke_pipeline.local_aws.bedrock.faults import Quotas
from yorutsuke_pipeline.local_aws.bedrock.jobs import Job
from yorutsuke_pipeline.local_aws.bedrock.objects import Location, ObjectError, Objects, StoredObject
from yorutsuke_pipeline.local_aws.bedrock.record_store import Record
from yorutsuke_pipeline.local_aws.bedrock.wire import parse_json

SUFFIX = ".jsonl"
# A record is one request, and no model takes one of half this size: a longer line is no record.
MAX_LINE_BYTES = 64 * 1024 * 1024
_RECORD_ID_LENGTH = 11


class InputProblemError(Exception):
    """The job fails in Validating; the message is what Get shows."""


@dataclass(frozen=True)
class CheckedInput:
    """The input files' keys in order, and every record in them."""

    keys: list[str]
    records: list[Record]


def check_input(job: Job, objects: Objects, quotas: Quotas, into: Path) -> CheckedInput:
    """Copy a job's input to `into/{number}.jsonl` and index it. Blocks for as long as that takes.

    Raises:
        InputProblemError: what the service would fail the job for.
    """
    into.mkdir(parents=True, exist_ok=True)
    found = _find_files(job, objects, quotas)
    records: list[Record] = []
    for number, file in enumerate(found):
        place = Location(job.source.bucket, file.key)
        copy = copy_path(into, number)
        try:
            objects.download(place, copy)
        except ObjectError as error:
            raise InputProblemError(str(error)) from error
        in_file = _read_records(copy, number, place, quotas.max_records_per_file)
        records += in_file
        if len(records) > quotas.max_records_per_job:
            raise InputProblemError(_too_many(job.arn, "job", len(records), quotas.max_records_per_job))
    if len(records) < quotas.min_records:
        raise InputProblemError(
            f"Batch job {job.arn} contains less records ({len(records)}) than the required minimum of: "
            f"{quotas.min_records}"
        )
    return CheckedInput([file.key for file in found], records)


def copy_path(folder: Path, number: int) -> Path:
    """Where the copy of input file `number` lies."""
    return folder / f"{number}{SUFFIX}"


def read_line(copy: BinaryIO, record: Record) -> bytes:
    """The bytes of one indexed line."""
    copy.seek(record.start)
    return copy.read(record.size)


def _find_files(job: Job, objects: Objects, quotas: Quotas) -> list[StoredObject]:
    place = job.source
    is_file = place.key.endswith(SUFFIX)
    try:
        listing = objects.find(place if is_file else Location(place.bucket, place.folder))
        found = [item for item in listing if (item.key == place.key if is_file else item.key.endswith(SUFFIX))]
    except ObjectError as error:
        raise InputProblemError(str(error)) from error
    if not found:
        raise InputProblemError(f"No {SUFFIX} input was found at {place}. Input files must end in {SUFFIX}.")
    for item in found:
        if item.size > quotas.max_file_bytes:
            raise InputProblemError(
                f"Input file s3://{place.bucket}/{item.key} has {item.size} bytes, more than the allowed maximum of: "
                f"{quotas.max_file_bytes}"
            )
    total = sum(item.size for item in found)
    if total > quotas.max_job_bytes:
        raise InputProblemError(
            f"Batch job {job.arn} has {total} bytes of input, more than the allowed maximum of: {quotas.max_job_bytes}"
        )
    return found


def _read_records(copy: Path, number: int, place: Location, most: int) -> list[Record]:
    records: list[Record] = []
    with copy.open("rb") as file:
        for line_number, start, line in _lines(file, place):
            record_id = _record_id(line, f"line {line_number} of {place}")
            records.append(Record(number, len(records), start, len(line), record_id))
            if len(records) > most:
                raise InputProblemError(_too_many(str(place), "file", len(records), most))
    return records


def _lines(file: BinaryIO, place: Location) -> Iterator[tuple[int, int, bytes]]:
    """Line number from 1, offset, and bytes of each line that is not blank."""
    start = number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            raise InputProblemError(f"Line {number} of {place} is longer than {MAX_LINE_BYTES} bytes.")
        if line.strip():
            yield number, start, line
        start += len(line)


def _record_id(line: bytes, where: str) -> str:
    try:
        value = parse_json(line)
    except SerializationError as error:
        raise InputProblemError(f"The input is not valid JSONL: {where}. {error}") from error
    if not isinstance(value, dict) or not isinstance(value.get("modelInput"), dict):
        raise InputProblemError(f"The record at {where} has no modelInput that is a JSON object.")
    record_id = value.get("recordId")
    if record_id is None:
        # "If you omit the recordId field, Amazon Bedrock adds it in the output."
        alphabet = string.ascii_uppercase + string.digits
        return "".join(secrets.choice(alphabet) for _ in range(_RECORD_ID_LENGTH))
    if not isinstance(record_id, str) or not record_id:
        raise InputProblemError(f"The recordId at {where} must be a string that is not empty.")
    return record_id


def _too_many(where: str, noun: str, count: int, most: int) -> str:
    return f"Batch {noun} {where} contains more records ({count} or more) than the allowed maximum of: {most}"
