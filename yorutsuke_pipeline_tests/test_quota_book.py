"""Where the product takes the quotas of batch jobs from, and how often."""

from __future__ import annotations

from yorutsuke_pipeline.composition import Composition
from yorutsuke_pipeline.engine.quotas import DOCUMENTED, SETTINGS
from yorutsuke_pipeline.settings import AwsEnvironment, load_settings

REAL = {
    "YORUTSUKE_AWS": "real",
    "YORUTSUKE_BUCKET": "receipts",
    "YORUTSUKE_ROLE_ARN": "arn:aws:iam::000000000000:role/batch",
}


def test_a_bedrock_of_ones_own_without_service_quotas_leaves_the_real_one_unasked() -> None:
    elsewhere = AwsEnvironment(None, ("AWS_ENDPOINT_URL_BEDROCK", "AWS_ENDPOINT_URL_S3"))
    product = Composition(load_settings({"YORUTSUKE_RUNNING_JOBS": "3"}), elsewhere)

    quotas = product.quota_book.quotas(product.settings.model_id)

    assert "clients" not in vars(product)
    assert (quotas.running_jobs, quotas.origin("running_jobs")) == (3, SETTINGS)
    assert quotas.origin("most_records") == DOCUMENTED


def test_every_tick_of_the_sensor_asks_the_book_of_the_tick_before() -> None:
    first, second = (Composition(load_settings(REAL), AwsEnvironment("us-east-1")) for _ in range(2))

    assert first.quota_book is second.quota_book


def test_other_settings_have_a_book_of_their_own() -> None:
    first = Composition(load_settings(REAL), AwsEnvironment("us-east-1"))
    second = Composition(load_settings({**REAL, "YORUTSUKE_RUNNING_JOBS": "3"}), AwsEnvironment("us-east-1"))

    assert first.quota_book is not second.quota_book
