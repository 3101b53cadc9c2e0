"""The checks of a day: jobs ended well, every claimed record accounted for, few failures, cost within the estimate."""

import dagster as dg

from yorutsuke_pipeline.defs.tables import usd
from yorutsuke_pipeline.engine.day_account import MOST_FAILURES, DayAccounts
from yorutsuke_pipeline.engine.days import parse_day


def build_day_checks(days: dg.PartitionsDefinition[str]) -> list[dg.AssetChecksDefinition]:
    """Return the checks over `days`."""

    @dg.asset_check(asset="archived_images", partitions_def=days)
    def every_record_accounted_for(
        context: dg.AssetCheckExecutionContext,
        day_accounts: dg.ResourceParam[DayAccounts],
    ) -> dg.AssetCheckResult:
        """Each claimed image ended once: as a transaction, or rejected, refused or missing and back in line."""
        account = day_accounts.of(parse_day(context.partition_key))
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

    @dg.asset_check(asset="transactions", partitions_def=days)
    def failures_at_most_five_percent(
        context: dg.AssetCheckExecutionContext,
        day_accounts: dg.ResourceParam[DayAccounts],
    ) -> dg.AssetCheckResult:
        """At most 5 % of the day's claimed images ended without a transaction."""
        account = day_accounts.of(parse_day(context.partition_key))
        return dg.AssetCheckResult(
            passed=account.failure_share <= MOST_FAILURES,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={
                "failure_percent": round(100 * account.failure_share, 2),
                "not_accepted": account.failure_count,
                "claimed": account.claimed_count,
            },
        )

    @dg.asset_check(asset="raw_output", partitions_def=days)
    def cost_within_estimate(
        context: dg.AssetCheckExecutionContext,
        day_accounts: dg.ResourceParam[DayAccounts],
    ) -> dg.AssetCheckResult:
        """The day cost no more than was estimated before it was paid for. An unknown price does not pass."""
        account = day_accounts.of(parse_day(context.partition_key))
        return dg.AssetCheckResult(
            passed=account.is_within_estimate is True,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"estimate_usd": usd(account.estimate_usd), "cost_usd": usd(account.cost_usd)},
        )

    @dg.asset_check(asset="raw_output", partitions_def=days)
    def jobs_ended_well(
        context: dg.AssetCheckExecutionContext,
        day_accounts: dg.ResourceParam[DayAccounts],
    ) -> dg.AssetCheckResult:
        """No job of the last intent ended badly; red even where a run was killed before it could fail the day."""
        account = day_accounts.of(parse_day(context.partition_key))
        endings = "; ".join(
            f"{job.job_name} {job.status}: {job.message or 'no message'}" for job in account.bad_endings
        )
        return dg.AssetCheckResult(
            passed=not account.bad_endings,
            metadata={"jobs": len(account.last_jobs), "ended_badly": endings or "none"},
        )

    return [jobs_ended_well, every_record_accounted_for, failures_at_most_five_percent, cost_within_estimate]
