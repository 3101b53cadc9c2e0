"""Service Quotas' answer: what the embedded Bedrock enforces, under AWS's names."""

from typing import Any

from yorutsuke_pipeline_tests.local_aws.bedrock.caller import Aws

RUNNING = "Sum of in-progress and submitted batch inference jobs using a base model for Nova Lite V1"


def listed(aws: Aws, operation: str, service: str = "bedrock") -> dict[str, float]:
    pages: Any = aws.client("service-quotas").get_paginator(operation).paginate(ServiceCode=service)
    return {quota["QuotaName"]: quota["Value"] for page in pages for quota in page["Quotas"]}


def test_the_quotas_in_force_are_listed_and_are_those_of_every_account(aws: Aws) -> None:
    aws.set_faults(quotas={"max_active_jobs": 7, "max_file_bytes": 2_500_000_000})

    applied = listed(aws, "list_service_quotas")

    assert applied[RUNNING] == 7
    assert applied["Batch inference input file size (in GB) for Nova Lite V1"] == 2.5
    assert applied == listed(aws, "list_aws_default_service_quotas")


def test_other_services_have_none(aws: Aws) -> None:
    assert listed(aws, "list_service_quotas", "s3") == {}
