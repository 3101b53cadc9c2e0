"""A trial that is given up is not paid for any more, and its reservation becomes what it has cost."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.engine.errors import LostRaceError, PermanentError, SubmissionRefusedError
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.spending import Amounts
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.nights import DAY, Night, pictured, with_quotas
from yorutsuke_pipeline_tests.engine.trials.stages import TRIAL, asked, ended_night, trials
from yorutsuke_pipeline_tests.fakes.batch_service import CreateAnswer, FakeBatchService
from yorutsuke_pipeline_tests.fakes.model import FakeModel
from yorutsuke_pipeline_tests.fakes.prices import FixedPrices

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.intent import Intent

ANOTHER_MODEL = "amazon.nova-lite-v1:0"


def discard(night: Night) -> None:
    rules = trials(night)
    rules.discard(rules.named(TRIAL))


def seal_another(night: Night) -> None:
    trials(night, model_id=ANOTHER_MODEL, most=1).seal(DAY)


def sealed_trial(night: Night, most: int | None) -> Intent:
    sealed = trials(night, most=most).seal(DAY)
    assert sealed is not None
    return sealed


def killed_at(name: str, night: Night, most: int) -> None:
    """Let a trial be asked until the process dies at the first call of that name."""
    quiet, twin = Calls(), ended_night(4)
    trials(twin, most=most, wrap=quiet.watch).ask(sealed_trial(twin, most))
    sealed = sealed_trial(night, most)
    with pytest.raises(Killed):
        trials(night, most=most, wrap=Calls(quiet.number_of(name), Interruption.KILL).watch).ask(sealed)


def tried(action: Callable[[], object]) -> None:
    """Do something that may be refused because of what another does at the same time."""
    with suppress(LostRaceError, PermanentError):
        action()


def jobs_of_trial(night: Night) -> list[str]:
    return [request.job_name for request in night.service.requests.values() if request.job_name.startswith(TRIAL)]


def entry_of_trial(night: Night) -> Amounts:
    entry = night.spending_book.entries.get(TRIAL)
    return entry.amounts if entry is not None else Amounts()


@pytest.mark.parametrize("give_up", [discard, seal_another], ids=["discarded", "another is sealed"])
@pytest.mark.parametrize("is_priced", [True, False], ids=["priced", "of unknown price"])
@pytest.mark.parametrize("most", [2, 4], ids=["on demand", "batch"])
def test_given_up_at_any_call_of_a_run_that_asks_it_is_either_asked_or_closed(
    give_up: Callable[[Night], None], most: int, *, is_priced: bool
) -> None:
    reached, at = True, 0
    while reached:
        at += 1
        night = ended_night(4)
        if not is_priced:
            night.prices = FixedPrices(None)
        sealed, calls = sealed_trial(night, most), Calls(at, meanwhile=partial(tried, partial(give_up, night)))
        tried(partial(trials(night, most=most, wrap=calls.watch).ask, sealed))
        reached = calls.was_reached

        intent, spent = night.ledger.intents[TRIAL], entry_of_trial(night)
        if intent.status is IntentStatus.CLOSED:
            assert jobs_of_trial(night) == [], calls.interrupted
            assert spent.open_usd == 0, calls.interrupted
            if intent.usage is None:
                assert night.model.asked == [], calls.interrupted
                assert spent == Amounts(), calls.interrupted


def test_what_is_reserved_for_a_trial_that_was_refused_is_given_back_when_it_is_discarded() -> None:
    night = ended_night(4)
    sealed = sealed_trial(night, None)
    night.service = FakeBatchService([CreateAnswer.REFUSED], clock=night.clock)
    with pytest.raises(SubmissionRefusedError):
        trials(night).ask(sealed)
    assert entry_of_trial(night).open_usd == sealed.estimate_usd

    discard(night)

    assert entry_of_trial(night) == Amounts()
    assert jobs_of_trial(night) == []


def test_a_trial_that_is_half_asked_on_demand_is_settled_by_its_answers_when_it_is_discarded() -> None:
    whole = ended_night(4)
    cost = asked(whole, most=2).cost_usd
    night = ended_night(4)
    killed_at("written", night, most=2)
    assert len(night.model.asked) == 2

    discard(night)

    closed, spent = night.ledger.intents[TRIAL], entry_of_trial(night)
    assert (closed.status, closed.cost_usd) == (IntentStatus.CLOSED, cost)
    assert spent.usd == cost
    assert (spent.open_usd, spent.unpriced_count) == (Decimal(0), 0)


def test_of_an_answer_that_was_lost_nothing_is_known_and_the_others_are_settled() -> None:
    night = ended_night(4)
    killed_at("written", night, most=2)
    lost = next(key for key in night.objects.contents if "/answered/" in key)
    del night.objects.contents[lost]
    half = Decimal("0.000084")

    discard(night)

    assert entry_of_trial(night).usd == half


def test_killed_at_any_call_of_discarding_and_discarded_again_it_is_settled_once() -> None:
    reached, at = True, 0
    while reached:
        at += 1
        night = ended_night(4)
        killed_at("written", night, most=2)
        calls = Calls(at, Interruption.KILL)
        rules = trials(night, wrap=calls.watch)
        with suppress(Killed):
            rules.discard(night.ledger.intents[TRIAL])
        reached = calls.was_reached

        discard(night)

        assert night.ledger.intents[TRIAL].status is IntentStatus.CLOSED, calls.interrupted
        assert (entry_of_trial(night).usd, len(night.model.asked)) == (Decimal("0.000168"), 2), calls.interrupted


def test_a_run_that_is_asking_asks_about_nothing_more_once_its_trial_is_discarded() -> None:
    night = ended_night(12)
    night.policy = with_quotas(fewest_records=20, most_records=20)
    sealed, turn = sealed_trial(night, None), Lock()

    def say(body: dict[str, Any]) -> dict[str, Any]:
        # One after the other: those that were marked before it was discarded wait here for the end of that.
        with turn:
            if night.ledger.intents[TRIAL].is_open:
                discard(night)
        return night.say(body)

    night.model = FakeModel(say)
    with pytest.raises(LostRaceError, match="start the trial again"):
        trials(night).ask(sealed)

    # The runtime is asked four at once.
    assert 1 <= len(night.model.asked) <= 4
    assert len({pictured(body) for body in night.model.asked}) == len(night.model.asked)
    assert night.ledger.intents[TRIAL].status is IntentStatus.CLOSED


def test_a_half_asked_trial_whose_files_have_expired_is_settled_at_its_estimate() -> None:
    night = ended_night(4)
    killed_at("written", night, most=2)
    for key in [key for key in night.objects.contents if key.startswith("batch-")]:
        del night.objects.contents[key]

    discard(night)

    closed, spent = night.ledger.intents[TRIAL], entry_of_trial(night)
    assert (closed.status, closed.cost_usd) == (IntentStatus.CLOSED, None)
    assert spent.usd == closed.estimate_usd
    assert (spent.open_usd, spent.unpriced_count) == (Decimal(0), 1)


def test_a_trial_that_somebody_else_has_discarded_is_discarded() -> None:
    night = ended_night(4)
    sealed = sealed_trial(night, 2)
    discard(night)

    assert trials(night).discard(sealed).status is IntentStatus.CLOSED


def expire_rows(night: Night) -> None:
    for place in [place for place in night.ledger.rows if place[0] == TRIAL]:
        del night.ledger.rows[place]


def expire_files(night: Night) -> None:
    for key in [key for key in night.objects.contents if TRIAL in key]:
        del night.objects.contents[key]


@pytest.mark.parametrize("expire", [expire_rows, expire_files])
def test_a_trial_that_nobody_looked_at_until_its_answers_expired_says_so_and_is_discarded_at_its_estimate(
    expire: Callable[[Night], None],
) -> None:
    night = ended_night(4)
    trials(night).ask(sealed_trial(night, None))
    night.end_jobs()
    expire(night)

    with pytest.raises(PermanentError, match=f"cannot be read any more.*`yorutsuke trial discard {TRIAL}`"):
        trials(night).collect(night.ledger.intents[TRIAL])
    discard(night)

    closed, spent = night.ledger.intents[TRIAL], entry_of_trial(night)
    assert (closed.status, closed.cost_usd) == (IntentStatus.CLOSED, None)
    assert (spent.usd, spent.open_usd, spent.unpriced_count) == (closed.estimate_usd, Decimal(0), 1)


def test_a_trial_whose_files_have_expired_while_its_job_may_run_is_not_discarded() -> None:
    night = ended_night(4)
    trials(night).ask(sealed_trial(night, None))
    expire_files(night)

    with pytest.raises(PermanentError, match=f"yorutsuke jobs stop {TRIAL}"):
        discard(night)
