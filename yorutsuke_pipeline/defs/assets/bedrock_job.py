"""bedrock_job: the jobs of the day's intents, submitted once. Returns at once; the sensor waits."""

from collections.abc import Iterator

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.failures import RETRY_TRANSIENT, clear_failures
from yorutsuke_pipeline.defs.metering import metered
from yorutsuke_pipeline.defs.resources import intent_of, stages_of
from yorutsuke_pipeline.defs.tables import Metadata, markdown_table, usd
from yorutsuke_pipeline.engine.cost import total
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.layout import output_folder, s3_uri
from yorutsuke_pipeline.engine.submission import SubmissionReport


def build_bedrock_job(blueprint: Blueprint, days: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset over `days`."""

    @dg.asset(
        key=blueprint.key("bedrock_job"),
        partitions_def=days,
        deps=[blueprint.key("manifest")],
        group_name=blueprint.name,
        kinds={"bedrock"},
        retry_policy=RETRY_TRANSIENT,
        output_required=False,
        required_resource_keys={blueprint.name},
    )
    def bedrock_job(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        """The Bedrock batch jobs of the day (below the service's minimum, the answers of the model on demand).

        Skipped, with the reason, while submission is paused (`yorutsuke pause`); it goes on after `yorutsuke resume`.
        """
        submitter = stages_of(context, blueprint).submitter
        with clear_failures():
            report = metered(submitter, context).submit(parse_day(context.partition_key), only=intent_of(context))
        metadata = _metadata(report, submitter.objects.bucket)
        if report.paused is not None:
            # An observation and no materialization: the day must not look submitted, and nothing has failed.
            told = dg.AssetObservation(
                context.asset_key, partition=context.partition_key, description=report.paused, metadata=metadata
            )
            context.log_event(told)
            context.log.warning(report.paused)
            return
        yield dg.MaterializeResult(metadata=metadata)

    return bedrock_job


def _metadata(report: SubmissionReport, bucket: str) -> Metadata:
    rows = [
        {
            "job": job.job_name,
            "id": job.job_id,
            "asked": job.mode,
            "status": job.status,
            "records": job.record_count,
            "submitted": job.submitted_at.isoformat(timespec="seconds") if job.submitted_at else None,
        }
        for job in report.jobs
    ]
    metadata: Metadata = {
        "dagster/row_count": sum(job.record_count for job in report.jobs),
        "intents": ", ".join(intent.intent_id for intent in report.intents) or "none",
        "job_ids": ", ".join(job.job_id for job in report.jobs if job.job_id) or "none",
        "estimate_usd": usd(total([intent.estimate_usd for intent in report.intents])),
        "jobs": markdown_table(rows, ["job", "id", "asked", "status", "records", "submitted"]),
    }
    if report.paused is not None:
        metadata["paused"] = report.paused
    if report.waiting_for_slots:
        metadata["note"] = (
            f"{report.waiting_for_slots} jobs wait for a free slot (the quota of running jobs); the sensor submits them"
        )
    first = next((job.job_id for job in report.jobs if job.job_id), None)
    if first is not None:
        metadata["dagster/uri"] = s3_uri(bucket, output_folder(first).rstrip("/"))
    return metadata
