"""Whoever watches the calls: may count them, hold them, and drop them before or after their effect."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from yorutsuke_pipeline.local_aws.fault_proxy.proxy import Call, FaultProxy, Moment
from yorutsuke_pipeline_tests.local_aws.fault_proxy.conftest import TABLE, item

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.local_aws.fault_proxy.conftest import Wire


def test_each_call_is_looked_at_before_and_after_its_effect(wire: Wire, key: str) -> None:
    seen: list[tuple[int, Moment, bool]] = []

    def watch(call: Call, moment: Moment) -> bool:
        seen.append((call.number, moment, wire.item(key) is not None))
        return False

    wire.proxy.watch = watch
    wire.client("dynamodb").put_item(**item(key))
    wire.client("dynamodb").delete_item(TableName=TABLE, Key={"id": {"S": key}})

    assert seen == [
        (1, Moment.BEFORE, False),
        (1, Moment.AFTER, True),
        (2, Moment.BEFORE, True),
        (2, Moment.AFTER, False),
    ]


@pytest.mark.parametrize(("moment", "is_written"), [(Moment.BEFORE, False), (Moment.AFTER, True)])
def test_a_call_is_dropped_before_or_after_its_effect(
    wire: Wire, key: str, moment: Moment, *, is_written: bool
) -> None:
    wire.proxy.watch = lambda _call, now: now is moment

    with pytest.raises(ConnectionClosedError):
        wire.client("dynamodb").put_item(**item(key))
    with pytest.raises(ConnectionClosedError):
        wire.client("s3").put_object(Bucket=wire.bucket, Key=key, Body=bytes(2_000_000))

    assert (wire.item(key) is not None) is is_written
    assert wire.is_object(key) is is_written


def test_one_call_is_held_while_others_go_on(wire: Wire, key: str) -> None:
    held, released = threading.Event(), threading.Event()

    def watch(call: Call, moment: Moment) -> bool:
        if call.number == 1 and moment is Moment.BEFORE:
            held.set()
            assert released.wait(timeout=30)
        return False

    wire.proxy.watch = watch
    with ThreadPoolExecutor(1) as other:
        stalled = other.submit(wire.client("dynamodb").put_item, **item(f"{key}-held"))
        assert held.wait(timeout=30)
        for number in range(10):
            wire.client("dynamodb").put_item(**item(f"{key}-{number}"))
        before = wire.item(f"{key}-held")
        released.set()
        stalled.result(timeout=30)

    assert before is None
    assert wire.item(f"{key}-held") is not None
    assert wire.item(f"{key}-9") is not None


def test_a_call_that_is_refused_has_no_moment_after_its_effect(wire: Wire, key: str) -> None:
    moments: list[Moment] = []

    def watch(_call: Call, moment: Moment) -> bool:
        moments.append(moment)
        return False

    wire.proxy.watch = watch
    wire.fail("PutItem", "access_denied")

    with pytest.raises(ClientError):
        wire.client("dynamodb").put_item(**item(key))

    assert moments == [Moment.BEFORE]


def test_an_error_of_the_watch_drops_the_call_and_is_raised_when_the_proxy_stops(wire: Wire, key: str) -> None:
    def watch(_call: Call, _moment: Moment) -> bool:
        raise KeyError("an invariant")

    proxy = FaultProxy(wire.aws.url, watch=watch)
    proxy.start()

    with pytest.raises(ConnectionClosedError):
        type(wire)(proxy, wire.aws, wire.reported).client("dynamodb").put_item(**item(key))
    with pytest.raises(KeyError, match="an invariant"):
        proxy.stop()

    assert wire.item(key) is None


def test_a_reset_numbers_calls_from_one_and_lets_faults_count_from_one(wire: Wire, key: str) -> None:
    wire.fail("PutItem", "throttle", call=2)
    wire.client("dynamodb").put_item(**item(key))
    wire.proxy.reset()

    wire.client("dynamodb").put_item(**item(key))
    with pytest.raises(ClientError):
        wire.client("dynamodb").put_item(**item(key))

    assert [call.number for call in wire.proxy.calls] == [1, 2]
