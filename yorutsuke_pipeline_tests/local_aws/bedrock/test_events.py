import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timezone

import pytest

from yorutsuke_pipeline.local_aws.bedrock.account import Account
from yorutsuke_pipeline.local_aws.bedrock.events import JobEvents
from yorutsuke_pipeline.local_aws.bedrock.faults import JobFault
from yorutsuke_pipeline.local_aws.bedrock.jobs import Job, JobStatus

JOB = Job(
    job_id="abcdefghijkl",
    arn="arn:aws:bedrock:ap-northeast-1:000000000000:model-invocation-job/abcdefghijkl",
    model_arn="arn:aws:bedrock:ap-northeast-1::foundation-model/amazon.nova-lite-v1:0",
    token="t",
    request={"jobName": "night"},
    status=JobStatus.FAILED,
    message="too few",
    submit_time=datetime(2026, 1, 9, 17, 0, 5, tzinfo=timezone.utc),
    modified_time=datetime(2026, 1, 9, 17, 0, 6, tzinfo=timezone.utc),
)


def told(fault: JobFault) -> list[Mapping[str, object]]:
    """What EventBridge gets of `JOB`."""
    sent: list[Mapping[str, object]] = []

    async def send(entry: Mapping[str, object]) -> None:
        sent.append(entry)

    asyncio.run(JobEvents(send, Account("ap-northeast-1", "0" * 12)).tell(JOB, fault))
    return sent


def test_an_event_has_the_form_that_the_guide_gives() -> None:
    (entry,) = told(JobFault())

    assert entry["Source"] == "aws.bedrock"
    assert entry["DetailType"] == "Batch Inference Job State Change"
    assert entry["Resources"] == [JOB.arn]
    assert json.loads(str(entry["Detail"])) == {
        "version": "0.0",
        "accountId": "000000000000",
        "batchJobName": "night",
        "batchJobArn": JOB.arn,
        "batchModelId": JOB.model_arn,
        "status": "Failed",
        "failureMessage": "too few",
        "creationTime": "Jan 09, 2026, 05:00:05 PM",
    }


@pytest.mark.parametrize(("events", "times"), [("true", 1), ("lost", 0), ("doubled", 2)])
def test_events_can_be_lost_and_doubled(events: str, times: int) -> None:
    assert len(told(JobFault.model_validate({"events": events}))) == times


def test_an_event_that_cannot_be_delivered_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_: Mapping[str, object]) -> None:
        raise OSError("no bus")

    asyncio.run(JobEvents(broken, Account("ap-northeast-1", "0" * 12)).tell(JOB, JobFault()))

    assert "was dropped" in caplog.text
