"""What the template connects, on the embedded AWS: jobs with the queue, alarms with the topic."""

from __future__ import annotations

import json
import time
import uuid
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.clients import AwsClients
from yorutsuke_pipeline.aws.cloudwatch_metrics import CloudWatchMetrics
from yorutsuke_pipeline.aws.event_messages import job_ids_in
from yorutsuke_pipeline.engine.figures import IntentFigures
from yorutsuke_pipeline.settings import load_settings
from yorutsuke_pipeline_tests.local_aws.clients import client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint

_QUESTION = {"schemaVersion": "messages-v1", "messages": [{"role": "user", "content": [{"text": "hello"}]}]}
_SECONDS_FOR_A_JOB = 60


def submit(endpoint: Endpoint, name: str) -> str:
    """Submit a job of one record, too few for the service, which fails it after a second; return its id."""
    bucket, folder = endpoint.outputs["ReceiptsBucketName"], f"batch-input/{name}/"
    line = json.dumps({"recordId": "abcdefghijkl", "modelInput": _QUESTION})
    client(endpoint, "s3").put_object(Bucket=bucket, Key=f"{folder}part-0001.jsonl", Body=line.encode())
    created = client(endpoint, "bedrock").create_model_invocation_job(
        jobName=name,
        roleArn=endpoint.outputs["BedrockRoleArn"],
        modelId="amazon.nova-lite-v1:0",
        inputDataConfig={"s3InputDataConfig": {"s3Uri": f"s3://{bucket}/{folder}"}},
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": f"s3://{bucket}/batch-output/"}},
    )
    return str(created["jobArn"].rpartition("/")[2])


def await_end(endpoint: Endpoint, job_id: str) -> None:
    deadline = time.monotonic() + _SECONDS_FOR_A_JOB
    bedrock = client(endpoint, "bedrock")
    while bedrock.get_model_invocation_job(jobIdentifier=job_id)["status"] != "Failed":
        assert time.monotonic() < deadline, f"{job_id} does not end"
        time.sleep(0.1)


def bodies(endpoint: Endpoint, url: str) -> Iterator[dict[str, Any]]:
    """Yield what is in a queue now."""
    sqs = client(endpoint, "sqs")
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        yield from (json.loads(message["Body"]) for message in messages)


@pytest.fixture
def name() -> str:
    """A name of this test's own: tests share the account."""
    return f"t{uuid.uuid4().hex[:12]}"


def test_the_queue_hears_of_this_deployments_jobs_and_of_no_others(embedded_aws: Endpoint, name: str) -> None:
    ours, others = submit(embedded_aws, f"{name}-001-dev"), submit(embedded_aws, f"{name}-001-prod")
    for job_id in (ours, others):
        await_end(embedded_aws, job_id)

    events = list(bodies(embedded_aws, embedded_aws.outputs["BatchEventsQueueUrl"]))

    heard = [(job_id, event["detail"]["status"]) for event in events for job_id in job_ids_in(json.dumps(event))]
    assert [status for job_id, status in heard if job_id == ours] == ["Validating", "Failed"]
    assert others not in {job_id for job_id, _ in heard}


def test_the_queue_hears_of_a_jobs_summary_and_of_no_other_object(embedded_aws: Endpoint, name: str) -> None:
    s3, bucket, job_id = client(embedded_aws, "s3"), embedded_aws.outputs["ReceiptsBucketName"], name[:12]
    for file in ("part-0001.jsonl.out", "manifest.json.out"):
        s3.put_object(Bucket=bucket, Key=f"batch-output/{job_id}/{file}", Body=b"{}")

    heard: list[str] = []
    deadline = time.monotonic() + _SECONDS_FOR_A_JOB
    # S3 sends it by itself, some moments later.
    while job_id not in heard and time.monotonic() < deadline:
        events = bodies(embedded_aws, embedded_aws.outputs["BatchEventsQueueUrl"])
        heard += [named for event in events for named in job_ids_in(json.dumps(event))]

    assert heard.count(job_id) == 1


def test_no_client_can_pretend_to_be_bedrock(embedded_aws: Endpoint) -> None:
    entry = {"Source": "aws.bedrock", "DetailType": "Batch Inference Job State Change", "Detail": "{}"}

    (answer,) = client(embedded_aws, "events").put_events(Entries=[entry])["Entries"]

    assert answer["ErrorCode"] == "NotAuthorizedForSourceException"


def test_a_message_that_nobody_can_use_is_moved_to_the_dead_letter_queue_as_the_template_says(
    embedded_aws: Endpoint,
) -> None:
    sqs = client(embedded_aws, "sqs")
    url = embedded_aws.outputs["BatchEventsQueueUrl"]

    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    redrive = json.loads(attributes["RedrivePolicy"])
    assert redrive["deadLetterTargetArn"].endswith(":yorutsuke-batch-events-dead-dev")
    assert int(redrive["maxReceiveCount"]) == 5
    rule, bucket, without_tls = json.loads(attributes["Policy"])["Statement"]
    assert rule["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(":rule/yorutsuke-batch-events-dev")
    assert bucket["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(f":{embedded_aws.outputs['ReceiptsBucketName']}")
    assert without_tls["Effect"] == "Deny"


def test_more_failures_than_five_percent_slow_work_and_a_dead_letter_each_reach_the_topics_subscribers(
    embedded_aws: Endpoint, name: str
) -> None:
    sqs, sns = client(embedded_aws, "sqs"), client(embedded_aws, "sns")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=embedded_aws.outputs["AlertsTopicArn"], Protocol="sqs", Endpoint=queue)
    cloudwatch = AwsClients("us-east-1", embedded_aws.url, placeholder_credentials=True).cloudwatch
    for alarm in cloudwatch.describe_alarms(AlarmNamePrefix="yorutsuke-receipts-")["MetricAlarms"]:
        cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="a test begins")
    # As many as outweigh what other tests have sent.
    bad = IntentFigures("receipts", datetime.now(timezone.utc), 0, 1_000_000, 1, timedelta(seconds=61))

    CloudWatchMetrics(lambda: cloudwatch, "dev").send(bad)

    rung = {json.loads(body["Message"])["AlarmName"] for body in bodies(embedded_aws, url)}
    assert rung == {f"yorutsuke-receipts-{what}-dev" for what in ("failures", "processing-time", "dead-letters")}


def test_the_settings_of_the_embedded_aws_are_the_stacks_own_names(embedded_aws: Endpoint) -> None:
    settings = load_settings({})

    assert settings.embedded_topic_arn == embedded_aws.outputs["AlertsTopicArn"]
    _, account, queue = embedded_aws.outputs["BatchEventsQueueUrl"].rsplit("/", 2)
    assert settings.embedded_queue_url.endswith(f"/{account}/{queue}")
