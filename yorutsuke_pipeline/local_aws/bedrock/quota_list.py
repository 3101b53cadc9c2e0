"""Service Quotas' list of Bedrock's batch quotas, with the values that are in force here.

What belongs here: the entries as https://docs.aws.amazon.com/general/latest/gr/bedrock.html names them. They are the
embedded Bedrock's, because it alone knows what it enforces; of other services and other kinds there is none.
"""

import hashlib
from typing import Any

from yorutsuke_pipeline.local_aws.bedrock.account import Account
from yorutsuke_pipeline.local_aws.bedrock.faults import Quotas

_GIGABYTE = 1_000_000_000
# As Service Quotas writes them: some with their first version, some without.
_MODELS = (
    "Nova Micro V1",
    "Nova Lite V1",
    "Nova Pro V1",
    "Nova Premier V1",
    "Nova 2 Lite",
    "Claude 3 Haiku",
    "Claude 3.5 Haiku",
    "Claude 3.5 Sonnet",
    "Claude 3.5 Sonnet v2",
    "Claude Sonnet 4",
    "Claude Sonnet 4.5",
    "Claude Haiku 4.5",
)


def list_quotas(service: object, quotas: Quotas, account: Account) -> dict[str, Any]:
    """The answer of ListServiceQuotas and of ListAWSDefaultServiceQuotas, in one page."""
    if service != "bedrock":
        return {"Quotas": []}
    return {"Quotas": [_entry(name, value, account) for model in _MODELS for name, value in _of_model(model, quotas)]}


def _of_model(model: str, quotas: Quotas) -> list[tuple[str, float]]:
    return [
        (f"Minimum number of records per batch inference job for {model}", quotas.min_records),
        (f"Records per batch inference job for {model}", quotas.max_records_per_job),
        (f"Records per input file per batch inference job for {model}", quotas.max_records_per_file),
        (f"Batch inference input file size (in GB) for {model}", quotas.max_file_bytes / _GIGABYTE),
        (f"Batch inference job size (in GB) for {model}", quotas.max_job_bytes / _GIGABYTE),
        (
            f"Sum of in-progress and submitted batch inference jobs using a base model for {model}",
            quotas.max_active_jobs,
        ),
    ]


def _entry(name: str, value: float, account: Account) -> dict[str, Any]:
    code = f"L-{hashlib.sha256(name.encode()).hexdigest()[:8].upper()}"
    return {
        "ServiceCode": "bedrock",
        "ServiceName": "Amazon Bedrock",
        "QuotaArn": f"arn:aws:servicequotas:{account.region}:{account.account_id}:bedrock/{code}",
        "QuotaCode": code,
        "QuotaName": name,
        "Value": float(value),
        "Unit": "None",
        "Adjustable": False,
        "GlobalQuota": False,
    }
