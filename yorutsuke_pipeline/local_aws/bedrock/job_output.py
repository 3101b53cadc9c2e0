"""A job's files in S3: `{output}/{jobId}/{input file name}.out` and `manifest.json.out`.

What belongs here: lines with echoed input in shuffled order, the manifest's keys, and the ways in which both can
be wrong on purpose. Kept out: when they are written (`job_run`).
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from yorutsuke_pipeline.local_aws.bedrock.faults import JobFault
from yorutsuke_pipeline.local_aws.bedrock.job_input import copy_path, read_line
from yorutsuke_pipeline.local_aws.bedrock.jobs import Job
from yorutsuke_pipeline.local_aws.bedrock.objects import Location, Objects
from yorutsuke_pipeline.local_aws.bedrock.record_store import Record, RecordStore
from yorutsuke_pipeline.local_aws.bedrock.wire import encode_json, parse_json

MANIFEST_NAME = "manifest.json.out"


class JobOutput:
    """Writes one job's files; each method may run again and writes the same once more.

    Args:
        job: whose files; its counts are those of the manifest.
        fault: how they are to be wrong.
        records: the answers.
        objects: S3.
        folder: the copies of the input (`job_input`); the output is put together there too.
    """

    def __init__(self, job: Job, fault: JobFault, *, records: RecordStore, objects: Objects, folder: Path) -> None:
        self._job = job
        self._fault = fault
        self._records = records
        self._objects = objects
        self._folder = folder

    def write_file(self, number: int, keys: list[str]) -> None:
        """Write the output of one input file with all that is answered in it; none where nothing is."""
        records = self._records.answered(self._job.job_id, number)
        if not records:
            return
        # "The order of records in the output JSONL file is not guaranteed to match the order in the input."
        random.Random(f"{self._job.job_id}/{number}").shuffle(records)
        path = self._folder / f"{number}.out"
        with path.open("wb") as file:
            for line in self._spoiled(self._lines(number, records), records):
                file.write(line)
            if self._fault.cut_last_line:
                file.truncate(max(0, file.tell() - len(line) // 2))
        self._objects.upload(path, self._place(_output_name(keys, number)))
        path.unlink()

    def write_manifest(self) -> None:
        """Write the summary: counts and tokens, never records."""
        if self._fault.manifest == "none":
            return
        counts = self._job.counts
        lie = 7 if self._fault.manifest == "lies" else 0
        path = self._folder / MANIFEST_NAME
        path.write_bytes(
            encode_json(
                {
                    "totalRecordCount": counts.total + lie,
                    "processedRecordCount": counts.processed + lie,
                    "successRecordCount": counts.success + lie,
                    "errorRecordCount": counts.error,
                    "inputTokenCount": counts.input_tokens + lie,
                    "outputTokenCount": counts.output_tokens + lie,
                }
            )
        )
        self._objects.upload(path, self._place(MANIFEST_NAME))

    def _place(self, name: str) -> Location:
        destination = self._job.destination
        return Location(destination.bucket, f"{destination.folder}{self._job.job_id}/{name}")

    def _lines(self, number: int, records: Iterable[Record]) -> Iterator[bytes]:
        with copy_path(self._folder, number).open("rb") as copy:
            for record in records:
                model_input = parse_json(read_line(copy, record))["modelInput"]
                outcome = self._records.outcome(self._job.job_id, record)
                yield _line(model_input, outcome, record.record_id)

    def _spoiled(self, lines: Iterator[bytes], records: list[Record]) -> Iterator[bytes]:
        fault = self._fault
        for place, line in enumerate(lines):
            if place < fault.missing_lines and place < len(records) - 1:
                continue
            yield line
            if place < fault.missing_lines + fault.doubled_lines:
                yield line
        for number in range(fault.unknown_lines):
            yield _line({}, {"modelOutput": {}}, f"UNKNOWN{number:04d}")


def _line(model_input: object, outcome: dict[str, Any], record_id: str) -> bytes:
    return encode_json({"modelInput": model_input, **outcome, "recordId": record_id}) + b"\n"


def _output_name(keys: list[str], number: int) -> str:
    """The input file's name; where two folders have one of the same name, its path below what they share."""
    names = Counter(key.rpartition("/")[2] for key in keys)
    name = keys[number].rpartition("/")[2]
    if names[name] == 1:
        return f"{name}.out"
    folders = [key.split("/")[:-1] for key in keys]
    shared = 0
    while all(len(folder) > shared and folder[shared] == folders[0][shared] for folder in folders):
        shared += 1
    return f"{'/'.join(keys[number].split('/')[shared:])}.out"
