"""The messages of the events queue: what is read from each kind, and that nothing else is taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.aws.event_messages import MalformedMessageError, job_ids_in

JOB = "06oba7hhjzyx"
ARN = f"arn:aws:bedrock:ap-northeast-1:123456789012:model-invocation-job/{JOB}"


def job_event(**changes: Any) -> str:  # noqa: ANN401 — any JSON value
    """Return Bedrock's event as the user guide prints it."""
    detail = {
        "version": "0.0",
        "accountId": "123456789012",
        "batchJobName": "receipts-2026-01-09-001-001-dev",
        "batchJobArn": ARN,
        "batchModelId": "arn:aws:bedrock:ap-northeast-1::foundation-model/amazon.nova-lite-v1:0",
        "status": "Completed",
        "failureMessage": "",
        "creationTime": "Aug 28, 2024, 10:47:53 PM",
    }
    event = {
        "version": "0",
        "id": "a1b2c3d4",
        "detail-type": "Batch Inference Job State Change",
        "source": "aws.bedrock",
        "account": "123456789012",
        "time": "Wed Aug 28 22:58:30 UTC 2024",
        "region": "ap-northeast-1",
        "resources": [ARN],
        "detail": detail,
    }
    return json.dumps({**event, **changes})


def object_event(*keys: str) -> str:
    """Return what S3 sends when objects were created."""
    records = [
        {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": "receipts"}, "object": {"key": key, "size": 120}},
        }
        for key in keys
    ]
    return json.dumps({"Records": records})


def test_an_event_of_bedrock_names_its_job() -> None:
    assert job_ids_in(job_event()) == (JOB,)


def test_an_event_with_a_status_and_attributes_that_nobody_has_heard_of_names_its_job_all_the_same() -> None:
    assert job_ids_in(job_event(detail={"batchJobArn": ARN, "status": "Quarantined"}, more=[1])) == (JOB,)


def test_the_summary_that_a_job_wrote_names_its_job() -> None:
    keys = (f"batch-output/{JOB}/manifest.json.out", "batch-output%2Fanotherjob00/manifest.json.out")

    assert job_ids_in(object_event(*keys)) == (JOB, "anotherjob00")


@pytest.mark.parametrize(
    "body",
    [
        object_event("uploads/aoi/lunch+1.jpg"),
        object_event(f"batch-output/{JOB}/part-0001.jsonl.out"),
        object_event("batch-output//manifest.json.out", "batch-output/manifest.json.out"),
        object_event("batch-output/ondemand-receipts-2026-01-09-001/manifest.json.out", f"x/batch-output/{JOB}/"),
        json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "receipts"}),
    ],
)
def test_a_well_formed_message_about_something_else_names_no_job(body: str) -> None:
    assert job_ids_in(body) == ()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "null",
        "[]",
        "{}",
        "\ud800",
        "[" * 100_000,
        job_event()[:-1],
        job_event(source="aws.batch"),
        job_event(detail=None),
        job_event(detail={}),
        job_event(detail={"batchJobArn": 12}),
        job_event(detail={"batchJobArn": f"{ARN}/../other"}),
        job_event(detail={"batchJobArn": ARN.replace(JOB, "'; DROP")}),
        json.dumps({"Records": []}),
        json.dumps({"Records": [{"eventSource": "aws:s3"}]}),
    ],
    ids=lambda body: body[:40] or "empty",
)
def test_what_is_none_of_these_is_malformed(body: str) -> None:
    with pytest.raises(MalformedMessageError):
        job_ids_in(body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["Records", "detail", "source"]), inner)
    ),
)


@given(st.text() | _JSON.map(json.dumps))
def test_any_text_at_all_is_read_or_malformed(body: str) -> None:
    try:
        named = job_ids_in(body)
    except MalformedMessageError:
        named = ()

    assert all(named)
