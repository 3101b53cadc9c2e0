"""raw_output: what the jobs wrote, until every claimed record has an outcome."""

import time
from collections.abc import Callable, Iterator
from functools import partial

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.failures import RETRY_TRANSIENT, clear_failures
from yorutsuke_pipeline.defs.metering import metered
from yorutsuke_pipeline.defs.resources import intent_of, stages_of
from yorutsuke_pipeline.defs.tables import Metadata, counted, markdown_table, usd
from yorutsuke_pipeline.engine.cost import total
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.layout import answers_key, s3_uri
from yorutsuke_pipeline.engine.raw_output import Outcome, RawOutputReport

_LOOK_EVERY_SECONDS = 1.0


def build_raw_output(
    blueprint: Blueprint, days: dg.PartitionsDefinition[str], *, wait_seconds: float
) -> dg.AssetsDefinition:
    """Return the asset over `days`.

    Args:
        blueprint: The workload's.
        days: The partitions.
        wait_seconds: How long a run that asks for it too early waits for the jobs before it is skipped.
    """

    @dg.asset(
        key=blueprint.key("raw_output"),
        description=f"Each claimed {blueprint.noun} is answered, refused or missing. "
        "Skipped while the day's jobs still run.",
        partitions_def=days,
        deps=[blueprint.key("bedrock_job")],
        group_name=blueprint.name,
        kinds={"s3"},
        retry_policy=RETRY_TRANSIENT,
        output_required=False,
        required_resource_keys={blueprint.name},
    )
    def raw_output(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        collector = stages_of(context, blueprint).raw_output_collector
        with clear_failures():
            collect = partial(
                metered(collector, context).collect, parse_day(context.partition_key), only=intent_of(context)
            )
            report = _collect(collect, wait_seconds)
        if report.must_wait:
            names = ", ".join(intent.intent_id for intent in report.waiting)
            context.log.info("%s: jobs still run; the completion sensor brings the rest of the day", names)
            return
        yield dg.MaterializeResult(metadata=_metadata(report, collector.objects.bucket))

    return raw_output


def _collect(collect: Callable[[], RawOutputReport], wait_seconds: float) -> RawOutputReport:
    """Collect, looking again for a little while: in development a job ends before one has turned round."""
    deadline = time.monotonic() + wait_seconds
    report = collect()
    while report.must_wait and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY_SECONDS)
        report = collect()
    return report


def _metadata(report: RawOutputReport, bucket: str) -> Metadata:
    rows = [
        {
            "job": job.job_name,
            "id": job.job_id,
            "status": job.status,
            "message": job.message,
            "records": job.record_count,
            "input tokens": job.usage.input_tokens if job.usage is not None else None,
            "output tokens": job.usage.output_tokens if job.usage is not None else None,
        }
        for job in report.jobs
    ]
    metadata: Metadata = {
        "dagster/row_count": report.counts[Outcome.ANSWERED],
        "intents": ", ".join(intent.intent_id for intent in report.collected) or "none",
        "claimed": sum(intent.record_count for intent in report.collected),
        "refused": report.counts[Outcome.REFUSED],
        "missing": report.counts[Outcome.MISSING],
        "outcomes": counted(report.counts, name="outcome"),
        "jobs": markdown_table(rows, ["job", "id", "status", "message", "records", "input tokens", "output tokens"]),
        "estimate_usd": usd(total([intent.estimate_usd for intent in report.collected])),
        "cost_usd": usd(total([intent.cost_usd for intent in report.collected])),
    }
    if report.disagreements:
        metadata["the_service_disagrees"] = "; ".join(report.disagreements)
    if report.collected:
        metadata["dagster/uri"] = s3_uri(bucket, answers_key(report.collected[0].intent_id))
    return metadata
