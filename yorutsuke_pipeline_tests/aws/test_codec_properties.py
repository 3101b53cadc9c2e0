"""What is written to a table is read as it was: typed values, rows of intents and jobs, rows of others."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given, settings
from hypothesis import strategies as st

from yorutsuke_pipeline.aws.attribute_values import as_item, as_json, as_value, from_item, from_value
from yorutsuke_pipeline.aws.ledger_rows import intent_row, job_row, read_intent, read_job
from yorutsuke_pipeline.aws.receipt_images import NewImage
from yorutsuke_pipeline.aws.record_row import read_row
from yorutsuke_pipeline.engine.batch_job import BatchJob, JobMode
from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.days import day_of
from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus, ResultStats
from yorutsuke_pipeline.workloads.receipts.tables import IMAGES
from yorutsuke_pipeline_tests.aws.test_small_adapters import VALUES

# 38 digits, magnitudes of 10^-130 to 10^125: DynamoDB's numbers.
NUMBERS = st.builds(
    lambda sign, digits, exponent: Decimal((sign, tuple(map(int, str(digits))), exponent)),
    st.integers(0, 1),
    st.integers(0, 10**38 - 1),
    st.integers(-130, 125 - 37),
)
# To the millisecond, which is what a row holds.
MOMENTS = st.integers(0, 4_000_000_000_000).map(
    lambda milliseconds: datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=milliseconds)
)
NOW = datetime(2026, 1, 9, tzinfo=timezone.utc)
COUNTS = st.integers(0, 10**12)
MONEY = st.none() | st.decimals(0, 10**9, places=10)
TEXTS = st.text(max_size=20)
INTENTS = st.builds(
    Intent,
    intent_id=TEXTS,
    workload=TEXTS,
    day=st.dates(),
    model_id=TEXTS,
    prompt_version=TEXTS,
    trace_id=TEXTS,
    created_at=MOMENTS,
    status=st.sampled_from(IntentStatus),
    version=COUNTS,
    request_fingerprint=st.none() | TEXTS,
    record_count=COUNTS,
    rejected_count=COUNTS,
    job_count=COUNTS,
    input_bytes=COUNTS,
    estimate_usd=MONEY,
    cost_usd=MONEY,
    result=st.none() | st.builds(ResultStats, COUNTS, COUNTS),
    closed_at=st.none() | MOMENTS,
    usage=st.none() | st.builds(TokenUsage, COUNTS, COUNTS),
)
JOBS = st.builds(
    BatchJob,
    intent_id=TEXTS,
    number=st.integers(1, 999),
    mode=st.sampled_from(JobMode),
    job_name=TEXTS,
    client_request_token=TEXTS,
    part_key=TEXTS,
    part_etag=TEXTS,
    record_count=COUNTS,
    input_bytes=COUNTS,
    status=TEXTS,
    job_id=st.none() | TEXTS,
    job_arn=st.none() | TEXTS,
    message=st.none() | TEXTS,
    submitted_at=st.none() | MOMENTS,
    completed_at=st.none() | MOMENTS,
    version=COUNTS,
)
quiet = settings(deadline=None, max_examples=60, database=None)


@quiet
@given(NUMBERS)
def test_a_number_of_the_tables_size_keeps_every_digit(number: Decimal) -> None:
    found = from_value(as_value(number))

    assert found.as_tuple() == number.as_tuple()


@quiet
@given(VALUES)
def test_values_are_typed_as_boto3_types_them(value: Any) -> None:  # noqa: ANN401 — any plain value
    theirs = TypeSerializer().serialize(value)

    assert as_value(value) == theirs
    assert from_value(theirs) == TypeDeserializer().deserialize(theirs)


@quiet
@given(st.sets(TEXTS, min_size=1) | st.sets(st.binary(max_size=9), min_size=1) | st.sets(st.integers(), min_size=1))
def test_sets_of_others_are_read_as_sets(members: set[Any]) -> None:
    kind = {str: "SS", bytes: "BS", int: "NS"}[type(next(iter(members)))]
    written = [str(member) if kind == "NS" else member for member in members]

    assert from_value({kind: written}) == members


@pytest.mark.parametrize("value", [1.5, float("nan"), object(), {1.5}])
def test_what_no_table_holds_is_refused_before_it_is_sent(value: object) -> None:
    with pytest.raises(TypeError, match="a table holds no"):
        as_value(value)


@quiet
@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_the_json_of_a_row_is_that_of_its_typed_values(row: dict[str, Any]) -> None:
    assert json.loads(as_json(row)) == json.loads(json.dumps(as_item(row)))
    assert as_json(row).isascii()


def test_binary_values_are_read_as_a_client_gives_them_and_as_the_wire_does() -> None:
    assert from_value({"B": b"photo"}) == from_value({"B": "cGhvdG8="}) == b"photo"
    assert from_value({"BS": [b"photo"]}) == from_value({"BS": ["cGhvdG8="]}) == {b"photo"}


@quiet
@given(INTENTS)
def test_an_intent_survives_the_table(intent: Intent) -> None:
    row = from_item(as_item(intent_row(intent)))

    assert read_intent(row) == intent
    assert ("openWorkload" in row) == intent.is_open


@quiet
@given(JOBS | JOBS.map(lambda job: replace(job, status="Completed")))
def test_a_job_survives_the_table_and_expires_only_when_it_has_ended(job: BatchJob) -> None:
    row = from_item(as_item(job_row(job, now=NOW)))

    assert read_job(row) == job
    assert ("expiresAt" in row) == job.has_ended


@quiet
@given(INTENTS, JOBS, st.data())
def test_a_row_that_was_changed_by_hand_is_read_or_named(intent: Intent, job: BatchJob, data: st.DataObject) -> None:
    for row, read in ((intent_row(intent), read_intent), (job_row(job, now=NOW), read_job)):
        name = data.draw(st.sampled_from(sorted(row)))
        try:
            read({**row, name: data.draw(VALUES)})
        except PermanentError as error:
            assert "changed by hand" in str(error)  # noqa: PT017 — both ways are right


@quiet
@given(st.dictionaries(st.sampled_from(["imageId", "attempts", "lastReason", "intentId", "userId", "s3Key"]), VALUES))
def test_any_row_of_anyone_is_read_as_a_record_that_waits(row: dict[str, Any]) -> None:
    record = read_row(from_item(as_item(row)), IMAGES)

    assert isinstance(record.identity, str)
    assert 0 <= record.attempts <= 1_000_000
    assert record.last_reason is None or isinstance(record.last_reason, str)


@quiet
@given(TEXTS, MOMENTS)
def test_a_new_image_is_read_back_as_one_that_waits_on_its_day(text: str, moment: datetime) -> None:
    image = NewImage("img-1", text, f"uploads/{text}", "md5", moment, 12)

    row = from_item(as_item(image.as_row()))
    record = read_row(row, IMAGES)

    assert (record.identity, record.attempts, record.intent_id) == ("img-1", 0, None)
    assert row["pendingDate"] == day_of(moment).isoformat()
    assert record.attributes["s3Key"] == image.s3_key
