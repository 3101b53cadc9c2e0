"""manifest: which records an intent asks about, and the files that ask it. The commit point."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.failures import RETRY_TRANSIENT, clear_failures
from yorutsuke_pipeline.defs.metering import metered
from yorutsuke_pipeline.defs.resources import intent_of, stages_of
from yorutsuke_pipeline.defs.tables import Metadata, counted, markdown_table, usd
from yorutsuke_pipeline.engine.cost import total
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
        manifests = stages_of(context, blueprint).day_manifests
        writer = metered(manifests.writer, context)
        with clear_failures():
            reports = replace(manifests, writer=writer).write(parse_day(context.partition_key), only=intent_of(context))
        return dg.MaterializeResult(metadata=_metadata(reports, writer.objects.bucket, blueprint))

    return manifest


def _metadata(reports: Sequence[ManifestReport], bucket: str, blueprint: Blueprint) -> Metadata:
    intents = [report.intent for report in reports if report.intent is not None]
    left_waiting = sum(report.left_waiting for report in reports)
    if not intents:
        note = "nothing was waiting"
        if left_waiting:
            few = f"{left_waiting} {blueprint.nouns}"
            note = f"{few} are too few for a batch job and wait for more (below_minimum=skip)"
        return {"dagster/row_count": 0, "note": note}
    jobs = [job for report in reports for job in report.jobs]
    rows = [
        {"part": s3_uri(bucket, job.part_key), "asked": job.mode, "records": job.record_count, "bytes": job.input_bytes}
        for job in jobs
    ]
    rejects = sum((report.rejects for report in reports), Counter[str]())
    metadata: Metadata = {
        "dagster/row_count": sum(intent.record_count for intent in intents),
        "intent": ", ".join(intent.intent_id for intent in intents),
        "state": ", ".join(sorted({str(intent.status) for intent in intents})),
        "model": ", ".join(sorted({intent.model_id for intent in intents})),
        "rejected": sum(intent.rejected_count for intent in intents),
        "bytes": sum(intent.input_bytes for intent in intents),
        "estimate_usd": usd(total([intent.estimate_usd for intent in intents])),
        "asked_first": sum(intent.preflight.record_count for intent in intents if intent.preflight is not None),
        "reasons": counted(rejects, name="reason"),
        "parts": markdown_table(rows, ["part", "asked", "records", "bytes"]),
    }
    notes = [f"{intent.intent_id}: {intent.note}" for intent in intents if intent.note is not None]
    if notes:
        metadata["note"] = "; ".join(notes)
    quotas = next((report.quotas for report in reports if report.quotas is not None), None)
    if quotas is not None:
        metadata["quotas"] = _quota_table(quotas)
        if quotas.note is not None:
            metadata["quotas_note"] = quotas.note
    if jobs:
        metadata["dagster/uri"] = s3_uri(bucket, jobs[0].part_key)
    rejected = [intent.intent_id for intent in intents if intent.rejected_count]
    if rejected:
        metadata["dead_letters"] = ", ".join(s3_uri(bucket, dead_letters_key(name)) for name in rejected)
    return metadata


def _quota_table(quotas: Quotas) -> dg.MarkdownMetadataValue:
    """Show the limits that the parts were made by, and where each number came from."""
    rows = [{"quota": name, "value": getattr(quotas, name), "from": quotas.origin(name)} for name in SHOWN]
    return markdown_table(rows, ["quota", "value", "from"])
