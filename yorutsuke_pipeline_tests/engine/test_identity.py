"""Names are derived, and fit the service's patterns."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.engine.identity import (
    check_intent_id,
    check_s3_uri,
    client_request_token,
    fingerprint,
    intent_id,
    job_name,
    record_id,
)


def test_a_record_id_is_the_same_today_and_in_a_year() -> None:
    # Transactions are named by it: a change here would double every one of them.
    assert record_id("img-1") == "c2a64047d8d3241ffe5d27f9"


@given(st.text())
def test_a_record_id_satisfies_the_strictest_reading_of_the_rule(identity: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9]{11,}", record_id(identity))


@given(st.text(), st.text())
def test_two_records_never_share_an_id(one: str, other: str) -> None:
    assert (record_id(one) == record_id(other)) == (one == other)


def test_the_names_of_a_days_first_intent_and_job_are_readable() -> None:
    intent = intent_id("receipts", date(2026, 1, 9), 1)

    assert intent == "receipts-2026-01-09-001"
    assert job_name(intent, 12, "dev") == "receipts-2026-01-09-001-012-dev"


def test_the_jobs_of_two_deployments_in_one_account_have_different_names() -> None:
    assert job_name("receipts-2026-01-09-001", 1, "staging") != job_name("receipts-2026-01-09-001", 1, "prod")


@pytest.mark.parametrize("text", ["", "-a", "a b", "a_b", "a/b", "..", "a" * 51, "領収書", "a\n"])
def test_an_intent_id_that_could_not_name_a_job_or_a_key_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be used"):
        check_intent_id(text)


@given(st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,49}", fullmatch=True), st.integers(1, 999))
def test_any_allowed_intent_id_gives_a_job_name_that_the_service_takes(intent: str, number: int) -> None:
    name = job_name(check_intent_id(intent), number, "staging")

    assert len(name) <= 63
    assert re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9+\-.]*", name)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("intent", ["a" * 60, "a" + "-" * 50 + "_", "a:b", ""])
def test_a_job_name_beyond_the_pattern_is_refused_without_trying_for_ever(intent: str) -> None:
    with pytest.raises(ConfigurationError, match="job name"):
        job_name(intent, 1, "dev")


def test_a_token_changes_with_the_intent_the_job_and_the_content() -> None:
    tokens = {
        client_request_token("a", 1, "x"),
        client_request_token("b", 1, "x"),
        client_request_token("a", 2, "x"),
        client_request_token("a", 1, "y"),
    }

    assert len(tokens) == 4
    assert client_request_token("a", 1, "x") in tokens
    assert all(re.fullmatch(r"[a-zA-Z0-9]{1,256}", token) for token in tokens)


@given(st.text(), st.text(), st.integers(1, 99), st.integers(1, 99), st.text())
def test_a_token_fits_the_service_and_is_no_other_jobs(one: str, other: str, a: int, b: int, content: str) -> None:
    one, other = one.encode("utf-8", "replace").decode(), other.encode("utf-8", "replace").decode()
    content = fingerprint({"content": content})
    tokens = client_request_token(one, a, content), client_request_token(other, b, content)

    assert all(re.fullmatch(r"[a-zA-Z0-9]{1,256}", token) for token in tokens)
    assert (tokens[0] == tokens[1]) == ((one, a) == (other, b))


@given(st.dates(), st.dates(), st.integers(1, 999), st.integers(1, 999))
def test_two_intents_never_share_an_id_or_a_jobs_name(one: date, other: date, a: int, b: int) -> None:
    first, second = intent_id("receipts", one, a), intent_id("receipts", other, b)

    assert check_intent_id(first) == first
    assert (first == second) == ((one, a) == (other, b))
    assert (job_name(first, 1, "dev") == job_name(second, 1, "dev")) == (first == second)


def test_a_fingerprint_does_not_depend_on_the_order_of_keys() -> None:
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})


@pytest.mark.parametrize(
    "uri",
    [
        "s3://bucket/day=2026/",
        "s3://bucket/a b",
        "s3://bucket//a",
        "s3://bucket/a+b",
        "s3://bucket/領収書",
        "s3://Bucket/a",
        "https://bucket/a",
        "s3://bucket/" + "a" * 1024,
    ],
)
def test_a_location_that_the_service_would_refuse_is_refused_before(uri: str) -> None:
    with pytest.raises(ConfigurationError, match="YORUTSUKE_BUCKET"):
        check_s3_uri(uri)


@pytest.mark.parametrize("uri", ["s3://my-bucket/batch-input/receipts-2026-01-09-001/part-0001.jsonl", "s3://abc/out/"])
def test_the_locations_that_the_product_makes_are_taken(uri: str) -> None:
    assert check_s3_uri(uri) == uri
