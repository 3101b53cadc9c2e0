"""How an order stands, as whoever polls it is told at each step of its life."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from yorutsuke_pipeline.engine.orders import OrderStatus
from yorutsuke_pipeline_tests.engine.nights import POLICY
from yorutsuke_pipeline_tests.engine.ordered_nights import ORDER_DAY, OrderedNight, images_night, named

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.orders import OrderState

IMAGES = ("img-1", "img-2", "img-3")


def ordered() -> OrderedNight:
    """Return a night with an order of three images, which are one job."""
    night = images_night(3)
    night.desk.place(named(*IMAGES))
    return night


def submitted() -> OrderedNight:
    night = ordered()
    night.prepare()
    return night


def stands(night: OrderedNight) -> OrderState:
    state = night.desk.state("lunch-1")
    assert state is not None
    return state


def test_an_order_goes_from_queued_to_completed_one_step_after_the_other() -> None:
    night, seen = ordered(), list[OrderStatus]()
    stages = night.stages()

    def see() -> None:
        seen.append(stands(night).status)

    see()
    stages.day_manifests.write(ORDER_DAY)
    see()
    stages.submitter.submit(ORDER_DAY)
    see()
    night.service.states["job000000001"] = replace(night.service.states["job000000001"], status="InProgress")
    stages.watch.look(list(night.ledger.open_intents("receipts")))
    see()
    night.end_jobs()
    stages.watch.look(list(night.ledger.open_intents("receipts")))
    see()
    stages.collector.collect(ORDER_DAY)
    see()
    stages.recorder.record(ORDER_DAY)
    see()
    stages.archiver.archive(ORDER_DAY)
    see()

    assert seen == [
        OrderStatus.QUEUED,
        OrderStatus.PREPARED,
        OrderStatus.SUBMITTED,
        OrderStatus.RUNNING,
        *[OrderStatus.COLLECTING] * 3,
        OrderStatus.COMPLETED,
    ]
    assert [status.is_final for status in seen] == [False] * 7 + [True]


def test_what_is_queued_shows_the_estimate_that_its_caller_was_told() -> None:
    night = images_night(3)

    placed = night.desk.place(named(*IMAGES))

    assert (placed.state.total, placed.state.job_ids) == (0, ())
    assert placed.state.estimate_usd == placed.estimate.cost_usd is not None
    assert placed.state.expected_completion == placed.state.created_at + timedelta(hours=24)


def test_what_is_submitted_shows_its_jobs_and_the_estimate_of_its_manifest() -> None:
    night = submitted()

    state = stands(night)

    assert (state.total, state.job_ids) == (3, ("job000000001",))
    assert state.job_arns[0].endswith("/job000000001")
    assert state.estimate_usd == night.ledger.intents["lunch-1"].estimate_usd


def test_what_is_completed_shows_its_result_and_what_it_cost_and_expects_nothing_more() -> None:
    night = submitted()
    night.answers["img-2"] = "no receipt at all"
    night.end_jobs()
    night.ingest()

    state = stands(night)

    assert (state.status, state.processed, state.errors, state.total) == (OrderStatus.COMPLETED, 2, 1, 3)
    assert state.cost_usd == night.spending_book.entries["lunch-1"].amounts.usd > 0
    assert (state.expected_completion, state.message) == (None, None)
    assert state.closed_at is not None


def test_an_order_of_a_few_is_asked_on_demand_and_expected_within_minutes() -> None:
    night = images_night(3)
    night.desk.place(named("img-1"))
    night.stages().day_manifests.write(ORDER_DAY)

    state = stands(night)

    assert state.expected_completion == state.created_at + timedelta(minutes=15)


@pytest.mark.parametrize("ending", ["Failed", "Expired"])
def test_an_order_without_any_answer_has_failed_and_says_why(ending: str) -> None:
    night = submitted()
    night.service.end("job000000001", ending, message="the role cannot read the bucket")
    night.ingest()

    state = stands(night)

    assert (state.status, state.processed, state.errors) == (OrderStatus.FAILED, 0, 3)
    assert state.message == f"lunch-1-001-dev {ending}: the role cannot read the bucket"


def test_an_order_that_expired_after_some_answers_is_completed_with_errors() -> None:
    night = submitted()
    night.service.complete("job000000001", night.objects, night.say)
    night.end("Expired", night.output("job000000001")[:2])
    night.ingest()

    assert (stands(night).status, stands(night).processed, stands(night).errors) == (OrderStatus.COMPLETED, 2, 1)


def test_an_order_that_the_budget_refuses_by_the_time_of_its_manifest_is_closed_and_says_so() -> None:
    night = ordered()
    night.policy = replace(POLICY, budget_usd=Decimal("0.0000001"))

    night.prepare()

    state = stands(night)
    assert (state.status, state.total) == (OrderStatus.REFUSED, 0)
    assert "YORUTSUKE_BUDGET_USD" in (state.message or "")
    assert all("intentId" not in row for row in night.pending.rows.values())
    assert night.service.requests == {}


def test_an_order_whose_files_were_changed_before_they_were_submitted_is_refused() -> None:
    night = ordered()
    night.stages().day_manifests.write(ORDER_DAY)
    part = night.ledger.jobs("lunch-1")[0].part_key
    night.objects.contents[part] += b"{}\n"

    night.prepare()

    assert stands(night).status is OrderStatus.REFUSED
    assert "changed after it was prepared" in (stands(night).message or "")
    assert night.service.requests == {}
    assert all("intentId" not in row for row in night.pending.rows.values())


def test_an_order_of_which_every_image_is_turned_away_is_completed_with_errors_alone() -> None:
    night = ordered()
    for identity in IMAGES:
        del night.objects.contents[f"uploads/user-1/{identity}.png"]

    night.prepare()

    state = stands(night)
    assert (state.status, state.processed, state.errors, state.total) == (OrderStatus.COMPLETED, 0, 3, 3)
