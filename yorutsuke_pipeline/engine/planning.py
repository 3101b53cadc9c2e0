"""From parts to jobs: which go as a batch and which on demand, what each will cost, and their names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.batch_job import BatchJob, JobMode
from yorutsuke_pipeline.engine.cost import TokenUsage, total
from yorutsuke_pipeline.engine.errors import ManifestChangedError
from yorutsuke_pipeline.engine.identity import client_request_token, fingerprint, job_name
from yorutsuke_pipeline.engine.job_input import job_input

if TYPE_CHECKING:
    from decimal import Decimal

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.parts import JobParts
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import IntentLedger, ObjectStore, PriceList
    from yorutsuke_pipeline.engine.workload import Workload


def job_mode(parts: JobParts, policy: Policy) -> JobMode:
    """Return how a job's parts are asked: a batch job with fewer records than the minimum would only fail."""
    is_enough = parts.record_count >= policy.quotas.fewest_records
    return JobMode.BATCH if is_enough and not parts.is_preflight else JobMode.ON_DEMAND


def plan_jobs(
    intent: Intent,
    jobs: list[JobParts],
    *,
    policy: Policy,
    ledger: IntentLedger,
    objects: ObjectStore,
) -> list[BatchJob]:
    """Return the planned jobs, over the versions of rows that an unsealed manifest left."""
    versions = {job.number: job.version for job in ledger.jobs(intent.intent_id)}
    return [
        replace(_planned(intent, number, parts, policy, objects), version=versions.get(number, 0))
        for number, parts in enumerate(jobs, start=1)
    ]


def _planned(
    intent: Intent,
    number: int,
    parts: JobParts,
    policy: Policy,
    objects: ObjectStore,
) -> BatchJob:
    stored = job_input(objects, parts.key)
    if stored is None or stored.size != parts.byte_count:
        raise ManifestChangedError(
            f"{parts.key} is not in the bucket as it was just written; materialize the day again"
        )
    content = fingerprint(
        {"bucket": objects.bucket, "etag": stored.etag, "model": policy.model_id, "size": stored.size},
    )
    return BatchJob(
        intent_id=intent.intent_id,
        number=number,
        mode=job_mode(parts, policy),
        job_name=job_name(intent.intent_id, number, policy.deployment),
        client_request_token=client_request_token(intent.intent_id, number, content),
        part_key=parts.key,
        part_etag=stored.etag,
        record_count=parts.record_count,
        input_bytes=parts.byte_count,
    )


def estimate_cost(jobs: list[JobParts], *, workload: Workload, policy: Policy, prices: PriceList) -> Decimal | None:
    """Return the estimated cost of all jobs in USD, or None if the model's price is unknown."""
    price = prices.price(policy.model_id)
    if price is None:
        return None
    return total(
        [
            price.cost(
                TokenUsage(parts.input_tokens, parts.record_count * workload.expected_output_tokens),
                batch=job_mode(parts, policy) is JobMode.BATCH,
            )
            for parts in jobs
        ],
    )
