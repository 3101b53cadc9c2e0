"""Settings: what is refused, in which words, and that the document tells the truth."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from yorutsuke_pipeline.engine.errors import ConfigurationError
from yorutsuke_pipeline.settings import Aws, Settings, load_aws_environment, load_settings

_DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "settings.md"


def test_nothing_set_means_the_embedded_aws() -> None:
    settings = load_settings({})

    assert settings.aws is Aws.EMBEDDED
    assert settings.required_bucket() == "yorutsuke-receipts-dev-000000000000"
    assert settings.policy().quotas.fewest_records == 100


def test_values_are_read_from_the_environment_and_other_variables_are_left_alone() -> None:
    given = {"YORUTSUKE_BUDGET_USD": "2.50", "YORUTSUKE_ENV": "prod", "HOME": "/home/aoi", "YORUTSUKE_BUCKET": ""}

    settings = load_settings(given)

    assert settings.policy().budget_usd == Decimal("2.50")
    assert settings.table("transactions") == "yorutsuke-transactions-prod"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"YORUTSUKE_MAX_ATTEMPTS": "0"}, "YORUTSUKE_MAX_ATTEMPTS='0'"),
        ({"YORUTSUKE_MODEL_ID": "gpt-4"}, "YORUTSUKE_MODEL_ID"),
        ({"YORUTSUKE_BUCKETT": "x"}, "YORUTSUKE_BUCKETT is no setting of ours"),
        ({"YORUTSUKE_ROLE_ARN": "my-role"}, "YORUTSUKE_ROLE_ARN='my-role'"),
        ({"YORUTSUKE_AWS": "azure"}, "YORUTSUKE_AWS='azure'"),
        ({"YORUTSUKE_PRICE_INPUT": "0.06"}, "YORUTSUKE_PRICE_OUTPUT go together"),
        ({"YORUTSUKE_MOST_RECORDS": "50"}, "YORUTSUKE_MOST_RECORDS is below"),
        ({"YORUTSUKE_DAILY_BUDGET_USD": "0"}, "YORUTSUKE_DAILY_BUDGET_USD='0'"),
        ({"YORUTSUKE_MONTHLY_BUDGET_USD": "lots"}, "YORUTSUKE_MONTHLY_BUDGET_USD='lots'"),
        ({"YORUTSUKE_PREFLIGHT_FROM": "-1"}, "YORUTSUKE_PREFLIGHT_FROM='-1'"),
        ({"YORUTSUKE_PREFLIGHT_RECORDS": "0"}, "YORUTSUKE_PREFLIGHT_RECORDS='0'"),
        (
            {"YORUTSUKE_BUDGET_USD": "9", "YORUTSUKE_MONTHLY_BUDGET_USD": "5"},
            "YORUTSUKE_BUDGET_USD is above YORUTSUKE_MONTHLY_BUDGET_USD",
        ),
        ({"YORUTSUKE_EVENTS_QUEUE_URL": "my-queue"}, "YORUTSUKE_EVENTS_QUEUE_URL='my-queue'"),
        ({"YORUTSUKE_ALERTS_TOPIC_ARN": "arn:aws:sqs:us-east-1:123456789012:t"}, "YORUTSUKE_ALERTS_TOPIC_ARN='arn:"),
        ({"YORUTSUKE_POLL_SECONDS": "-1"}, "YORUTSUKE_POLL_SECONDS='-1'"),
        ({"YORUTSUKE_DEADLINE_HOURS": "0"}, "YORUTSUKE_DEADLINE_HOURS='0'"),
        ({"YORUTSUKE_WAITING_HOURS": "soon"}, "YORUTSUKE_WAITING_HOURS='soon'"),
        ({"YORUTSUKE_RUN_TAGS": "ecs/cpu=256"}, "YORUTSUKE_RUN_TAGS='ecs/cpu=256'"),
        ({"YORUTSUKE_RUN_TAGS": '{"submit": {}}'}, "YORUTSUKE_RUN_TAGS='submit'"),
        ({"YORUTSUKE_VIOLATIONS_WAREHOUSE": "arn:aws:s3:::b"}, "YORUTSUKE_VIOLATIONS_WAREHOUSE='arn:aws:s3:::b'"),
        ({"YORUTSUKE_VIOLATIONS_NAMESPACE": "a.b"}, "YORUTSUKE_VIOLATIONS_NAMESPACE='a.b'"),
        ({"YORUTSUKE_BEDROCK_MODEL": "answer"}, "YORUTSUKE_BEDROCK_MODEL='answer'"),
        ({"YORUTSUKE_BELOW_MINIMUM": "maybe"}, "YORUTSUKE_BELOW_MINIMUM='maybe'"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(environment: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match="wrong settings") as refused:
        load_settings(environment)

    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TIMEOUT_HOURS", "3", "must be a whole number from 24 to 168, for instance 24"),
        ("TIMEOUT_HOURS", "soon", "must be a whole number from 24 to 168, for instance 24"),
        ("TIMEOUT_HOURS", "30.5", "must be a whole number from 24 to 168, for instance 24"),
        ("MOST_RECORDS", "0", "must be a whole number of 1 or more, for instance 1"),
        ("BUDGET_USD", "0", "must be a number above 0, for instance 1"),
        ("BUDGET_USD", "nan", "must be a number above 0, for instance 1"),
        ("POLL_SECONDS", "1e9", "must be a number from 0 to 3600, for instance 0"),
        ("AWS", "azure", "must be 'embedded' or 'real'"),
        ("ENV", "test", "must be 'dev', 'staging' or 'prod'"),
        ("METRICS", "perhaps", "must be true or false"),
        ("ROLE_ARN", "my-role", "must be written as arn:aws:iam::123456789012:role/NAME is"),
        ("FIRST_DAY", "yesterday", "must be a day, written YYYY-MM-DD, for instance 2026-01-01"),
        ("FIRST_DAY", "2026-02-30", "must be a day, written YYYY-MM-DD, for instance 2026-01-01"),
        ("GUEST_DAYS", "many", "must be a whole number of 1 or more, for instance 60"),
    ],
)
def test_a_wrong_value_is_told_with_what_is_allowed_and_an_example(name: str, value: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings({f"YORUTSUKE_{name}": value})

    assert f"YORUTSUKE_{name}='{value}': {told}. docs/settings.md lists all of them" in str(refused.value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("ecs/cpu=256", "must be JSON (expected value at line 1 column 1), for instance {"),
        ("[]", "must be a JSON object, for instance {"),
        ('{"submit": {}}', "must be 'submit_batch' or 'ingest_results'."),
    ],
)
def test_json_that_is_none_or_another_is_told_with_an_example(value: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings({"YORUTSUKE_RUN_TAGS": value})

    assert told in str(refused.value)


def test_a_value_without_end_is_cut_in_its_message() -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings({"YORUTSUKE_RUNNING_JOBS": "9" * 5_000})

    assert len(str(refused.value)) < 500


def test_every_example_is_a_value_that_is_taken() -> None:
    examples = {name: example for name, field in Settings.model_fields.items() for example in field.examples or ()}

    taken = load_settings({f"YORUTSUKE_{name.upper()}": example for name, example in examples.items()})

    assert set(examples) <= taken.model_fields_set


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"YORUTSUKE_AWS": "real"}, "YORUTSUKE_ROLE_ARN"),
        ({"YORUTSUKE_AWS": "real", "YORUTSUKE_ROLE_ARN": "arn:aws:iam::123456789012:role/r"}, "YORUTSUKE_BUCKET"),
    ],
)
def test_a_real_account_without_bucket_or_role_is_told_which_setting_is_missing(
    environment: dict[str, str],
    words: str,
) -> None:
    settings = load_settings(environment)

    with pytest.raises(ConfigurationError, match=words):
        _ = settings.policy(), settings.required_bucket()


def test_endpoints_that_the_user_set_are_seen_by_name() -> None:
    seen = load_aws_environment({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1", "AWS_DEFAULT_REGION": "eu-west-1"})

    assert seen.endpoint_variables == ("AWS_ENDPOINT_URL_S3",)
    assert seen.region == "eu-west-1"


def test_the_document_names_every_setting_with_its_meaning() -> None:
    document = _DOCUMENT.read_text(encoding="utf-8")

    missing = [
        name
        for name, field in Settings.model_fields.items()
        if f"| `YORUTSUKE_{name.upper()}` |" not in document or str(field.description) not in document
    ]

    assert missing == []


def test_the_table_bucket_of_the_violations_is_asked_for_only_when_it_is_needed() -> None:
    bucket = "arn:aws:s3tables:ap-northeast-1:123456789012:bucket/violations"

    assert load_settings({"YORUTSUKE_VIOLATIONS_WAREHOUSE": bucket}).required_warehouse() == bucket
    with pytest.raises(ConfigurationError, match="set YORUTSUKE_VIOLATIONS_WAREHOUSE"):
        load_settings({"YORUTSUKE_AWS": "real"}).required_warehouse()
