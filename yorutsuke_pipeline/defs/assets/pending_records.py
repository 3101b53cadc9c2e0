"""What waits: the first asset of a workload (`pending_images`). Reads, and takes in what orders of the day ask for."""

from collections.abc import Mapping

import dagster as dg

from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.failures import RETRY_TRANSIENT, clear_failures
from yorutsuke_pipeline.defs.resources import intent_of, stages_of
from yorutsuke_pipeline.defs.tables import Metadata, counted, markdown_table
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.pending_summary import summarise_pending


def build_pending_records(blueprint: Blueprint, days: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset over `days`."""
    face, groups = blueprint.pending, blueprint.waits_for

    @dg.asset(
        key=blueprint.key(face.name),
        description=face.description,
        partitions_def=days,
        group_name=blueprint.name,
        kinds=set(face.kinds),
        retry_policy=RETRY_TRANSIENT,
        required_resource_keys={blueprint.name},
    )
    def pending_records(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        day, stages = parse_day(context.partition_key), stages_of(context, blueprint)
        with clear_failures():
            fed = stages.feeder.feed(day, only=intent_of(context))
            waiting = stages.line.pending.pending(day)
            summary = summarise_pending(
                waiting, since=blueprint.waits_since, by=groups and groups[0], columns=face.columns
            )
        age = summary.oldest_age(SystemClock().now())
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": summary.waiting_count,
                "already_claimed": summary.claimed_count,
                "of_which_retries": summary.retry_count,
                "bytes": summary.byte_count,
                "oldest": summary.oldest or "none",
                "oldest_age_hours": "unknown" if age is None else round(age.total_seconds() / 3600, 1),
                **_grouped(groups, summary.waiting_by),
                "put_in_line": counted(fed, name="order"),
                "preview": markdown_table(summary.preview, face.columns),
            },
        )

    return pending_records


def _grouped(groups: tuple[str, str, str] | None, waiting_by: Mapping[str, int]) -> Metadata:
    if groups is None:
        return {}
    _, one, several = groups
    return {several: len(waiting_by), f"by_{one}": counted(waiting_by, name=one)}
