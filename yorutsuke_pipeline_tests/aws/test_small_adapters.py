"""The adapters of a few lines: clock, events, prices, waits and typed values."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yorutsuke_pipeline.aws.attribute_values import as_item, as_value, from_item, from_value
from yorutsuke_pipeline.aws.clock import SystemClock
from yorutsuke_pipeline.aws.event_log import LOGGER, LoggedEvents
from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.aws.prices import PublishedPrices
from yorutsuke_pipeline.engine.cost import Price
from yorutsuke_pipeline.engine.days import parse_utc, utc_text
from yorutsuke_pipeline.engine.errors import ThrottledError
from yorutsuke_pipeline.engine.events import Event, EventName

NUMBERS = st.integers(-(10**30), 10**30) | st.decimals(-(10**12), 10**12, places=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.text() | NUMBERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


# No deadline: how long an example takes is the machine's business.
@settings(deadline=None)
@given(VALUES)
def test_a_plain_value_comes_back_from_its_typed_form(value: Any) -> None:  # noqa: ANN401 — any plain value
    assert from_value(as_value(value)) == value


def test_an_attribute_that_is_none_is_left_out() -> None:
    assert as_item({"a": None, "b": "x"}) == {"b": {"S": "x"}}


def test_sets_and_bytes_that_others_wrote_are_read() -> None:
    item = {"a": {"SS": ["x"]}, "b": {"NS": ["1.5"]}, "c": {"B": b"\x00"}, "d": {"BS": [b"y"]}}

    assert from_item(item) == {"a": {"x"}, "b": {Decimal("1.5")}, "c": b"\x00", "d": {b"y"}}


def test_money_never_passes_through_a_float() -> None:
    with pytest.raises(TypeError, match="float"):
        as_item({"amount": 1500.0})


def test_the_clock_is_aware_and_survives_a_table() -> None:
    now = SystemClock().now()

    assert now.utcoffset() == timedelta(0)
    assert parse_utc(utc_text(now)) == now


def test_an_event_is_one_line_of_json_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    event = Event(EventName.RECORD_REJECTED, "receipts-2026-01-09-001", "0" * 32, (("kind", "amount"),))

    with caplog.at_level(logging.INFO, logger=LOGGER):
        LoggedEvents().emit(event)

    (record,) = caplog.records
    assert record.name == LOGGER
    assert record.levelno == logging.WARNING
    assert json.loads(record.getMessage()) == {
        "event": "RECORD_REJECTED",
        "intentId": "receipts-2026-01-09-001",
        "traceId": "0" * 32,
        "kind": "amount",
    }


@pytest.mark.parametrize(
    "model_id",
    [
        "amazon.nova-lite-v1:0",
        "apac.amazon.nova-lite-v1:0",
        "arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.amazon.nova-lite-v1:0",
    ],
)
def test_a_published_price_is_known_by_any_name_of_the_model(model_id: str) -> None:
    assert PublishedPrices().price(model_id) == Price(Decimal("0.06"), Decimal("0.24"))


def test_an_unknown_price_is_none_and_never_zero() -> None:
    assert PublishedPrices().price("amazon.nova-unheard-of-v1:0") is None


class Throttle:
    """Turns away so many calls, and keeps the time that is waited."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.waited: list[float] = []

    def call(self) -> str:
        self.left -= 1
        if self.left >= 0:
            raise ThrottledError("for now")
        return "done"

    def patience(self, deadline: float) -> Patience:
        return Patience(deadline, 1.0, 8.0, sleep=self.waited.append, now=lambda: sum(self.waited))


def test_waits_are_random_and_grow_up_to_their_longest() -> None:
    throttle = Throttle(200)

    assert throttle.patience(1e6).repeat(throttle.call, on=ThrottledError) == "done"

    assert throttle.waited[0] <= 1.0
    assert max(throttle.waited) <= 8.0
    assert max(throttle.waited[4:]) > 2.0
    assert len(set(throttle.waited)) > 100


def test_a_deadline_ends_the_waiting_and_the_last_error_is_told() -> None:
    throttle = Throttle(1000)

    with pytest.raises(ThrottledError):
        throttle.patience(20.0).repeat(throttle.call, on=ThrottledError)

    assert 10.0 < sum(throttle.waited) < 20.0


def test_another_error_is_not_waited_out() -> None:
    with pytest.raises(ZeroDivisionError):
        Patience().repeat(lambda: 1 // 0, on=ThrottledError)
