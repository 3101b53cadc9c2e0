"""Bedrock's batch service in memory: jobs that end when the test says so, and answers that get lost."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.engine.batch_job import COMPLETED, JobRequest, JobState
from yorutsuke_pipeline.engine.errors import InDoubtError, SlotsFullError, SubmissionRefusedError, ThrottledError
from yorutsuke_pipeline.engine.words import Word
from yorutsuke_pipeline_tests.fakes.clock import FakeClock
from yorutsuke_pipeline_tests.fakes.model import read_receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from yorutsuke_pipeline.engine.ports import Clock
    from yorutsuke_pipeline_tests.fakes.object_store import FakeObjectStore


class CreateAnswer(Word):
    """How the service answers a Create."""

    CREATED = "created"
    LOST = "the job is created, the answer is lost"
    IN_DOUBT = "no job, and no answer"
    THROTTLED = "throttled"
    SLOTS_FULL = "slots full"
    REFUSED = "refused"


_ERRORS: dict[CreateAnswer, Exception] = {
    CreateAnswer.LOST: InDoubtError("connection closed before the answer"),
    CreateAnswer.IN_DOUBT: InDoubtError("connection closed before the answer"),
    CreateAnswer.THROTTLED: ThrottledError("too many requests"),
    CreateAnswer.SLOTS_FULL: SlotsFullError("100 jobs are running"),
    CreateAnswer.REFUSED: SubmissionRefusedError("not authorised to pass the role"),
}


def input_keys(request: JobRequest, objects: FakeObjectStore) -> list[str]:
    """Return the keys of what a job reads: one file, or every JSONL in a folder and in those below it."""
    place = request.input_uri.removeprefix(f"s3://{objects.bucket}/")
    if not place.endswith("/"):
        return [place]
    return sorted(key for key in objects.contents if key.startswith(place) and key.endswith(".jsonl"))


class FakeBatchService:
    """Implements `BatchService`.

    Args:
        create_answers: What the first Creates are answered, in turn; later ones succeed.
        find_error: What every look-up fails with, until the test sets it to None.
        clock: Dates the jobs.

    Attributes:
        states: By job id.
        requests: By job id: every job that exists, and is billed.
        asked_count: Calls of Create, whatever became of them.
    """

    def __init__(
        self,
        create_answers: Iterable[CreateAnswer] = (),
        *,
        find_error: Exception | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._create_answers = list(create_answers)
        self._clock = clock or FakeClock()
        self._lock = Lock()
        self.find_error = find_error
        self.states: dict[str, JobState] = {}
        self.requests: dict[str, JobRequest] = {}
        self.asked_count = 0

    def create(self, request: JobRequest) -> str:
        with self._lock:
            self.asked_count += 1
            answer = self._create_answers.pop(0) if self._create_answers else CreateAnswer.CREATED
            if answer not in {CreateAnswer.CREATED, CreateAnswer.LOST}:
                raise _ERRORS[answer]
            state = self._with_token(request.client_request_token) or self._add(request)
            if answer is CreateAnswer.LOST:
                raise _ERRORS[answer]
            return state.job_arn

    def find(self, job_name: str, client_request_token: str) -> JobState | None:
        if self.find_error is not None:
            raise self.find_error
        with self._lock:
            found = self._with_token(client_request_token)
        return found if found is not None and found.job_name == job_name else None

    def get(self, job_id: str) -> JobState | None:
        return self.states.get(job_id)

    def since(self, moment: datetime) -> Iterator[JobState]:
        with self._lock:
            states = list(self.states.values())
        yield from (state for state in states if state.submitted_at is not None and state.submitted_at >= moment)

    def named(self, beginning: str) -> Iterator[JobState]:
        with self._lock:
            states = list(self.states.values())
        yield from (state for state in states if state.job_name.startswith(beginning))

    def stop(self, job_id: str) -> JobState | None:
        state = self.states.get(job_id)
        if state is not None and not state.has_ended:
            self.states[job_id] = replace(state, status="Stopping")
        return self.states.get(job_id)

    def end(self, job_id: str, status: str = COMPLETED, *, message: str | None = None) -> None:
        """Let a job have that status from now on, without output."""
        self.states[job_id] = replace(
            self.states[job_id],
            status=status,
            message=message,
            ended_at=self._clock.now(),
        )

    def complete(
        self,
        job_id: str,
        objects: FakeObjectStore,
        answer: Callable[[dict[str, Any]], dict[str, Any]] = read_receipt,
    ) -> None:
        """End a job well, having answered each line of its input: `answer` gets `modelInput`."""
        request = self.requests[job_id]
        folder, count = f"{request.output_uri.removeprefix(f's3://{objects.bucket}/')}{job_id}/", 0
        for part_key in input_keys(request, objects):
            questions = [json.loads(line) for line in objects.contents[part_key].splitlines()]
            lines = [json.dumps({**question, "modelOutput": answer(question["modelInput"])}) for question in questions]
            objects.contents[f"{folder}{part_key.rpartition('/')[2]}.out"] = "\n".join(lines).encode() + b"\n"
            count += len(lines)
        summary = dict.fromkeys(("totalRecordCount", "processedRecordCount", "successRecordCount"), count)
        objects.contents[f"{folder}manifest.json.out"] = json.dumps(summary).encode()
        self.end(job_id)

    def _with_token(self, token: str) -> JobState | None:
        return next((state for state in self.states.values() if state.client_request_token == token), None)

    def _add(self, request: JobRequest) -> JobState:
        job_id = f"job{len(self.states) + 1:09d}"
        state = JobState(
            job_id=job_id,
            job_arn=f"arn:aws:bedrock:us-east-1:000000000000:model-invocation-job/{job_id}",
            job_name=request.job_name,
            client_request_token=request.client_request_token,
            status="Submitted",
            submitted_at=self._clock.now(),
            model_id=f"arn:aws:bedrock:us-east-1::foundation-model/{request.model_id}",
        )
        self.states[job_id] = state
        self.requests[job_id] = request
        return state
