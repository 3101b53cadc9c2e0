"""The order desk: one wish is one order, whoever sends it and how often; and what a caller can do about it later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.errors import (
    BudgetExceededError,
    ConfigurationError,
    NothingToOrderError,
    OrderConflictError,
    PermanentError,
)
from yorutsuke_pipeline.engine.lateness import Lateness, Limits
from yorutsuke_pipeline.engine.orders import OrderStatus, Wanted
from yorutsuke_pipeline.engine.quotas import FixedQuotas
from yorutsuke_pipeline.engine.redriving import Verdict
from yorutsuke_pipeline.engine.retrying import day_waits
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.invariants import check_settled
from yorutsuke_pipeline_tests.engine.nights import DAY, POLICY, with_quotas
from yorutsuke_pipeline_tests.engine.ordered_nights import (
    ORDER_DAY,
    OrderedNight,
    OrderStages,
    ViolationsNight,
    images_night,
    named,
    selected,
    violations_night,
)
from yorutsuke_pipeline_tests.fakes.clock import FakeClock
from yorutsuke_pipeline_tests.fakes.prices import FixedPrices

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.orders import OrderState, Placed
    from yorutsuke_pipeline.engine.policy import Policy

ONE_TRY = replace(POLICY, max_attempts=1)


def stands(night: OrderedNight, name: str = "lunch-1") -> OrderState:
    state = night.desk.state(name)
    assert state is not None
    return state


def last_call(name: str, night: OrderedNight, act: Callable[[OrderStages], object]) -> int:
    """Return which call is the last of that name when this is done to a night."""
    calls = Calls()
    act(night.stages(calls.watch))
    return len(calls.names) - calls.names[::-1].index(name)


def asked(night: OrderedNight) -> list[str]:
    """Return of which images the model and the jobs were asked, each time."""
    bodies = [*night.model.asked]
    for key in list(night.objects.contents):
        if key.startswith("batch-output/job") and not key.endswith("manifest.json.out"):
            bodies += [line["modelInput"] for line in night.lines_of(key)]
    return sorted(map(night.asked_about, bodies))


def test_the_same_order_again_is_the_same_and_was_there() -> None:
    night = images_night(3)

    first, second = night.desk.place(named("img-1")), night.desk.place(named("img-1"))

    assert (first.cached, second.cached) == (False, True)
    assert (first.state, first.estimate) == (second.state, second.estimate)
    assert list(night.ledger.intents) == ["lunch-1"]


@pytest.mark.parametrize("call", ["create", "intent", "of"])
def test_of_the_same_order_from_two_desks_at_once_one_is_put(call: str) -> None:
    night = images_night(3)
    meanwhile: list[Placed] = []
    at = last_call(call, images_night(3), lambda stages: stages.desk.place(named("img-1")))
    calls = Calls(at, meanwhile=lambda: meanwhile.append(night.desk.place(named("img-1"))))

    mine = night.stages(calls.watch).desk.place(named("img-1"))

    assert [placed.cached for placed in meanwhile] == [False]
    assert mine.cached
    assert list(night.ledger.intents) == ["lunch-1"]


def test_an_order_of_a_wish_without_a_name_is_named_after_its_day_and_content() -> None:
    night = images_night(3)

    first, same, other = (
        night.desk.place(named(*images, name=None)).state.intent_id for images in (["img-1"], ["img-1"], ["img-2"])
    )
    night.clock.advance(timedelta(days=1))
    tomorrow = night.desk.place(named("img-1", name=None)).state.intent_id

    assert first.startswith("receipts-2026-01-10-r")
    assert first == same
    assert len({first, other, tomorrow}) == 3


def test_an_amount_written_in_two_ways_is_one_wish() -> None:
    night = violations_night(3)

    first, same = (night.desk.place(selected(2, budget_usd=Decimal(text))) for text in ("2", "2.00"))

    assert (first.cached, same.cached) == (False, True)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(named("img-2"), id="another image"),
        pytest.param(named("img-1", owner="user-2"), id="another owner"),
        pytest.param(named("img-1", fewest_records=9), id="another threshold"),
        pytest.param(named("img-1", model_id="amazon.nova-pro-v1:0"), id="another model"),
        pytest.param(named("img-1", budget_usd=Decimal(1)), id="another budget"),
    ],
)
def test_a_name_that_is_taken_by_another_wish_is_a_conflict(other: Wanted) -> None:
    night = images_night(3)
    night.desk.place(named("img-1"))

    with pytest.raises(OrderConflictError, match=r"lunch-1 .* choose another name"):
        night.desk.place(other)

    assert stands(night).owner == "user-1"


@pytest.mark.parametrize("name", ["receipts-2026-01-09-001", "lunch-2026-01-09-1234", "a b", "x" * 51, "a/b"])
def test_a_name_that_a_scheduled_intent_could_have_or_that_is_none_is_refused(name: str) -> None:
    night = images_night(1)

    with pytest.raises(ConfigurationError):
        night.desk.place(named("img-1", name=name))
    assert night.ledger.intents == {}


def test_a_model_that_cannot_be_asked_is_refused_before_anything_is_written() -> None:
    night = images_night(1)

    with pytest.raises(ConfigurationError):
        night.desk.place(named("img-1", model_id="no.such-model"))

    assert night.ledger.intents == {}


def test_what_passes_the_budget_of_the_deployment_is_refused_before_anything_is_written() -> None:
    night = images_night(2, policy=replace(POLICY, budget_usd=Decimal("0.0000001")))
    before = dict(night.objects.contents)

    with pytest.raises(BudgetExceededError, match="Raise YORUTSUKE_BUDGET_USD, then place another order"):
        night.desk.place(named("img-1"))

    assert (night.ledger.intents, night.objects.contents) == ({}, before)


def test_images_that_are_named_and_pass_their_orders_own_budget_are_refused_before_anything_is_written() -> None:
    night = images_night(2)
    before = dict(night.objects.contents)

    with pytest.raises(BudgetExceededError, match="Order less, or with a larger budget"):
        night.desk.place(named("img-1", budget_usd=Decimal("0.0000001")))

    assert (night.ledger.intents, night.objects.contents) == ({}, before)


def test_a_model_without_a_price_is_ordered_from_where_there_is_no_budget() -> None:
    night = images_night(1)
    night.prices = FixedPrices(None)

    placed = night.desk.place(named("img-1"))

    assert (placed.estimate.cost_usd, list(night.ledger.intents)) == (None, ["lunch-1"])


def test_a_workload_without_a_source_takes_no_selection() -> None:
    with pytest.raises(ConfigurationError, match="name the records"):
        images_night(1).desk.place(selected(1))


def test_an_image_named_twice_is_asked_once() -> None:
    night = images_night(2)

    placed = night.desk.place(named("img-1", "img-1", "img-2"))
    night.run_until_settled()

    assert placed.estimate.record_count == 2
    assert asked(night) == ["img-1", "img-2"]
    check_settled(night)


def test_a_violation_that_the_register_has_twice_is_asked_once() -> None:
    night = violations_night(3)
    night.register.rows.append(night.register.rows[0])

    night.desk.place(selected(4))
    night.run_until_settled()

    assert asked(night) == ["v-01", "v-02", "v-03"]
    check_settled(night)


def test_images_of_others_are_neither_counted_nor_asked() -> None:
    night = images_night(3, rows={"img-2": {"userId": "user-2", "s3Key": "uploads/user-2/img-2.png"}})

    placed = night.desk.place(named("img-1", "img-2", "no-such-image"))
    night.prepare()
    night.end_jobs()
    night.ingest()

    assert placed.estimate.record_count == 1
    assert (stands(night).processed, stands(night).total) == (1, 1)
    assert night.row("img-2")["status"] == "pending"
    assert "intentId" not in night.row("img-2")
    with pytest.raises(NothingToOrderError, match="none of the 1 records named waits"):
        night.desk.place(named("img-2", name="theirs"))


def test_images_that_an_intent_has_are_left_to_it_and_the_others_asked_though_they_wait_in_another_day() -> None:
    night = images_night(3)
    night.prepare(DAY)
    night.arrive("img-4")

    placed = night.desk.place(named("img-1", "img-4"))
    night.run_until_settled()

    assert (placed.estimate.record_count, placed.state.day) == (1, ORDER_DAY)
    assert asked(night) == ["img-1", "img-2", "img-3", "img-4"]
    assert stands(night).total == 1
    check_settled(night)


def test_the_nightly_run_that_comes_first_takes_the_images_and_the_order_is_over_with_none() -> None:
    night = images_night(3)
    night.desk.place(named("img-1"))

    night.prepare(DAY)
    night.run_until_settled()

    assert asked(night) == ["img-1", "img-2", "img-3"]
    assert (stands(night).status, stands(night).total) == (OrderStatus.COMPLETED, 0)
    check_settled(night)


def test_a_violation_that_was_rejected_is_asked_again_by_the_day_of_its_order() -> None:
    night = violations_night(3)
    night.answers["v-02"] = "no text at all"
    night.desk.place(selected(3))

    night.run()
    left = dict(night.row("v-02"))
    night.run()

    assert (left["orderedBy"], left["attempts"], left["pendingDate"]) == ("texts-1", 1, "2026-01-10")
    assert night.row("v-02")["intentId"] == "violations-2026-01-10-001"
    assert set(night.register.texts) == {"v-01", "v-02", "v-03"}


def test_an_order_that_nobody_submitted_is_given_up_when_it_is_stopped() -> None:
    night = images_night(3)
    night.desk.place(named("img-1"))

    state = night.desk.stop("lunch-1")
    night.run_until_settled()

    assert (state.status, state.message) == (OrderStatus.STOPPED, "stopped on request")
    assert stands(night).total == 0
    # The images were waiting before anybody ordered them, and are read with their day.
    assert asked(night) == ["img-1", "img-2", "img-3"]
    check_settled(night)


def lateness(night: OrderedNight) -> Lateness:
    """Return the rules of lateness, three days later."""
    limits = Limits(timedelta(hours=24), timedelta(hours=12), days_back=2, first_day=DAY)
    clock, book = FakeClock(night.clock.now() + timedelta(days=3)), FixedQuotas(night.policy.quotas)
    return Lateness(night.workload.name, night.policy, limits, night.ledger, night.pending, clock, book, night.switch)


def number_of_third_claim() -> int:
    night = violations_night(3)
    night.desk.place(selected(3))
    night.stages().feeder.feed(ORDER_DAY)
    return last_call("claim", night, lambda stages: stages.day_manifests.write(ORDER_DAY))


@pytest.mark.parametrize("is_claimed", [False, True], ids=["in line", "claimed, and a run died"])
def test_what_was_put_in_line_for_an_order_that_is_stopped_is_asked_by_no_night_but_by_the_next_order(
    is_claimed: bool,  # noqa: FBT001 — a case
) -> None:
    night = violations_night(3)
    night.desk.place(selected(3))
    night.stages().feeder.feed(ORDER_DAY)
    if is_claimed:
        dying = Calls(number_of_third_claim(), Interruption.KILL)
        with pytest.raises(Killed):
            night.stages(dying.watch).day_manifests.write(ORDER_DAY)

    night.desk.stop("texts-1")
    waits = day_waits(night.pending, night.ledger, "violations", ORDER_DAY)
    alerts = lateness(night).alerts()
    night.run()
    by_the_night = asked(night)
    night.desk.place(selected(3, name="texts-2"))
    night.run_until_settled()

    assert (by_the_night, waits, alerts) == ([], False, [])
    assert not night.ledger.intents["texts-1"].is_open
    assert set(night.ledger.intents) == {"texts-1", "texts-2"}
    assert asked(night) == ["v-01", "v-02", "v-03"]
    check_settled(night)


def test_an_order_that_is_prepared_is_given_up_and_gives_its_images_back() -> None:
    night = images_night(3)
    night.desk.place(named("img-1"))
    night.stages().day_manifests.write(ORDER_DAY)
    prepared = stands(night).status

    state = night.desk.stop("lunch-1")

    assert (prepared, state.status) == (OrderStatus.PREPARED, OrderStatus.STOPPED)
    assert "intentId" not in night.row("img-1")
    night.run_until_settled()
    check_settled(night)


def test_a_job_that_runs_is_stopped_at_the_service_and_what_it_answered_is_kept() -> None:
    night = images_night(3)
    night.desk.place(named("img-1", "img-2", "img-3"))
    night.prepare()

    night.desk.stop("lunch-1")
    status = night.service.states["job000000001"].status
    night.service.complete("job000000001", night.objects, night.say)
    night.end("Stopped", night.output("job000000001")[:1])
    night.ingest()

    assert status == "Stopping"
    assert (stands(night).status, stands(night).processed, stands(night).errors) == (OrderStatus.STOPPED, 1, 2)
    night.run_until_settled()
    check_settled(night)


def stopped_while_it_runs(*, answered: int, policy: Policy = POLICY, **answers: str) -> ViolationsNight:
    """Return a night with an order of three texts that was stopped, twice, after so many answers."""
    night = violations_night(3, policy=policy)
    night.answers |= {f"v-{number[1:]}": answer for number, answer in answers.items()}
    night.desk.place(selected(3))
    night.prepare()
    night.desk.stop("texts-1")
    night.desk.stop("texts-1")
    night.service.complete("job000000001", night.objects, night.say)
    if answered < 3:
        night.end("Stopped", night.output("job000000001")[:answered])
    night.ingest()
    return night


def test_what_a_stopped_job_leaves_of_a_selection_is_asked_by_no_night_but_by_the_next_order() -> None:
    night = stopped_while_it_runs(answered=1)
    state = stands(night, "texts-1")

    night.run()
    by_the_night = set(night.register.texts)
    night.desk.place(selected(3, name="texts-2"))
    night.run_until_settled()

    assert (state.status, state.processed, state.message) == (OrderStatus.STOPPED, 1, "stopped on request")
    assert by_the_night == {"v-01"}
    assert set(night.ledger.intents) == {"texts-1", "texts-2"}
    assert set(night.register.texts) == {"v-01", "v-02", "v-03"}
    check_settled(night)


def test_what_a_stopped_order_left_is_asked_by_an_order_that_names_it() -> None:
    night = stopped_while_it_runs(answered=1)

    placed = night.desk.place(named("v-02", owner="admin"))
    night.run_until_settled()

    assert (placed.estimate.record_count, stands(night).processed) == (1, 1)
    assert set(night.register.texts) == {"v-01", "v-02"}


def test_what_a_stopped_order_gave_up_is_asked_by_its_redrive() -> None:
    night = stopped_while_it_runs(answered=3, policy=ONE_TRY, v02="no text at all")

    placed = night.desk.redrive("texts-1", "admin")
    night.run_until_settled()

    assert placed is not None
    assert (placed.estimate.record_count, stands(night, placed.state.intent_id).processed) == (1, 1)
    assert set(night.register.texts) == {"v-01", "v-02", "v-03"}
    check_settled(night)


def put_back_by_a_person() -> ViolationsNight:
    """Return a night after which a text that a stopped order gave up is in line again, and nobody has ordered it."""
    night = stopped_while_it_runs(answered=3, policy=ONE_TRY, v02="no text at all")
    desk, intent = night.desk, night.ledger.intents["texts-1"]
    (case,) = desk.letters.cases_of(intent)
    assert desk.redriver.redrive(case, even_discarded=False).verdict is Verdict.DONE
    return night


def test_what_a_person_put_back_in_line_after_its_order_was_stopped_is_asked_by_the_day() -> None:
    night = put_back_by_a_person()

    waits = day_waits(night.pending, night.ledger, "violations", ORDER_DAY)
    alerts = lateness(night).alerts()
    night.run_until_settled()

    assert waits
    assert [alert.subject for alert in alerts] == ["2026-01-10 was not submitted"]
    assert "v-02" in night.register.texts
    check_settled(night)


def test_what_a_person_put_back_in_line_goes_to_the_next_order_that_selects_it() -> None:
    night = put_back_by_a_person()

    placed = night.desk.place(selected(3, name="texts-2"))
    night.run_until_settled()

    assert (placed.estimate.record_count, stands(night, "texts-2").processed) == (1, 1)
    assert "v-02" in night.register.texts
    check_settled(night)


def test_a_job_that_completed_before_it_could_be_stopped_is_completed() -> None:
    night = stopped_while_it_runs(answered=3)

    assert (stands(night, "texts-1").status, stands(night, "texts-1").processed) == (OrderStatus.COMPLETED, 3)


def test_a_job_that_had_failed_before_anybody_stopped_it_has_failed_and_its_images_are_asked_by_the_night() -> None:
    night = images_night(3)
    night.desk.place(named("img-1", "img-2", "img-3"))
    night.prepare()
    night.service.end("job000000001", "Failed")

    night.desk.stop("lunch-1")
    night.ingest()

    assert stands(night).status is OrderStatus.FAILED
    assert night.ledger.intents["lunch-1"].note is None
    night.run_until_settled()
    assert len(night.table.rows) == 3


def test_stopping_what_has_ended_changes_nothing() -> None:
    night = images_night(3)
    night.desk.place(named("img-1"))
    night.run_until_settled()
    before = stands(night)

    assert night.desk.stop("lunch-1") == before


@pytest.mark.parametrize("name", ["no-such-order", "receipts-2026-01-09-001"])
def test_only_orders_are_shown_stopped_and_redriven(name: str) -> None:
    night = images_night(3)
    night.prepare(DAY)

    assert night.desk.state(name) is None
    with pytest.raises(PermanentError, match="there is no order"):
        night.desk.stop(name)
    with pytest.raises(PermanentError, match="there is no order"):
        night.desk.redrive(name, "user-1")


def with_a_dead_letter() -> OrderedNight:
    night = images_night(3, policy=ONE_TRY)
    night.answers["img-2"] = "no receipt at all"
    night.desk.place(named("img-1", "img-2", "img-3"))
    night.run_until_settled()
    return night


def test_dead_letters_are_ordered_again_as_one_new_order_however_often_that_is_asked_for() -> None:
    night = with_a_dead_letter()

    first, second = night.desk.redrive("lunch-1", "user-1"), night.desk.redrive("lunch-1", "user-1")

    assert first is not None
    assert second is not None
    assert (first.cached, second.cached) == (False, True)
    assert first.state.intent_id == second.state.intent_id
    assert first.estimate.record_count == 1
    night.run_until_settled()
    assert night.row("img-2")["status"] == "processed"
    assert night.desk.redrive("lunch-1", "user-1") is None
    check_settled(night)


def test_a_redrive_that_dies_before_its_order_is_put_is_done_by_the_next() -> None:
    night = with_a_dead_letter()
    at = last_call("create", with_a_dead_letter(), lambda stages: stages.desk.redrive("lunch-1", "user-1"))
    dying = Calls(at, Interruption.KILL)
    with pytest.raises(Killed):
        night.stages(dying.watch).desk.redrive("lunch-1", "user-1")

    placed = night.desk.redrive("lunch-1", "user-1")

    assert placed is not None
    assert placed.estimate.record_count == 1


def test_what_is_rejected_again_can_be_redriven_again_on_the_same_day() -> None:
    night = with_a_dead_letter()
    night.stubborn.add("img-2")
    first = night.desk.redrive("lunch-1", "user-1")
    night.run_until_settled()

    second = night.desk.redrive("lunch-1", "user-1")

    assert first is not None
    assert second is not None
    assert not second.cached
    assert second.state.intent_id != first.state.intent_id


def test_orders_are_listed_the_newest_first_a_page_at_a_time_without_the_days_own_intents() -> None:
    night = images_night(4)
    night.prepare(DAY)
    for number in range(5):
        night.arrive(f"img-late-{number}")
        night.clock.advance(timedelta(minutes=1))
        night.desk.place(named(f"img-late-{number}", name=f"lunch-{number}"))

    pages, after = [], None
    while True:
        page = night.desk.listing(day=None, status=None, after=after, most=2)
        pages.append([order.intent_id for order in page.orders])
        after = page.after
        if after is None:
            break

    assert pages == [["lunch-4", "lunch-3"], ["lunch-2", "lunch-1"], ["lunch-0"]]


def test_a_listing_can_be_of_a_day_and_of_a_status() -> None:
    night = images_night(2)
    night.desk.place(named("img-1"))
    night.desk.place(named("img-2", name="lunch-2"))
    night.desk.stop("lunch-2")

    def listed(**filters: object) -> list[str]:
        wanted = {"day": None, "status": None, **filters}
        return [each.intent_id for each in night.desk.listing(**wanted, after=None, most=9).orders]  # type: ignore[arg-type]

    assert listed(status=OrderStatus.QUEUED) == ["lunch-1"]
    assert listed(day=ORDER_DAY, status=OrderStatus.STOPPED) == ["lunch-2"]
    assert listed(day=DAY) == []
    with pytest.raises(ValueError, match="page"):
        night.desk.listing(day=None, status=None, after="no page", most=9)


def test_orders_of_more_images_than_a_job_takes_are_several_jobs_of_one_order() -> None:
    night = images_night(7, policy=with_quotas(fewest_records=3, most_records=4))

    night.desk.place(named(*(f"img-{number}" for number in range(1, 8))))
    night.run()

    assert (len(stands(night).job_ids), stands(night).processed) == (2, 7)
    check_settled(night)
