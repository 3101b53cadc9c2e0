"""The checks of a day: jobs ended well, every claimed record accounted for, few failures, cost within the estimate."""

import dagster as dg

from yorutsuke_pipeline.blueprint import Blueprint
from yorutsuke_pipeline.defs.resources import stages_of
from yorutsuke_pipeline.defs.tables import usd
from yorutsuke_pipeline.engine.day_account import MOST_FAILURES, DayAccount
from yorutsuke_pipeline.engine.days import parse_day


def build_day_checks(blueprint: Blueprint, days: dg.PartitionsDefinition[str]) -> list[dg.AssetChecksDefinition]:
    """Return the checks over `days`."""
    last, results, raw = (blueprint.key(name) for name in (blueprint.last.name, blueprint.results.name, "raw_output"))

    def account_of(context: dg.AssetCheckExecutionContext) -> DayAccount:
        return stages_of(context, blueprint).day_accounts.of(parse_day(context.partition_key))

    @dg.asset_check(
        asset=dg.AssetKey(last),
        description=f"Each claimed {blueprint.noun} ended once: with a result, or rejected, refused or missing and "
        "back in line.",
        partitions_def=days,
        required_resource_keys={blueprint.name},
    )
    def every_record_accounted_for(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        account = account_of(context)
        return dg.AssetCheckResult(
            passed=account.adds_up,
            metadata={
                "claimed": account.claimed_count,
                "accepted": account.success_count,
                "not_accepted": account.failure_count,
                "unsettled_intents": ", ".join(account.unsettled) or "none",
                "stranded_claims": ", ".join(account.stranded[:20]) or "none",
            },
        )

    @dg.asset_check(
        asset=dg.AssetKey(results),
        description=f"At most 5 % of the day's claimed {blueprint.nouns} ended without a result.",
        partitions_def=days,
        required_resource_keys={blueprint.name},
    )
    def failures_at_most_five_percent(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        account = account_of(context)
        return dg.AssetCheckResult(
            passed=account.failure_share <= MOST_FAILURES,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={
                "failure_percent": round(100 * account.failure_share, 2),
                "not_accepted": account.failure_count,
                "claimed": account.claimed_count,
            },
        )

    @dg.asset_check(
        asset=dg.AssetKey(raw),
        description="The day cost no more than was estimated before it was paid for. An unknown price does not pass.",
        partitions_def=days,
        required_resource_keys={blueprint.name},
    )
    def cost_within_estimate(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        account = account_of(context)
        return dg.AssetCheckResult(
            passed=account.is_within_estimate is True,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"estimate_usd": usd(account.estimate_usd), "cost_usd": usd(account.cost_usd)},
        )

    @dg.asset_check(
        asset=dg.AssetKey(raw),
        description="No job of the last intent ended badly; red even where a run was killed before it could fail "
        "the day.",
        partitions_def=days,
        required_resource_keys={blueprint.name},
    )
    def jobs_ended_well(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        account = account_of(context)
        endings = "; ".join(
            f"{job.job_name} {job.status}: {job.message or 'no message'}" for job in account.bad_endings
        )
        return dg.AssetCheckResult(
            passed=not account.bad_endings,
            metadata={"jobs": len(account.last_jobs), "ended_badly": endings or "none"},
        )

    return [jobs_ended_well, every_record_accounted_for, failures_at_most_five_percent, cost_within_estimate]
