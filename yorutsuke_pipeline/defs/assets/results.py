"""What the answers became: a workload's table of results (`transactions`)."""

from collections.abc import Sequence

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.failures import RETRY_TRANSIENT, clear_failures
from yorutsuke_pipeline.defs.metering import metered
from yorutsuke_pipeline.defs.resources import intent_of, stages_of
from yorutsuke_pipeline.defs.tables import Metadata, counted, markdown_table
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.layout import s3_uri
from yorutsuke_pipeline.engine.results import Ending, ResultsReport


def build_results(blueprint: Blueprint, days: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset over `days`."""

    @dg.asset(
        key=blueprint.key(blueprint.results.name),
        description=blueprint.results.description,
        partitions_def=days,
        deps=[blueprint.key("raw_output")],
        group_name=blueprint.name,
        kinds=set(blueprint.results.kinds),
        retry_policy=RETRY_TRANSIENT,
        required_resource_keys={blueprint.name},
    )
    def results(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        recorder = stages_of(context, blueprint).result_recorder
        with clear_failures():
            report = metered(recorder, context).record(parse_day(context.partition_key), only=intent_of(context))
        return dg.MaterializeResult(metadata=_metadata(report, recorder.objects.bucket, blueprint.results.columns))

    return results


def _metadata(report: ResultsReport, bucket: str, columns: Sequence[str]) -> Metadata:
    letters = [{"file": s3_uri(bucket, key)} for key in report.dead_letter_keys]
    return {
        "dagster/row_count": report.endings[Ending.ACCEPTED],
        "intents": ", ".join(intent.intent_id for intent in report.intents) or "none",
        "rejected": report.endings[Ending.REJECTED],
        "missing": report.endings[Ending.MISSING],
        "waiting_for_a_person": report.final_count,
        "kept_because_edited": report.kept_edited_count,
        "reasons": counted(report.rejects, name="reason"),
        "warnings": counted(report.warnings, name="warning"),
        "dead_letters": markdown_table(letters, ["file"]),
        "preview": markdown_table(report.preview, columns),
    }
