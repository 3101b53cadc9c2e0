"""The whole life of an order, in which every call to the outside is, in turn, the one that goes wrong."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.errors import NothingToOrderError, TransientError, YorutsukeError
from yorutsuke_pipeline.engine.orders import OrderStatus
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption
from yorutsuke_pipeline_tests.engine.invariants import check_always, check_settled
from yorutsuke_pipeline_tests.engine.nights import POLICY, Night, Stages
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
from yorutsuke_pipeline_tests.engine.sweeps import interrupt_everywhere, stall_everywhere

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.orders import Wanted

# An order is one job, however few its records are.
ROOMY = replace(POLICY, quotas=replace(POLICY.quotas, fewest_records=1, most_records=9))
TEXTS = selected(2)
LUNCH = named("img-1")


def register() -> ViolationsNight:
    """Return a night with one answer that is none, and more violations than are wanted."""
    night = violations_night(3, policy=ROOMY)
    night.answers["v-02"] = "no text at all"
    return night


def inbox() -> OrderedNight:
    """Return a night with an image that is ordered, and first answered with what is no receipt, and one that is not."""
    night = images_night(2, policy=ROOMY)
    night.answers["img-1"] = "no receipt at all"
    return night


def order_and_run(wanted: Wanted, night: Night, stages: Stages) -> None:
    assert isinstance(stages, OrderStages)
    stages.desk.place(wanted)
    night.run(stages)


def order_texts(night: Night, stages: Stages) -> None:
    order_and_run(TEXTS, night, stages)


def order_lunch(night: Night, stages: Stages) -> None:
    order_and_run(LUNCH, night, stages)


def begin(wanted: Wanted, night: Night, stages: Stages) -> None:
    """Order, and do what comes before the hours of waiting."""
    assert isinstance(night, OrderedNight)
    assert isinstance(stages, OrderStages)
    stages.desk.place(wanted)
    night.prepare(ORDER_DAY, stages)


def settle_texts(night: Night) -> None:
    """Order again, as a caller does that got no answer; then run until nothing is left."""
    assert isinstance(night, ViolationsNight)
    night.desk.place(TEXTS)
    night.run_until_settled()
    orders = [name for name in night.ledger.intents if not name.startswith("violations-")]
    assert orders == ["texts-1"]
    jobs = [request for request in night.service.requests.values() if request.job_name.startswith("texts-1")]
    assert len(jobs) == 1
    assert set(night.register.texts) == {"v-01", "v-02"}
    assert night.register.snapshots == ["texts-1", "violations-2026-01-10-001"]


def settle_lunch(night: Night) -> None:
    assert isinstance(night, OrderedNight)
    night.desk.place(LUNCH)
    night.run_until_settled()
    jobs = [request for request in night.service.requests.values() if request.job_name.startswith("lunch-1")]
    assert len(jobs) == 1
    assert {row["imageId"] for row in night.table.rows.values()} == {"img-1", "img-2"}


def test_what_an_order_selects_is_asked_once_and_published_and_its_reject_is_asked_again_by_the_day() -> None:
    night = register()

    placed = night.desk.place(TEXTS)
    night.run()

    state = night.desk.state("texts-1")
    assert state is not None
    assert (placed.estimate.record_count, placed.state.status) == (2, OrderStatus.QUEUED)
    assert (state.status, state.processed, state.errors, state.total) == (OrderStatus.COMPLETED, 1, 1, 2)
    settle_texts(night)
    check_settled(night)


# What a call that fails without effect leaves, the nights of images show.
@pytest.mark.parametrize("interruption", [Interruption.KILL, Interruption.FAIL_AFTER])
def test_an_order_of_a_selection_interrupted_at_any_call_is_finished_by_running_it_again(
    interruption: Interruption,
) -> None:
    made = interrupt_everywhere(interruption, register, order_texts, settle_texts)

    assert made > 60, "the order made far fewer calls than it must"


def test_an_order_of_images_that_fails_at_any_call_is_finished_by_running_it_again() -> None:
    made = interrupt_everywhere(Interruption.FAIL_BEFORE, inbox, order_lunch, settle_lunch)

    assert made > 60, "the order made far fewer calls than it must"


def test_a_run_of_an_order_that_stalls_at_any_call_does_no_harm_when_another_has_done_its_work() -> None:
    def another(night: Night) -> None:
        settle_texts(night)

    made = stall_everywhere(register, order_texts, another)

    assert made > 60, "the order made far fewer calls than it must"


def test_an_order_of_images_that_stalls_while_the_days_own_run_goes_by_does_no_harm_when_it_wakes() -> None:
    made = stall_everywhere(inbox, partial(begin, LUNCH), lambda night: night.run())

    assert made > 30, "the order made far fewer calls than it must"


def test_an_order_of_images_that_is_stopped_at_any_call_of_its_run_gives_back_what_is_not_asked() -> None:
    def stop(night: Night) -> None:
        assert isinstance(night, OrderedNight)
        with suppress(YorutsukeError):
            night.desk.stop("lunch-1")

    made = stall_everywhere(inbox, partial(begin, LUNCH), stop)

    assert made > 30, "the order made far fewer calls than it must"


def test_what_an_order_selected_that_is_stopped_at_any_call_of_its_run_can_be_ordered_again() -> None:
    for at in count(1):
        night = register()
        calls = Calls(at, meanwhile=partial(stop_texts, night))
        with suppress(TransientError):
            begin(TEXTS, night, night.stages(calls.watch))
        check_always(night)
        night.run()
        with suppress(NothingToOrderError):
            night.desk.place(selected(2, name="texts-2"))
        night.run_until_settled()

        check_settled(night)
        assert {"v-01", "v-02"} <= set(night.register.texts), f"stopped at call {at}, {calls.interrupted}"
        if not calls.was_reached:
            return


def stop_texts(night: ViolationsNight) -> None:
    with suppress(YorutsukeError):
        night.desk.stop("texts-1")
