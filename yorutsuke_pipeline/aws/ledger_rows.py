"""Rows of the batch-jobs table as values, and back: `item = INTENT` and `item = JOB#001`.

Names are camelCase, days and times are text, money is a number. `openWorkload` is there only while an
intent is open, so that its index is as small as what is left to do. `expiresAt` is there only on a job
that has ended: a row that expired while its job ran would allow a second bill. An intent's row never
expires, because its number must not be used again.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from yorutsuke_pipeline.engine.batch_job import BatchJob, JobMode
from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.days import parse_utc, utc_text
from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.intent import Intent, IntentStatus, ResultStats
from yorutsuke_pipeline.engine.orders import Estimate, Order
from yorutsuke_pipeline.engine.preflight import Preflight

INTENT_ITEM = "INTENT"
JOB_PREFIX = "JOB#"
# As long as the bucket keeps the job's input and output.
_KEPT = timedelta(days=30)

Row = dict[str, Any]

# What reading a value of another type raises, whichever type a person put there.
_CHANGED = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


def job_item(number: int) -> str:
    """Return a job's sort key."""
    return f"{JOB_PREFIX}{number:03d}"


def intent_row(intent: Intent) -> Row:
    """Return an intent's row; what is None is left out of the table."""
    return {
        "intentId": intent.intent_id,
        "item": INTENT_ITEM,
        "workload": intent.workload,
        "openWorkload": intent.workload if intent.is_open else None,
        "partition": intent.day.isoformat(),
        "modelId": intent.model_id,
        "promptVersion": intent.prompt_version,
        "traceId": intent.trace_id,
        "createdAt": utc_text(intent.created_at),
        "status": intent.status.value,
        "version": intent.version,
        "requestFingerprint": intent.request_fingerprint,
        "recordCount": intent.record_count,
        "rejectedCount": intent.rejected_count,
        "jobCount": intent.job_count,
        "inputBytes": intent.input_bytes,
        "estimateUsd": intent.estimate_usd,
        "costUsd": intent.cost_usd,
        "resultStats": _stats_row(intent.result),
        "closedAt": _time_text(intent.closed_at),
        "usage": _usage_row(intent.usage),
        "preflight": _preflight_row(intent.preflight),
        "onDemandUsd": intent.on_demand_usd,
        "collectingSince": _time_text(intent.collecting_since),
        "order": _order_row(intent.order),
        "note": intent.note,
    }


def read_intent(row: Row) -> Intent:
    """Return the intent of a row.

    Raises:
        PermanentError: The row is not as the product writes it.
    """
    try:
        return Intent(
            intent_id=row["intentId"],
            workload=row["workload"],
            day=date.fromisoformat(row["partition"]),
            model_id=row["modelId"],
            prompt_version=row["promptVersion"],
            trace_id=row["traceId"],
            created_at=parse_utc(row["createdAt"]),
            status=IntentStatus(row["status"]),
            version=int(row["version"]),
            request_fingerprint=row.get("requestFingerprint"),
            record_count=int(row["recordCount"]),
            rejected_count=int(row["rejectedCount"]),
            job_count=int(row["jobCount"]),
            input_bytes=int(row["inputBytes"]),
            estimate_usd=row.get("estimateUsd"),
            cost_usd=row.get("costUsd"),
            result=_stats(row.get("resultStats")),
            closed_at=_time(row.get("closedAt")),
            usage=_usage(row.get("usage")),
            preflight=_preflight(row.get("preflight")),
            on_demand_usd=row.get("onDemandUsd"),
            collecting_since=_time(row.get("collectingSince")),
            order=_order(row.get("order")),
            note=row.get("note"),
        )
    except _CHANGED as error:
        raise _unreadable(row, error) from error


def job_row(job: BatchJob, *, now: datetime) -> Row:
    """Return a job's row; what is None is left out of the table.

    Args:
        job: The job.
        now: Dates the end of a job whose end the service did not date.
    """
    ended = (job.completed_at or now) if job.has_ended else None
    return {
        "intentId": job.intent_id,
        "item": job_item(job.number),
        "number": job.number,
        "mode": job.mode.value,
        "jobName": job.job_name,
        "clientRequestToken": job.client_request_token,
        "partKey": job.part_key,
        "partEtag": job.part_etag,
        "recordCount": job.record_count,
        "inputBytes": job.input_bytes,
        "status": job.status,
        "jobId": job.job_id,
        "jobArn": job.job_arn,
        "message": job.message,
        "submitTime": _time_text(job.submitted_at),
        "completedAt": _time_text(job.completed_at),
        "version": job.version,
        "usage": _usage_row(job.usage),
        "expiresAt": None if ended is None else int((ended + _KEPT).timestamp()),
    }


def read_job(row: Row) -> BatchJob:
    """Return the job of a row.

    Raises:
        PermanentError: The row is not as the product writes it.
    """
    try:
        return BatchJob(
            intent_id=row["intentId"],
            number=int(row["number"]),
            mode=JobMode(row["mode"]),
            job_name=row["jobName"],
            client_request_token=row["clientRequestToken"],
            part_key=row["partKey"],
            part_etag=row["partEtag"],
            record_count=int(row["recordCount"]),
            input_bytes=int(row["inputBytes"]),
            status=row["status"],
            job_id=row.get("jobId"),
            job_arn=row.get("jobArn"),
            message=row.get("message"),
            submitted_at=_time(row.get("submitTime")),
            completed_at=_time(row.get("completedAt")),
            version=int(row["version"]),
            usage=_usage(row.get("usage")),
        )
    except _CHANGED as error:
        raise _unreadable(row, error) from error


def _unreadable(row: Row, error: Exception) -> PermanentError:
    place = f"{row.get('intentId')}, {row.get('item')}"
    return PermanentError(f"the row ({place}) of the batch-jobs table was changed by hand ({error!r}); mend that row")


def _time_text(moment: datetime | None) -> str | None:
    return None if moment is None else utc_text(moment)


def _time(text: str | None) -> datetime | None:
    return None if text is None else parse_utc(text)


def _stats_row(stats: ResultStats | None) -> Row | None:
    if stats is None:
        return None
    return {
        "successCount": stats.success_count,
        "failureCount": stats.failure_count,
        "totalCount": stats.total_count,
    }


def _stats(row: Row | None) -> ResultStats | None:
    return None if row is None else ResultStats(int(row["successCount"]), int(row["failureCount"]))


def _usage_row(usage: TokenUsage | None) -> Row | None:
    return None if usage is None else {"inputTokens": usage.input_tokens, "outputTokens": usage.output_tokens}


def _usage(row: Row | None) -> TokenUsage | None:
    return None if row is None else TokenUsage(int(row["inputTokens"]), int(row["outputTokens"]))


def _preflight_row(preflight: Preflight | None) -> Row | None:
    if preflight is None:
        return None
    row = {
        "recordCount": preflight.record_count,
        "estimateUsd": preflight.estimate_usd,
        "usage": _usage_row(preflight.usage),
    }
    return {name: value for name, value in row.items() if value is not None}


def _preflight(row: Row | None) -> Preflight | None:
    return None if row is None else Preflight(int(row["recordCount"]), row.get("estimateUsd"), _usage(row.get("usage")))


def _order_row(order: Order | None) -> Row | None:
    if order is None:
        return None
    row = {
        "owner": order.owner,
        "fingerprint": order.fingerprint,
        "budgetUsd": order.budget_usd,
        "fewestRecords": order.fewest_records,
        "estimate": _estimate_row(order.estimate),
    }
    return {name: value for name, value in row.items() if value is not None}


def _order(row: Row | None) -> Order | None:
    if row is None:
        return None
    fewest = row.get("fewestRecords")
    return Order(
        owner=row["owner"],
        fingerprint=row["fingerprint"],
        budget_usd=row.get("budgetUsd"),
        fewest_records=None if fewest is None else int(fewest),
        estimate=_estimate(row.get("estimate")),
    )


def _estimate_row(estimate: Estimate | None) -> Row | None:
    if estimate is None:
        return None
    row = {
        "recordCount": estimate.record_count,
        "tokenCount": estimate.token_count,
        "costUsd": estimate.cost_usd,
        "note": estimate.note,
    }
    return {name: value for name, value in row.items() if value is not None}


def _estimate(row: Row | None) -> Estimate | None:
    if row is None:
        return None
    return Estimate(int(row["recordCount"]), int(row["tokenCount"]), row.get("costUsd"), row.get("note"))
