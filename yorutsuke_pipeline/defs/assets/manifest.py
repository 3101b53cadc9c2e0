"""manifest: which records an intent asks about, and the files that ask it. The commit point."""

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.failures import RETRY_TRANSIENT, clear_failures
from yorutsuke_pipeline.defs.metering import metered
from yorutsuke_pipeline.defs.resources import stages_of
from yorutsuke_pipeline.defs.tables import Metadata, counted, markdown_table, usd
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.layout import dead_letters_key, s3_uri
from yorutsuke_pipeline.engine.manifest import ManifestReport
from yorutsuke_pipeline.engine.quotas import SHOWN, Quotas


def build_manifest(blueprint: Blueprint, days: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset over `days`."""

    @dg.asset(
        key=blueprint.key("manifest"),
        description=f"The day's intent: {blueprint.nouns} claimed and checked, files written, cost estimated. "
        "Nothing is paid yet.",
        partitions_def=days,
        deps=[blueprint.key(blueprint.pending.name)],
        group_name=blueprint.name,
        kinds={"s3", "dynamodb"},
        retry_policy=RETRY_TRANSIENT,
        required_resource_keys={blueprint.name},
    )
    def manifest(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        manifest_writer = stages_of(context, blueprint).manifest_writer
        with clear_failures():
            report = metered(manifest_writer, context).write(parse_day(context.partition_key))
        return dg.MaterializeResult(metadata=_metadata(report, manifest_writer.objects.bucket, blueprint))

    return manifest


def _metadata(report: ManifestReport, bucket: str, blueprint: Blueprint) -> Metadata:
    intent = report.intent
    if intent is None:
        note = "nothing was waiting"
        if report.left_waiting:
            few = f"{report.left_waiting} {blueprint.nouns}"
            note = f"{few} are too few for a batch job and wait for more (below_minimum=skip)"
        return {"dagster/row_count": 0, "note": note}
    rows = [
        {"part": s3_uri(bucket, job.part_key), "asked": job.mode, "records": job.record_count, "bytes": job.input_bytes}
        for job in report.jobs
    ]
    metadata: Metadata = {
        "dagster/row_count": intent.record_count,
        "intent": intent.intent_id,
        "state": str(intent.status),
        "model": intent.model_id,
        "rejected": intent.rejected_count,
        "bytes": intent.input_bytes,
        "estimate_usd": usd(intent.estimate_usd),
        "asked_first": intent.preflight.record_count if intent.preflight is not None else 0,
        "reasons": counted(report.rejects, name="reason"),
        "parts": markdown_table(rows, ["part", "asked", "records", "bytes"]),
    }
    if report.quotas is not None:
        metadata["quotas"] = _quota_table(report.quotas)
        if report.quotas.note is not None:
            metadata["quotas_note"] = report.quotas.note
    if report.jobs:
        metadata["dagster/uri"] = s3_uri(bucket, report.jobs[0].part_key)
    if intent.rejected_count:
        metadata["dead_letters"] = s3_uri(bucket, dead_letters_key(intent.intent_id))
    return metadata


def _quota_table(quotas: Quotas) -> dg.MarkdownMetadataValue:
    """Show the limits that the parts were made by, and where each number came from."""
    rows = [{"quota": name, "value": getattr(quotas, name), "from": quotas.origin(name)} for name in SHOWN]
    return markdown_table(rows, ["quota", "value", "from"])
