"""The service's limits on batch jobs, and where each number came from.

What belongs here: the documented defaults, and which of three sources wins. Asking Service Quotas is
`aws/service_quotas.py`; what becomes of the numbers is `sharing.py` (how many records a job gets) and
`slots.py` (how many jobs may run).

Bytes bind long before counts: at 270 KB a line, one file holds some 3,500 receipts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from yorutsuke_pipeline.engine.model_family import base_model

# By the name of the attribute of `Quotas` that a limit is for.
NamedLimits = Mapping[str, int]

DOCUMENTED = "documented default"
SERVICE_QUOTAS = "Service Quotas"
SETTINGS = "settings"

# Of all files of a job. Service Quotas, "Batch inference job size (in GB) for …": 5 GB for most models.
_LARGE_JOBS = ("amazon.nova-lite", "amazon.nova-pro")
_LARGE_JOB_BYTES = 90_000_000_000


@dataclass(frozen=True)
class Quotas:
    """Limits of one job and its files; the defaults are the documented ones of most models.

    Attributes:
        fewest_records: Below it the service accepts the job and then fails it in Validating.
        most_records: In a job.
        part_bytes: Of one input file; the limit is 1 GB, and some room is left below it.
        line_bytes: Of one line, from the model's limit on a request (25 MB with base64).
        part_records: In one input file.
        job_bytes: Of all files of a job; the limit is 5 GB, and some room is left below it.
        running_jobs: Of one base model in a region, submitted or in progress, everybody's of the account.
        origins: Where numbers came from that are known better than by the documents, by attribute.
        note: Why Service Quotas said nothing, where it was asked in vain.
    """

    fewest_records: int = 100
    most_records: int = 100_000
    part_bytes: int = 900_000_000
    line_bytes: int = 25_000_000
    part_records: int = 100_000
    job_bytes: int = 4_500_000_000
    running_jobs: int = 100
    origins: tuple[tuple[str, str], ...] = ()
    note: str | None = None

    def told(self, limits: NamedLimits, origin: str) -> Quotas:
        """Return these quotas with some limits known better, and who knows them."""
        origins = {**dict(self.origins), **dict.fromkeys(limits, origin)}
        known: dict[str, Any] = {**limits, "origins": tuple(origins.items())}
        return replace(self, **known)

    def origin(self, name: str) -> str:
        """Return where the number of an attribute came from."""
        return dict(self.origins).get(name, DOCUMENTED)


@dataclass(frozen=True)
class FixedQuotas:
    """Implements `QuotaBook` with quotas that are known already."""

    known: Quotas

    def quotas(self, model_id: str) -> Quotas:  # noqa: ARG002 — whatever the model
        """Return them."""
        return self.known


# What a person wants to see, in the order of the attributes.
SHOWN = ("fewest_records", "most_records", "part_records", "part_bytes", "job_bytes", "running_jobs")


def documented_quotas(model_id: str) -> Quotas:
    """Return the documented defaults of a model, an inference profile or an ARN.

    https://docs.aws.amazon.com/general/latest/gr/bedrock.html, "Amazon Bedrock service quotas".
    """
    if base_model(model_id).startswith(_LARGE_JOBS):
        return Quotas(job_bytes=_LARGE_JOB_BYTES)
    return Quotas()
