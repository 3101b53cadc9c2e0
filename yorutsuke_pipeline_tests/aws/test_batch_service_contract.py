"""What every implementation of `BatchService` does: the fake, and the adapter on the embedded AWS."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.batch_service import BedrockBatchService
from yorutsuke_pipeline.engine.batch_job import JobRequest
from yorutsuke_pipeline.engine.model_family import base_model
from yorutsuke_pipeline_tests.fakes.batch_service import FakeBatchService
from yorutsuke_pipeline_tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.ports import BatchService
    from yorutsuke_pipeline_tests.aws.places import Place


@dataclass(frozen=True)
class Subject:
    port: BatchService
    request: JobRequest


@pytest.fixture(params=["fake", "embedded"])
def subject(request: pytest.FixtureRequest, name: str) -> Subject:
    asked = JobRequest(
        job_name=name,
        client_request_token=name * 3,
        model_id="amazon.nova-lite-v1:0",
        role_arn="arn:aws:iam::000000000000:role/yorutsuke-bedrock-batch-dev",
        input_uri=f"s3://receipts/batch-input/{name}/part-0001.jsonl",
        output_uri="s3://receipts/batch-output/",
        timeout_hours=24,
        tags=(("env", "test"),),
    )
    if request.param == "fake":
        return Subject(FakeBatchService(clock=FakeClock(datetime.now(timezone.utc))), asked)
    place: Place = request.getfixturevalue("embedded")
    key = f"batch-input/{name}/part-0001.jsonl"
    place.clients.s3.put_object(Bucket=place.bucket, Key=key, Body=b"")
    stored = replace(
        asked,
        role_arn=place.role_arn,
        input_uri=f"s3://{place.bucket}/{key}",
        output_uri=f"s3://{place.bucket}/batch-output/",
    )
    return Subject(BedrockBatchService(place.clients.bedrock), stored)


def test_a_created_job_is_found_by_name_and_token(subject: Subject) -> None:
    arn = subject.port.create(subject.request)

    found = subject.port.find(subject.request.job_name, subject.request.client_request_token)

    assert found is not None
    assert (found.job_arn, found.job_id) == (arn, arn.rpartition("/")[2])
    assert (found.job_name, found.client_request_token) == (
        subject.request.job_name,
        subject.request.client_request_token,
    )


def test_a_listed_job_tells_which_base_model_it_is_of(subject: Subject) -> None:
    arn = subject.port.create(subject.request)

    listed = subject.port.since(datetime.now(timezone.utc) - timedelta(hours=1))

    (found,) = (state for state in listed if state.job_arn == arn)
    assert base_model(str(found.model_id)) == subject.request.model_id


def test_the_same_token_gives_the_same_job(subject: Subject) -> None:
    assert subject.port.create(subject.request) == subject.port.create(subject.request)


def test_a_job_that_was_never_created_is_not_found(subject: Subject) -> None:
    assert subject.port.find(subject.request.job_name, subject.request.client_request_token) is None
    assert subject.port.get("zzzzzzzzzzzz") is None


def test_a_job_is_looked_at_by_its_id(subject: Subject) -> None:
    arn = subject.port.create(subject.request)

    state = subject.port.get(arn.rpartition("/")[2])

    assert state is not None
    assert (state.job_arn, state.job_name) == (arn, subject.request.job_name)
    assert state.submitted_at is not None


def test_jobs_are_listed_from_a_moment_on(subject: Subject) -> None:
    arn = subject.port.create(subject.request)
    now = datetime.now(timezone.utc)

    assert arn in {state.job_arn for state in subject.port.since(now - timedelta(hours=1))}
    assert list(subject.port.since(now + timedelta(hours=1))) == []


def test_jobs_are_listed_by_how_their_names_begin(subject: Subject) -> None:
    name = subject.request.job_name
    subject.port.create(replace(subject.request, job_name=f"a-{name}", client_request_token=name * 2))
    arn = subject.port.create(replace(subject.request, job_name=f"{name}-001"))

    assert [state.job_arn for state in subject.port.named(f"{name}-")] == [arn]
    assert list(subject.port.named(f"{name}-002")) == []


def test_a_job_is_stopped_and_stays_so_when_it_is_stopped_again(subject: Subject) -> None:
    job_id = subject.port.create(subject.request).rpartition("/")[2]

    first, second = subject.port.stop(job_id), subject.port.stop(job_id)

    assert first is not None
    assert second is not None
    # The embedded service checks the empty input meanwhile: a job may have failed before it is stopped.
    assert {first.status, second.status} <= {"Stopping", "Stopped", "Failed"}


def test_a_job_that_the_service_does_not_know_cannot_be_stopped(subject: Subject) -> None:
    assert subject.port.stop("zzzzzzzzzzzz") is None
