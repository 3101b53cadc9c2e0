"""The minimum of a batch job, and the budget."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.aws.examination.finding import State
from yorutsuke_pipeline.aws.examination.limits import examine_budget, examine_minimum
from yorutsuke_pipeline.engine.policy import Policy
from yorutsuke_pipeline.engine.quotas import Quotas
from yorutsuke_pipeline_tests.fakes.prices import NOVA_LITE, FixedPrices

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.cost import Price

POLICY = Policy(model_id="amazon.nova-lite-v1:0", role_arn="arn:aws:iam::123456789012:role/batch")


@pytest.mark.parametrize(
    ("budget", "price", "state"),
    [
        (None, NOVA_LITE, State.LOOK),
        (Decimal(5), NOVA_LITE, State.GOOD),
        (None, None, State.LOOK),
        (Decimal(5), None, State.MEND),
    ],
)
def test_a_budget_is_worth_setting_and_needs_a_price(budget: Decimal | None, price: Price | None, state: State) -> None:
    assert examine_budget(replace(POLICY, budget_usd=budget), FixedPrices(price)).state is state


@pytest.mark.parametrize(
    ("fewest", "is_embedded", "state"), [(100, False, State.GOOD), (3, False, State.LOOK), (3, True, State.GOOD)]
)
def test_a_minimum_below_the_services_own_is_worth_a_look(fewest: int, is_embedded: bool, state: State) -> None:  # noqa: FBT001 — a parameter of the test
    policy = replace(POLICY, quotas=Quotas(fewest_records=fewest))

    assert examine_minimum(policy, is_embedded=is_embedded).state is state
