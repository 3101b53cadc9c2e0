"""How far an order is, for whoever polls it: read off its intent and its jobs, kept nowhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from yorutsuke_pipeline.engine.batch_job import WITHDRAWN, BatchJob, JobMode
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus
from yorutsuke_pipeline.engine.ordered_records import order_of
from yorutsuke_pipeline.engine.orders import OrderState, OrderStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from yorutsuke_pipeline.engine.policy import Policy

_STOPPED = frozenset({"Stopped", "Stopping", WITHDRAWN})
_RUNNING = "InProgress"
# The words by which a person's stop of an order is told apart from a refusal.
STOPPED_NOTE = "stopped"
# Of a few records, one by one; a batch is promised within the hours that its job may take.
_ON_DEMAND_TAKES = timedelta(minutes=15)


def order_state(intent: Intent, jobs: Sequence[BatchJob], policy: Policy) -> OrderState:
    """Return how an order stands.

    Args:
        intent: It.
        jobs: Those of its jobs that count.
        policy: The one that it is worked on by.
    """
    order, result = order_of(intent), intent.result
    status = _status(intent, jobs)
    told = [f"{job.job_name} {job.status}: {job.message}" for job in jobs if job.message]
    return OrderState(
        intent_id=intent.intent_id,
        workload=intent.workload,
        day=intent.day,
        owner=order.owner,
        status=status,
        created_at=intent.created_at,
        model_id=intent.model_id,
        processed=result.success_count if result is not None else 0,
        errors=result.failure_count if result is not None else 0,
        total=intent.record_count + intent.rejected_count,
        job_ids=tuple(job.job_id for job in jobs if job.job_id is not None),
        job_arns=tuple(job.job_arn for job in jobs if job.job_arn is not None),
        estimate_usd=_estimate_usd(intent),
        cost_usd=intent.cost_usd,
        closed_at=intent.closed_at,
        expected_completion=None if status.is_final else intent.created_at + _takes(intent, jobs, policy),
        message=intent.note or "; ".join(told) or None,
    )


def _takes(intent: Intent, jobs: Sequence[BatchJob], policy: Policy) -> timedelta:
    told = order_of(intent).estimate
    if jobs:
        is_on_demand = all(job.mode is JobMode.ON_DEMAND for job in jobs)
    else:
        is_on_demand = told is not None and told.record_count < policy.quotas.fewest_records
    return _ON_DEMAND_TAKES if is_on_demand else timedelta(hours=policy.timeout_hours)


def _estimate_usd(intent: Intent) -> Decimal | None:
    told = order_of(intent).estimate
    return intent.estimate_usd if intent.job_count or told is None else told.cost_usd


def _status(intent: Intent, jobs: Sequence[BatchJob]) -> OrderStatus:
    if intent.status is IntentStatus.CLOSED:
        return _ending(intent, jobs)
    if intent.status is IntentStatus.OPEN:
        return OrderStatus.QUEUED
    if intent.status is IntentStatus.MANIFESTED:
        return OrderStatus.PREPARED
    if intent.status is IntentStatus.SUBMITTED and not all(job.has_ended for job in jobs):
        return OrderStatus.RUNNING if any(job.status == _RUNNING for job in jobs) else OrderStatus.SUBMITTED
    return OrderStatus.COLLECTING


def _ending(intent: Intent, jobs: Sequence[BatchJob]) -> OrderStatus:
    if intent.note is not None and not (jobs and all(job.ended_well for job in jobs)):
        return OrderStatus.STOPPED if intent.note.startswith(STOPPED_NOTE) else OrderStatus.REFUSED
    if jobs and all(job.status in _STOPPED for job in jobs):
        return OrderStatus.STOPPED
    has_result = intent.result is not None and intent.result.success_count > 0
    if not has_result and any(not job.ended_well for job in jobs):
        return OrderStatus.FAILED
    return OrderStatus.COMPLETED
