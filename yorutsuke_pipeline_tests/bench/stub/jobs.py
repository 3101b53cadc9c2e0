"""Bedrock's control plane: a listing of jobs that are all in one state."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from yorutsuke_pipeline_tests.bench import contents
from yorutsuke_pipeline_tests.bench.stub.connection import Answer

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.bench.stub.connection import Request
    from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings

_ARN = "arn:aws:bedrock:us-east-1:000000000000:model-invocation-job/"


class Jobs:
    """The service's jobs."""

    def __init__(self, settings: StubSettings) -> None:
        self.calls: Counter[str] = Counter()
        self._settings = settings

    def answer(self, request: Request) -> Answer:
        path, _, query = request.target.partition("?")
        if path == "/model-invocation-jobs":
            self.calls["list"] += 1
            told = self._page({name: values[0] for name, values in parse_qs(query).items()})
        else:
            self.calls["get"] += 1
            told = self._summary(int(unquote(path).rpartition("/")[2].removeprefix("job")))
        return Answer(200, json.dumps(told).encode(), "Content-Type: application/json\r\n", self._settings.bucket_delay)

    def _page(self, asked: dict[str, str]) -> dict[str, Any]:
        first = int(asked.get("nextToken", "0"))
        last = min(first + int(asked.get("maxResults", "100")), self._settings.jobs)
        page: dict[str, Any] = {"invocationJobSummaries": [self._summary(number) for number in range(first, last)]}
        if last < self._settings.jobs:
            page["nextToken"] = str(last)
        return page

    def _summary(self, number: int) -> dict[str, Any]:
        location = {"s3Uri": "s3://bucket/batch-input/"}
        return {
            "jobArn": _ARN + contents.job_id(number),
            "jobName": f"job-{number}",
            "modelId": "amazon.nova-lite-v1:0",
            "roleArn": "arn:aws:iam::000000000000:role/bedrock",
            "status": self._settings.jobs_status,
            "submitTime": contents.UPLOADED.isoformat(),
            "inputDataConfig": {"s3InputDataConfig": location},
            "outputDataConfig": {"s3OutputDataConfig": location},
        }
