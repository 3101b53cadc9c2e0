"""The service's limits, and who of three sources is believed."""

from __future__ import annotations

import pytest

from yorutsuke_pipeline.engine.quotas import DOCUMENTED, SERVICE_QUOTAS, SETTINGS, Quotas, documented_quotas


@pytest.mark.parametrize(
    ("model", "gigabytes"),
    [
        ("amazon.nova-lite-v1:0", 90),
        ("arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.amazon.nova-lite-v1:0", 90),
        ("amazon.nova-micro-v1:0", 4.5),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", 4.5),
    ],
)
def test_how_much_a_job_takes_depends_on_the_model(model: str, gigabytes: float) -> None:
    assert documented_quotas(model).job_bytes == gigabytes * 1_000_000_000


def test_each_number_says_where_it_came_from_and_the_last_word_counts() -> None:
    quotas = Quotas().told({"most_records": 200_000, "running_jobs": 20}, SERVICE_QUOTAS)

    quotas = quotas.told({"running_jobs": 5}, SETTINGS)

    assert (quotas.most_records, quotas.running_jobs, quotas.fewest_records) == (200_000, 5, 100)
    assert [quotas.origin(name) for name in ("most_records", "running_jobs", "fewest_records")] == [
        SERVICE_QUOTAS,
        SETTINGS,
        DOCUMENTED,
    ]
