"""What becomes of records that are done: a workload's last asset (`archived_images`), which closes intents."""

from collections.abc import Mapping
from datetime import date

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.failures import RETRY_TRANSIENT, clear_failures
from yorutsuke_pipeline.defs.metering import metered
from yorutsuke_pipeline.defs.resources import intent_of, stages_of
from yorutsuke_pipeline.defs.tables import Metadata, counted, markdown_table, usd
from yorutsuke_pipeline.engine.archive import ArchiveReport
from yorutsuke_pipeline.engine.cost import total
from yorutsuke_pipeline.engine.cost_table import COST_COLUMNS, cost_rows
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.errors import YorutsukeError
from yorutsuke_pipeline.engine.intent import ResultStats
from yorutsuke_pipeline.engine.layout import archive_folder
from yorutsuke_pipeline.engine.spending import Amounts, Spending
from yorutsuke_pipeline.engine.terms import command

_FAILS = "Fails, after all that, if a job of the day ended badly: what was answered is kept, the rest is back in line."


def build_closed_intents(blueprint: Blueprint, days: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """Return the asset over `days`."""

    @dg.asset(
        key=blueprint.key(blueprint.last.name),
        description=f"{blueprint.last.description}\n\n{_FAILS}",
        partitions_def=days,
        deps=[blueprint.key(blueprint.results.name)],
        group_name=blueprint.name,
        kinds=set(blueprint.last.kinds),
        retry_policy=RETRY_TRANSIENT,
        required_resource_keys={blueprint.name},
    )
    def closed_intents(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        day, stages = parse_day(context.partition_key), stages_of(context, blueprint)
        with clear_failures():
            report = metered(stages.archiver, context).archive(day, only=intent_of(context))
        month = _month(context, stages.spending, report)
        metadata = _metadata(report, day, has_sources=stages.line.workload.source_prefix is not None)
        if month:
            metadata["month"] = f"{next(iter(month)):%Y-%m}"
            metadata["costs_of_the_month"] = markdown_table(cost_rows(month), COST_COLUMNS)
        if report.bad_endings:
            raise dg.Failure(
                description=_bad_ending(report, day, blueprint.name), metadata=metadata, allow_retries=False
            )
        return dg.MaterializeResult(metadata=metadata)

    return closed_intents


def _month(context: dg.AssetExecutionContext, spending: Spending, report: ArchiveReport) -> Mapping[date, Amounts]:
    """Return what the month cost; nothing where that cannot be read, since the intents are closed by now."""
    try:
        return spending.month_of(report.closed[-1]) if report.closed else {}
    except YorutsukeError as error:
        context.log.warning("what the month cost could not be read: %s", error)
        return {}


def _metadata(report: ArchiveReport, day: date, *, has_sources: bool) -> Metadata:
    results = [(intent, intent.result or ResultStats(0, 0)) for intent in report.closed]
    rows = [
        {
            "intent": intent.intent_id,
            "accepted": result.success_count,
            "not accepted": result.failure_count,
            "estimate USD": intent.estimate_usd,
            "cost USD": intent.cost_usd,
            "on demand USD": intent.on_demand_usd,
        }
        for intent, result in results
    ]
    success_count = sum(result.success_count for _, result in results)
    archive: Metadata = {
        "dagster/row_count": report.archived_count,
        "archive": archive_folder(day),
        "not_archived": counted(report.failures, name="reason"),
    }
    return {
        **(archive if has_sources else {"dagster/row_count": success_count}),
        "successCount": success_count,
        "failureCount": sum(result.failure_count for _, result in results),
        "totalCount": sum(result.total_count for _, result in results),
        "cost_usd": usd(total([intent.cost_usd for intent in report.closed])),
        "on_demand_usd": usd(total([intent.on_demand_usd for intent in report.closed])),
        **{f"published_{word}": count for word, count in report.published.items()},
        "intents": markdown_table(
            rows, ["intent", "accepted", "not accepted", "estimate USD", "cost USD", "on demand USD"]
        ),
    }


def _bad_ending(report: ArchiveReport, day: date, workload: str) -> str:
    said = [(job, (job.message or "").rstrip(".")) for job in report.bad_endings]
    jobs = "; ".join(f"{job.job_name} {job.status}{f': {message}' if message else ''}" for job, message in said)
    return f"{jobs}. What was answered is kept, the rest is back in line; to ask again about just that: " + command(
        workload, f"retry-failed --from {day.isoformat()} --to {day.isoformat()}"
    )
