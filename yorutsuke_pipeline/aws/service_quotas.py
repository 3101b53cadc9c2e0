"""Service Quotas: the limits of batch jobs that this account has for a model.

What belongs here: finding a model's quotas among Bedrock's thousand. They have codes, but one for each model, and no
list of those is published; so they are found by name. Names that nobody foresaw, an account that may not ask and a
service that is not there all mean the documented defaults: a night does not wait for a better number.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.aws.failures import Target
from yorutsuke_pipeline.aws.pages import pages_of
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.model_family import base_model
from yorutsuke_pipeline.engine.quotas import SERVICE_QUOTAS, SETTINGS, NamedLimits, Quotas, documented_quotas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mypy_boto3_service_quotas import ServiceQuotasClient

_TARGET = Target("Service Quotas", "servicequotas:ListServiceQuotas and servicequotas:ListAWSDefaultServiceQuotas")
_BEDROCK = "bedrock"
# The service's own maximum.
_PAGE = 100
# "1 GB" leaves open of which kind, and a line too many would fail the whole job.
_USED_SHARE = 0.9
_GIGABYTE = 1_000_000_000

_JOB = "per batch inference job for (.+)"
_GB = r"(?: \(in GB\))?"
# https://docs.aws.amazon.com/general/latest/gr/bedrock.html; the unit of sizes stands before or behind the model.
_NAMES = {
    "fewest_records": re.compile(f"Minimum number of records {_JOB}", re.IGNORECASE),
    "most_records": re.compile(f"Records {_JOB}", re.IGNORECASE),
    "part_records": re.compile(f"Records per input file {_JOB}", re.IGNORECASE),
    "part_bytes": re.compile(f"Batch inference input file size{_GB} for (.+?){_GB}", re.IGNORECASE),
    "job_bytes": re.compile(f"Batch inference job size{_GB} for (.+?){_GB}", re.IGNORECASE),
    "running_jobs": re.compile(
        "Sum of in-progress and submitted batch inference jobs using a base model for (.+)",
        re.IGNORECASE,
    ),
}
_VENDORS = frozenset({"amazon", "anthropic"})
_DATE = re.compile(r"\d{8}")
_FIRST_VERSION = "v1"


class ServiceQuotaBook:
    """Implements `QuotaBook`.

    Args:
        client: Makes the client; called only when quotas are asked for.
        overrides: Limits that were set by a person, which nothing is asked about.
    """

    def __init__(self, client: Callable[[], ServiceQuotasClient], overrides: NamedLimits) -> None:
        self._client = client
        self._overrides = overrides
        self._known: dict[str, Quotas] = {}

    def quotas(self, model_id: str) -> Quotas:
        """Return the limits of a model's batch jobs; the first call for a model takes some ten requests."""
        model = base_model(model_id)
        quotas = self._known.get(model) or self._quotas(model)
        if quotas.note is None:
            # What could not be read now may be at the next question.
            self._known[model] = quotas
        return quotas

    def _quotas(self, model: str) -> Quotas:
        limits: dict[str, int] = {}
        quotas = documented_quotas(model)
        try:
            self._ask(model, limits)
        except YorutsukeError as error:
            quotas = replace(quotas, note=str(error))
        return quotas.told(limits, SERVICE_QUOTAS).told(self._overrides, SETTINGS)

    def _ask(self, model: str, limits: dict[str, int]) -> None:
        """Put into `limits` what is in force for this account and, where that is not listed, for every account.

        "If the applied quota value is not available for a quota, the quota is not retrieved."
        """
        for operation in ("list_service_quotas", "list_aws_default_service_quotas"):
            if not _NAMES.keys() <= {*limits, *self._overrides}:
                limits.update({**limits_of(model, self._listed(operation)), **limits})

    def _listed(self, operation: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 — one of two names that the stubs know
        pages = (
            self._client()
            .get_paginator(operation)
            .paginate(
                ServiceCode=_BEDROCK,
                PaginationConfig={"PageSize": _PAGE},
            )
        )
        for page in pages_of(pages, _TARGET, "read the quotas of Amazon Bedrock"):
            yield from page.get("Quotas", ())


def limits_of(model: str, quotas: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Return the limits of a base model among Service Quotas' entries, by the attribute of `Quotas` they are for."""
    wanted, limits = _words(model), dict[str, int]()
    for quota in quotas:
        for attribute, name in _NAMES.items():
            found = name.fullmatch(str(quota.get("QuotaName", "")).strip())
            if found is not None and _words(found[1]) == wanted:
                limit = _limit(attribute, quota.get("Value"))
                if limit is not None:
                    limits[attribute] = limit
    return limits


def _limit(attribute: str, value: object) -> int | None:
    if not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        return None
    if value == 0 and attribute != "running_jobs":
        # No slots is a common answer; jobs and files of nothing are none that anybody could be told.
        return None
    return int(value * _GIGABYTE * _USED_SHARE) if attribute.endswith("_bytes") else int(value)


def _words(model: str) -> tuple[str, ...]:
    """Return what `anthropic.claude-3-5-sonnet-20241022-v2:0` and `Claude 3.5 Sonnet v2` have in common."""
    words = re.split(r"[\s.-]+", model.partition(":")[0].strip().lower())
    kept = [word for word in words if word not in _VENDORS and not _DATE.fullmatch(word)]
    # Some names carry the first version, and some do not.
    return tuple(kept[:-1] if kept[-1:] == [_FIRST_VERSION] else kept)
