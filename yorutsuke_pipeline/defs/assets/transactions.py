"""transactions: what the answers became."""

import dagster as dg

from yorutsuke_pipeline.defs.failures import RETRY_TRANSIENT, clear_failures
from yorutsuke_pipeline.defs.metering import metered
from yorutsuke_pipeline.defs.tables import Metadata, counted, markdown_table
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.layout import s3_uri
from yorutsuke_pipeline.engine.results import Ending, ResultRecorder, ResultsReport

# Ids and words of ours alone: what a receipt says, its merchant and amount, is for who may read the table.
_COLUMNS = ("transactionId", "imageId", "userId", "type", "category", "status", "warnings")


def build_transactions(days: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset over `days`."""

    @dg.asset(
        partitions_def=days,
        deps=["raw_output"],
        group_name="receipts",
        kinds={"dynamodb"},
        retry_policy=RETRY_TRANSIENT,
    )
    def transactions(
        context: dg.AssetExecutionContext,
        recorder: dg.ResourceParam[ResultRecorder],
    ) -> dg.MaterializeResult[None]:
        """Bookkeeping transactions in DynamoDB; answers that cannot be accepted go back in line with their reason."""
        with clear_failures():
            report = metered(recorder, context).record(parse_day(context.partition_key))
        return dg.MaterializeResult(metadata=_metadata(report, recorder.objects.bucket))

    return transactions


def _metadata(report: ResultsReport, bucket: str) -> Metadata:
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
        "preview": markdown_table(report.preview, _COLUMNS),
    }
