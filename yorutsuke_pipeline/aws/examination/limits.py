"""What bounds a night by the settings alone: the minimum of a batch job, and the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yorutsuke_pipeline.aws.examination.finding import Finding, Look
from yorutsuke_pipeline.aws.failures import Target
from yorutsuke_pipeline.engine.quotas import Quotas

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.policy import Policy
    from yorutsuke_pipeline.engine.ports import PriceList

_SETTINGS = Target("the settings", "the settings (docs/settings.md)")
_MINIMUM, _BUDGET = Look("batch minimum", _SETTINGS, ""), Look("budget", _SETTINGS, "")


def examine_minimum(policy: Policy, *, is_embedded: bool) -> Finding:
    """Return from how many records on there are jobs. The service fails smaller ones, after it has accepted them."""
    documented, wanted = Quotas().fewest_records, policy.quotas.fewest_records
    if wanted < documented and not is_embedded:
        remedy = f"set YORUTSUKE_FEWEST_RECORDS to {documented}, unless your quota says otherwise"
        return _MINIMUM.worth_a_look(f"jobs from {wanted} records on; Bedrock fails those below {documented}", remedy)
    return _MINIMUM.good(f"jobs from {wanted} records on; smaller days: {policy.below_minimum}")


def examine_budget(policy: Policy, prices: PriceList) -> Finding:
    """Return what bounds a night's cost. With a budget and no price, every submission is refused."""
    price = prices.price(policy.model_id)
    if price is None:
        found = f"the price of {policy.model_id} is unknown"
        remedy = "set YORUTSUKE_PRICE_INPUT and YORUTSUKE_PRICE_OUTPUT"
        return _BUDGET.worth_a_look(found, remedy) if policy.budget_usd is None else _BUDGET.mend(found, remedy)
    if policy.budget_usd is None:
        return _BUDGET.worth_a_look("none: a night costs what it costs", "set YORUTSUKE_BUDGET_USD")
    return _BUDGET.good(f"{policy.budget_usd} USD for each intent")
