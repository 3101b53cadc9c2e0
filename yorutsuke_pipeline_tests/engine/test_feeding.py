"""Feeding: what an order selects is put in line once, and only then is its manifest written."""

from __future__ import annotations

from contextlib import suppress

import pytest

from yorutsuke_pipeline.engine import layout
from yorutsuke_pipeline.engine.errors import PermanentError, YorutsukeError
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline_tests.engine.interruptions import Calls, Interruption, Killed
from yorutsuke_pipeline_tests.engine.nights import DAY, with_quotas
from yorutsuke_pipeline_tests.engine.ordered_nights import (
    ORDER_DAY,
    ViolationsNight,
    images_night,
    named,
    selected,
    violations_night,
)

ORDERED = ["v-01", "v-02", "v-03"]


def ordered() -> ViolationsNight:
    night = violations_night(9)
    night.desk.place(selected(3))
    return night


def list_of(night: ViolationsNight, name: str = "texts-1") -> list[str]:
    order = night.ledger.intents[name].order
    assert order is not None
    return [line["identity"] for line in night.lines_of(layout.order_records_key(name, order.fingerprint))]


def test_the_first_of_a_selection_come_into_line_and_are_the_orders_list() -> None:
    night = ordered()

    fed = night.stages().feeder.feed(ORDER_DAY)

    assert fed == {"texts-1": 3}
    assert list(night.pending.rows) == list_of(night) == ORDERED
    assert {(row["orderedBy"], row["pendingDate"]) for row in night.pending.rows.values()} == {
        ("texts-1", "2026-01-10")
    }


def test_an_order_is_fed_once_whatever_its_selection_would_mean_later() -> None:
    night = ordered()
    night.stages().feeder.feed(ORDER_DAY)
    night.register.rows.reverse()

    assert night.stages().feeder.feed(ORDER_DAY) == {}
    assert list_of(night) == ORDERED


@pytest.mark.parametrize("interruption", Interruption)
def test_feeding_that_dies_at_any_call_comes_to_the_same_line_when_it_is_done_again(interruption: Interruption) -> None:
    at, was_reached = 0, True
    while was_reached:
        at += 1
        night, calls = ordered(), Calls(at, interruption)
        with suppress(Killed, YorutsukeError):
            night.stages(calls.watch).feeder.feed(ORDER_DAY)
        was_reached = calls.was_reached

        night.stages().feeder.feed(ORDER_DAY)

        assert sorted(night.pending.rows) == list_of(night) == ORDERED, f"call {at}, {calls.interrupted}"
    assert at > 5, "feeding made far fewer calls than it must"


def test_two_orders_at_once_share_nothing() -> None:
    night = ordered()
    night.desk.place(selected(3, name="texts-2"))

    fed = night.stages().feeder.feed(ORDER_DAY)

    assert fed == {"texts-1": 3, "texts-2": 3}
    assert not set(list_of(night)) & set(list_of(night, "texts-2"))


def test_no_put_is_paid_for_what_other_orders_are_known_to_have() -> None:
    night = violations_night(9)
    night.desk.place(selected(6))
    night.stages().feeder.feed(ORDER_DAY)
    night.desk.place(selected(2, name="texts-2"))
    calls = Calls()

    night.stages(calls.watch).feeder.feed(ORDER_DAY)

    assert list_of(night, "texts-2") == ["v-07", "v-08"]
    assert calls.names.count("enqueue") == 2


def test_what_another_order_gets_after_the_look_is_replaced_by_the_next_of_the_selection() -> None:
    night, quiet = ordered(), Calls()
    night.desk.place(selected(3, name="texts-2"))
    ordered().stages(quiet.watch).feeder.feed(ORDER_DAY, only="texts-1")
    overtaken = Calls(
        quiet.number_of("enqueue"), meanwhile=lambda: night.stages().feeder.feed(ORDER_DAY, only="texts-2")
    )

    night.stages(overtaken.watch).feeder.feed(ORDER_DAY, only="texts-1")

    assert (list_of(night, "texts-2"), list_of(night)) == (["v-01", "v-02", "v-03"], ["v-04", "v-05", "v-06"])


def test_of_the_days_orders_only_the_one_asked_for_is_fed() -> None:
    night = ordered()
    night.desk.place(selected(3, name="texts-2"))

    assert night.stages().feeder.feed(ORDER_DAY, only="texts-2") == {"texts-2": 3}
    assert {row["orderedBy"] for row in night.pending.rows.values()} == {"texts-2"}


def test_an_order_whose_selection_is_gone_is_told_of() -> None:
    night = ordered()
    night.objects.contents.clear()

    with pytest.raises(PermanentError, match=r"nobody knows what texts-1 ordered; place the order again"):
        night.stages().feeder.feed(ORDER_DAY)


def test_an_order_that_names_its_images_needs_no_feeding() -> None:
    night = images_night(3)
    night.desk.place(named("img-1"))

    assert night.stages().feeder.feed(ORDER_DAY) == {}


def test_an_order_that_is_not_fed_yet_is_left_open_by_its_manifest() -> None:
    night = ordered()

    (report, own) = night.stages().day_manifests.write(ORDER_DAY)

    assert report.intent is not None
    assert report.intent.status is night.ledger.intents["texts-1"].status is IntentStatus.OPEN
    assert own.intent is None


def test_with_an_intent_named_only_its_manifest_is_written() -> None:
    night = images_night(3)
    night.desk.place(named("img-1"))
    night.desk.place(named("img-2", name="lunch-2"))

    reports = night.stages().day_manifests.write(ORDER_DAY, only="lunch-2")

    assert [report.intent.intent_id for report in reports if report.intent] == ["lunch-2"]
    assert night.ledger.intents["lunch-1"].status is IntentStatus.OPEN


def test_the_manifests_of_a_day_are_those_of_its_orders_and_of_its_own_images() -> None:
    night = images_night(3, policy=with_quotas(fewest_records=1))
    night.desk.place(named("img-1"))
    night.stages().day_manifests.write(ORDER_DAY)

    (report,) = night.stages().day_manifests.write(DAY)

    assert report.intent is not None
    assert (report.intent.record_count, night.ledger.intents["lunch-1"].record_count) == (2, 1)
