"""The quotas, the minimum of a batch job, and the budgets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.examination.finding import State
from yorutsuke_pipeline.aws.examination.limits import examine_budget, examine_minimum, examine_quotas
from yorutsuke_pipeline.engine.budgets import budgets_of
from yorutsuke_pipeline.engine.policy import Policy
from yorutsuke_pipeline.engine.quotas import SERVICE_QUOTAS, SETTINGS, Quotas
from yorutsuke_pipeline.engine.spending import Amounts
from yorutsuke_pipeline_tests.fakes.prices import NOVA_LITE, FixedPrices

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.cost import Price

POLICY = Policy(model_id="amazon.nova-lite-v1:0", role_arn="arn:aws:iam::123456789012:role/batch")


@pytest.mark.parametrize("name", ["budget_usd", "daily_budget_usd", "monthly_budget_usd"])
@pytest.mark.parametrize(
    ("budget", "price", "state"),
    [
        (None, NOVA_LITE, State.LOOK),
        (Decimal(5), NOVA_LITE, State.GOOD),
        (None, None, State.LOOK),
        (Decimal(5), None, State.MEND),
    ],
)
def test_a_budget_of_any_span_is_worth_setting_and_needs_a_price(
    name: str, budget: Decimal | None, price: Price | None, state: State
) -> None:
    limited: dict[str, Any] = {name: budget}

    assert examine_budget(replace(POLICY, **limited), FixedPrices(price), ()).state is state


def test_a_budget_that_is_used_up_is_worth_a_look_with_its_sums_and_what_makes_room_again() -> None:
    policy = replace(POLICY, daily_budget_usd=Decimal(1), monthly_budget_usd=Decimal(9))
    sums = {date(2026, 1, 9): Amounts(usd=Decimal("2.5")), date(2026, 1, 10): Amounts(usd=Decimal("1.0001"))}

    found = examine_budget(policy, FixedPrices(), budgets_of(policy).uses(date(2026, 1, 10), sums))

    assert found.state is State.LOOK
    assert "daily budget of 2026-01-10 in Tokyo: 1.0001 of 1 USD are spent or reserved" in found.found
    assert "monthly budget of 2026-01 in Tokyo: 3.5001 of 9 USD are spent or reserved" in found.found
    assert found.remedy == (
        "nothing more is submitted now: there is room again on another day, or with a higher YORUTSUKE_DAILY_BUDGET_USD"
    )


def test_a_budget_with_room_left_is_good_and_shows_its_sums() -> None:
    policy = replace(POLICY, daily_budget_usd=Decimal(1))

    found = examine_budget(policy, FixedPrices(), budgets_of(policy).uses(date(2026, 1, 10), {}))

    assert found.state is State.GOOD
    assert found.found.endswith("daily budget of 2026-01-10 in Tokyo: 0.0000 of 1 USD are spent or reserved")


@pytest.mark.parametrize(
    ("fewest", "is_embedded", "state"), [(100, False, State.GOOD), (3, False, State.LOOK), (3, True, State.GOOD)]
)
def test_a_minimum_that_is_set_below_the_services_own_is_worth_a_look(
    fewest: int,
    is_embedded: bool,  # noqa: FBT001 — a parameter of the test
    state: State,
) -> None:
    quotas = Quotas().told({"fewest_records": fewest}, SETTINGS)

    found = examine_minimum(replace(POLICY, quotas=quotas), quotas, is_embedded=is_embedded)

    assert found.state is state


def test_a_minimum_that_the_account_has_by_its_quota_is_good() -> None:
    found = examine_minimum(POLICY, Quotas().told({"fewest_records": 10}, SERVICE_QUOTAS), is_embedded=False)

    assert (found.state, found.found) == (
        State.GOOD,
        "jobs from 10 records on (Service Quotas); smaller days: on_demand",
    )


def test_the_limits_in_force_are_told_with_who_said_them() -> None:
    quotas = Quotas().told({"running_jobs": 20, "most_records": 7}, SERVICE_QUOTAS).told({"running_jobs": 5}, SETTINGS)

    found = examine_quotas(POLICY, quotas)

    assert found.state is State.GOOD
    assert found.found == (
        "records in a job 7 (Service Quotas); "
        "bytes in a file 900000000, bytes in a job 4500000000 (documented default); jobs at once 5 (settings)"
    )


def test_a_model_of_which_no_job_may_run_must_be_mended() -> None:
    found = examine_quotas(POLICY, Quotas().told({"running_jobs": 0}, SERVICE_QUOTAS))

    assert found.state is State.MEND
    assert found.found == "no batch job of amazon.nova-lite-v1:0 may run here (Service Quotas)"
    assert found.remedy.startswith("ask Service Quotas")


def test_quotas_that_could_not_be_asked_for_are_told_as_unchecked_with_what_to_do() -> None:
    found = examine_quotas(POLICY, Quotas(note="could not read the quotas: AccessDenied; allow it for the role"))

    assert (found.state, found.remedy) == (State.UNCHECKED, "allow it for the role")
    assert found.found.endswith("(documented default). Not known better: could not read the quotas: AccessDenied")
