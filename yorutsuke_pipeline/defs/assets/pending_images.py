"""pending_images: the images that wait in a day. Pure reading."""

import dagster as dg

from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.defs.failures import RETRY_TRANSIENT, clear_failures
from yorutsuke_pipeline.defs.tables import counted, markdown_table
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.ports import PendingRecords
from yorutsuke_pipeline.workloads.receipts.pending_images import summarise_pending


def build_pending_images(days: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset over `days`."""

    @dg.asset(partitions_def=days, group_name="receipts", kinds={"dynamodb"}, retry_policy=RETRY_TRANSIENT)
    def pending_images(
        context: dg.AssetExecutionContext,
        pending_records: dg.ResourceParam[PendingRecords],
    ) -> dg.MaterializeResult[None]:
        """The receipt images of a day that wait to be read: a query on the day's index, nothing is changed."""
        day = parse_day(context.partition_key)
        with clear_failures():
            summary = summarise_pending(pending_records.pending(day))
        age = summary.oldest_age(SystemClock().now())
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": summary.waiting_count,
                "already_claimed": summary.claimed_count,
                "of_which_retries": summary.retry_count,
                "users": len(summary.waiting_by_user),
                "bytes": summary.byte_count,
                "oldest": summary.oldest or "none",
                "oldest_age_hours": "unknown" if age is None else round(age.total_seconds() / 3600, 1),
                "by_user": counted(summary.waiting_by_user, name="user"),
                "preview": markdown_table(summary.preview, ["imageId", "userId", "uploadedAt", "attempts"]),
            },
        )

    return pending_images
