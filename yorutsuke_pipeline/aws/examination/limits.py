"""What bounds a night: the quotas of batch jobs, their minimum, and the budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.examination.finding import Finding, Look, State
from yorutsuke_pipeline.aws.failures import Target
from yorutsuke_pipeline.engine.quotas import SHOWN, Quotas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.engine.budgets import BudgetUse
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import PriceList

_SETTINGS = Target("the settings", "the settings (docs/settings.md)")
_MINIMUM, _BUDGET = Look("batch minimum", _SETTINGS, ""), Look("budget", _SETTINGS, "")
SPENDING = Look("budget", Target("what is spent", "YORUTSUKE_ENV"), "dynamodb:Query")
_QUOTAS = Look("quotas", Target("Service Quotas", "YORUTSUKE_RUNNING_JOBS"), "servicequotas:ListServiceQuotas")


def examine_quotas(policy: Policy, quotas: Quotas) -> Finding:
    """Return the numbers in force, and who said them. Without a slot for jobs no night is ever submitted."""
    if quotas.running_jobs <= 0:
        return _QUOTAS.mend(
            f"no batch job of {policy.model_id} may run here ({quotas.origin('running_jobs')})",
            "ask Service Quotas for more 'Sum of in-progress and submitted batch inference jobs', or set "
            "YORUTSUKE_MODEL_ID or AWS_REGION to where there is one",
        )
    found = _in_words(quotas)
    if quotas.note is None:
        return _QUOTAS.good(found)
    why, _, remedy = quotas.note.rpartition("; ")
    return Finding(_QUOTAS.check, State.UNCHECKED, f"{found}. Not known better: {why or quotas.note}", remedy)


def _in_words(quotas: Quotas) -> str:
    """Return the limits by who said them: `jobs at once 20 (Service Quotas)`."""
    words = {
        "most_records": f"records in a job {quotas.most_records}",
        "part_bytes": f"bytes in a file {quotas.part_bytes}",
        "job_bytes": f"bytes in a job {quotas.job_bytes}",
        "running_jobs": f"jobs at once {quotas.running_jobs}",
    }
    by_origin: dict[str, list[str]] = {}
    for name in (name for name in SHOWN if name in words):
        by_origin.setdefault(quotas.origin(name), []).append(words[name])
    return "; ".join(f"{', '.join(limits)} ({origin})" for origin, limits in by_origin.items())


def examine_minimum(policy: Policy, quotas: Quotas, *, is_embedded: bool) -> Finding:
    """Return from how many records on there are jobs. The service fails smaller ones, after it has accepted them."""
    documented, wanted = Quotas().fewest_records, quotas.fewest_records
    if policy.quotas.fewest_records < documented and not is_embedded:
        remedy = f"set YORUTSUKE_FEWEST_RECORDS to {documented}, unless your quota says otherwise"
        return _MINIMUM.worth_a_look(f"jobs from {wanted} records on; Bedrock fails those below {documented}", remedy)
    return _MINIMUM.good(
        f"jobs from {wanted} records on ({quotas.origin('fewest_records')}); smaller days: {policy.below_minimum}"
    )


def examine_budget(policy: Policy, prices: PriceList, uses: Sequence[BudgetUse]) -> Finding:
    """Return what bounds the cost. With a budget and no price, or one that is used up, every submission is refused.

    Args:
        policy: Has the budgets.
        prices: What tokens cost.
        uses: How far the budgets of a day and a month are used up now, as far as that is known.
    """
    limits = {"an intent": policy.budget_usd, "a day": policy.daily_budget_usd, "a month": policy.monthly_budget_usd}
    budgets = [f"{limit} USD for {what}" for what, limit in limits.items() if limit is not None]
    price = prices.price(policy.model_id)
    if price is None:
        found = f"the price of {policy.model_id} is unknown"
        remedy = "set YORUTSUKE_PRICE_INPUT and YORUTSUKE_PRICE_OUTPUT"
        return _BUDGET.mend(found, remedy) if budgets else _BUDGET.worth_a_look(found, remedy)
    if not budgets:
        remedy = "set YORUTSUKE_BUDGET_USD, YORUTSUKE_DAILY_BUDGET_USD or YORUTSUKE_MONTHLY_BUDGET_USD"
        return _BUDGET.worth_a_look("none: a night costs what it costs", remedy)
    found = "; ".join([", ".join(budgets), *map(str, uses)])
    full = [use for use in uses if use.is_exhausted]
    if full:
        room = " and ".join(f"{use.next_room}, or with a higher {use.setting}" for use in full)
        return _BUDGET.worth_a_look(found, f"nothing more is submitted now: there is room again {room}")
    return _BUDGET.good(found)
