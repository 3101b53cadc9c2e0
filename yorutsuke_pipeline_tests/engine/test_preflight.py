"""A large batch: its first records are asked on demand, and what they show decides about the rest."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yorutsuke_pipeline.engine.batch_job import COMPLETED, WITHDRAWN, JobMode
from yorutsuke_pipeline.engine.cost import TokenUsage
from yorutsuke_pipeline.engine.errors import (
    BudgetExceededError,
    ConfigurationError,
    PreflightFailedError,
    TransientError,
)
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.ports import ModelRefusedError
from yorutsuke_pipeline.engine.preflight import Findings, Preflight, corrected_estimate, preflight_size
from yorutsuke_pipeline_tests.engine.interruptions import Interruption
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, FIRST, POLICY, Night, night_of, pictured
from yorutsuke_pipeline_tests.engine.sweeps import interrupt_everywhere, stall_everywhere
from yorutsuke_pipeline_tests.fakes.model import FakeModel
from yorutsuke_pipeline_tests.fakes.prices import NOVA_LITE, FixedPrices

CAREFUL = replace(POLICY, preflight_from=8, preflight_records=2)
OTHER_MODEL = "amazon.nova-pro-v1:0"
REFUSAL = ModelRefusedError(400, "ValidationException: Malformed input request")


def large_night(count: int = 9, *failures: Exception) -> Night:
    """Return a night large enough for a pre-flight, whose model first fails like that."""
    night = night_of(count, policy=CAREFUL)
    night.model = FakeModel(night.say, failures=failures)
    return night


def run_with_another_model(night: Night) -> None:
    """Let the night go on to its end with a model that answers, and that is another."""
    night.model = FakeModel(night.say)
    night.policy = replace(CAREFUL, model_id=OTHER_MODEL)
    night.run_until_settled()
    check_settled(night)


def statuses(night: Night) -> list[str]:
    return [job.status for job in night.ledger.jobs(FIRST)]


@pytest.mark.parametrize(("waiting", "size"), [(7, 0), (8, 2), (100_000, 2)])
def test_only_a_large_batch_has_a_pre_flight(waiting: int, size: int) -> None:
    assert preflight_size(waiting, CAREFUL) == size
    assert preflight_size(waiting, replace(CAREFUL, preflight_from=0)) == 0


def test_a_pre_flight_never_leaves_the_rest_below_the_services_minimum() -> None:
    eager = replace(CAREFUL, preflight_from=1)

    assert [preflight_size(waiting, eager) for waiting in (4, 5)] == [0, 2]


def test_the_first_records_are_asked_on_demand_before_any_job_is_created() -> None:
    night, created = large_night(), []
    night.model = FakeModel(lambda body: created.append(night.service.asked_count) or night.say(body))  # type: ignore[func-returns-value]
    night.stages().manifest.write(DAY)

    report = night.stages().submitter.submit(DAY)

    assert [(job.mode, job.record_count) for job in report.jobs] == [
        (JobMode.ON_DEMAND, 2),
        (JobMode.BATCH, 4),
        (JobMode.BATCH, 3),
    ]
    assert created == [0, 0]
    assert sorted(pictured(body) for body in night.model.asked) == ["img-1", "img-2"]
    assert len(night.service.requests) == 2


def test_their_answers_become_transactions_and_nothing_is_asked_twice() -> None:
    night = large_night()

    night.run_until_settled()

    check_settled(night)
    assert len(night.table.rows) == 9
    assert list(night.ledger.intents) == [FIRST]
    assert [job.usage for job in night.ledger.jobs(FIRST)] == [
        TokenUsage(2_000, 200),
        TokenUsage(4_000, 400),
        TokenUsage(3_000, 300),
    ]
    paid = NOVA_LITE.cost(TokenUsage(2_000, 200), batch=False) + NOVA_LITE.cost(TokenUsage(7_000, 700), batch=True)
    assert night.ledger.intents[FIRST].cost_usd == paid
    assert night.ledger.intents[FIRST].on_demand_usd == NOVA_LITE.cost(TokenUsage(9_000, 900), batch=False)


def test_what_they_really_took_corrects_the_estimate() -> None:
    night = large_night()
    sealed = night.stages().manifest.write(DAY).intent
    assert sealed is not None

    night.stages().submitter.submit(DAY)

    intent = night.ledger.intents[FIRST]
    assert intent.preflight is not None
    assert intent.preflight.usage == TokenUsage(2_000, 200)
    assert intent.estimate_usd not in {None, sealed.estimate_usd}
    assert night.spending_book.entries[FIRST].amounts.usd == intent.estimate_usd


def test_a_budget_that_only_the_corrected_estimate_passes_stops_before_any_job_and_goes_on_when_raised() -> None:
    night = large_night()
    before = night.stages().manifest.write(DAY).intent
    assert before is not None
    assert before.estimate_usd is not None
    night.model = FakeModel(expensive(night))
    night.policy = replace(CAREFUL, budget_usd=before.estimate_usd * 2)
    for _ in range(2):
        with pytest.raises(BudgetExceededError, match="no job was submitted"):
            night.submit()
    assert (night.service.asked_count, len(night.model.asked)) == (0, 2)

    night.policy = CAREFUL
    night.run_until_settled()

    assert (night.service.asked_count, len(night.model.asked)) == (2, 2)
    check_settled(night)


def test_an_estimate_that_was_too_high_does_not_stop_what_fits() -> None:
    night = large_night()
    estimate = night.stages().manifest.write(DAY).intent
    night = large_night()
    assert estimate is not None
    assert estimate.estimate_usd is not None
    night.model = FakeModel(cheap(night))
    night.policy = replace(CAREFUL, budget_usd=estimate.estimate_usd / 2)

    night.submit()

    assert len(night.service.requests) == 2


def expensive(night: Night) -> Any:  # noqa: ANN401 — a model's voice
    return lambda body: {**night.say(body), "usage": {"inputTokens": 500_000, "outputTokens": 5_000}}


def cheap(night: Night) -> Any:  # noqa: ANN401 — as above
    return lambda body: {**night.say(body), "usage": {"inputTokens": 100, "outputTokens": 10}}


def test_a_batch_whose_first_records_all_fail_creates_no_job_and_says_what_the_model_said() -> None:
    night = large_night(9, REFUSAL, REFUSAL)

    with pytest.raises(PreflightFailedError, match=r"none of 2 records.*Malformed input.*YORUTSUKE_MODEL_ID"):
        night.submit()

    assert night.service.asked_count == 0
    assert statuses(night) == [COMPLETED, WITHDRAWN, WITHDRAWN]
    assert night.ledger.intents[FIRST].status is IntentStatus.SUBMITTED


def test_after_a_failed_pre_flight_the_records_are_back_in_line_and_the_day_is_red() -> None:
    night = large_night(9, REFUSAL, REFUSAL)
    with pytest.raises(PreflightFailedError):
        night.submit()

    first, *_ = night.run_until_settled()

    check_settled(night)
    assert first.results.endings == {"rejected": 2, "missing": 7}
    assert [job.status for job in first.archive.bad_endings] == [WITHDRAWN] * 2
    assert len(night.table.rows) == 9


def test_one_answer_is_enough_to_go_on() -> None:
    night = large_night(9, REFUSAL)

    night.run_until_settled()

    check_settled(night)
    assert night.service.asked_count == 2


def test_a_model_that_cannot_be_asked_at_all_costs_no_attempt_and_can_be_mended() -> None:
    night = large_night(9, *[ConfigurationError("no access to the model")] * 2)
    with pytest.raises(ConfigurationError):
        night.submit()

    run_with_another_model(night)

    assert [intent.record_count for intent in night.ledger.intents.values()] == [0, 9]


def test_a_model_that_is_changed_after_a_pre_flight_over_budget_is_the_one_that_is_asked_the_rest() -> None:
    night = large_night()
    night.model = FakeModel(expensive(night))
    night.policy = replace(CAREFUL, budget_usd=Decimal("0.05"))
    with pytest.raises(BudgetExceededError):
        night.submit()

    run_with_another_model(night)

    assert {request.model_id for request in night.service.requests.values()} == {OTHER_MODEL}
    assert len(night.table.rows) == 9


def test_where_all_first_answers_got_lost_no_job_is_created() -> None:
    night = large_night()
    night.model = FakeModel(night.say, failures=[TransientError("timeout")] * 2, after_effect=True)
    for _ in range(2):
        with suppress(TransientError):
            night.submit()

    with pytest.raises(PreflightFailedError, match="nothing is known of the records that were asked first"):
        night.submit()

    assert night.service.asked_count == 0
    night.run_until_settled()
    check_settled(night)


def test_a_price_that_is_unknown_leaves_the_estimate_unknown() -> None:
    night = large_night()
    night.prices = FixedPrices(None)

    night.run_until_settled()

    assert night.ledger.intents[FIRST].estimate_usd is None
    assert len(night.table.rows) == 9


@given(st.integers(1, 5), st.integers(1, 10**6), st.integers(0, 10**4))
def test_a_corrected_estimate_is_at_least_what_the_first_records_foretell(answered: int, asked: int, said: int) -> None:
    estimate, preflight = Decimal(10), Preflight(5, Decimal("0.01"))
    usage = TokenUsage(asked, said)

    corrected = corrected_estimate(estimate, preflight, _findings(answered, usage), NOVA_LITE)

    paid = NOVA_LITE.cost(usage, batch=False)
    foretold = paid / answered / (Decimal("0.01") / 5) * (estimate - Decimal("0.01"))
    assert corrected is not None
    assert paid + foretold - Decimal("1e-9") <= corrected
    assert corrected <= paid + max(foretold * Decimal("1.2"), estimate) + Decimal("1e-9")


def _findings(answered: int, usage: TokenUsage) -> Findings:
    return Findings(answered, usage, Counter())


def sealed_large_night(*failures: Exception) -> Night:
    night = large_night(8, *failures)
    night.stages().manifest.write(DAY)
    return night


@pytest.mark.parametrize("failures", [(), (REFUSAL, REFUSAL)], ids=["answered", "refused"])
@pytest.mark.parametrize("interruption", Interruption)
def test_a_pre_flight_interrupted_at_any_call_is_finished_by_running_it_again(
    interruption: Interruption, failures: tuple[Exception, ...]
) -> None:
    def settle(night: Night) -> None:
        with suppress(PreflightFailedError):
            night.run()
        night.run_until_settled()

    made = interrupt_everywhere(
        interruption,
        lambda: sealed_large_night(*failures),
        lambda _, stages: stages.submitter.submit(DAY),
        settle,
    )

    assert made > 20


def test_a_run_that_stalls_at_any_call_of_a_pre_flight_does_no_harm_when_it_wakes() -> None:
    def meanwhile(night: Night) -> None:
        night.arrive("img-late")
        night.run()

    assert stall_everywhere(sealed_large_night, lambda _, stages: stages.submitter.submit(DAY), meanwhile) > 20
