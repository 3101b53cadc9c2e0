"""Connections that break and answers that are not what was sent: what botocore sees, and what took effect."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    FlexibleChecksumError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from yorutsuke_pipeline.local_aws.fault_proxy.fault import FaultKind
from yorutsuke_pipeline.local_aws.fault_proxy.proxy import Call, Moment
from yorutsuke_pipeline_tests.local_aws.fault_proxy.conftest import item
from yorutsuke_pipeline_tests.local_aws.fault_proxy.scripted_server import BareClient

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.local_aws.fault_proxy.conftest import Wire

CONTENT = bytes(range(256)) * 8192  # 2 MB: more than any buffer on the way


def stored(wire: Wire, key: str, content: bytes = CONTENT) -> dict[str, str]:
    """Store an object directly, and return what GetObject is asked with."""
    place = {"Bucket": wire.bucket, "Key": key}
    wire.direct("s3").put_object(**place, Body=content)
    return place


def test_a_reset_comes_before_any_effect(wire: Wire, key: str) -> None:
    wire.fail("PutItem", "reset")

    with pytest.raises(ConnectionClosedError):
        wire.client("dynamodb").put_item(**item(key))

    assert wire.item(key) is None


def test_a_reset_in_front_of_a_body_leaves_no_object(wire: Wire, key: str) -> None:
    wire.fail("PutObject", "reset")

    with pytest.raises(ConnectionClosedError):
        wire.client("s3").put_object(Bucket=wire.bucket, Key=key, Body=CONTENT)

    assert not wire.is_object(key)


def test_a_lost_answer_comes_after_the_effect(wire: Wire, key: str) -> None:
    wire.fail("*", "lost_answer", times=2)

    with pytest.raises(ConnectionClosedError):
        wire.client("dynamodb").put_item(**item(key))
    with pytest.raises(ConnectionClosedError):
        wire.client("s3").put_object(Bucket=wire.bucket, Key=key, Body=CONTENT)

    assert wire.item(key) is not None
    assert wire.is_object(key)


def test_a_conditional_put_that_is_tried_again_after_a_lost_answer_meets_itself(wire: Wire, key: str) -> None:
    wire.fail("PutItem", "lost_answer")
    dynamodb = wire.client("dynamodb", attempts=3)

    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(**item(key), ConditionExpression="attribute_not_exists(id)")

    assert wire.names() == ["dynamodb:PutItem"] * 2


def test_a_timeout_comes_after_the_effect_for_whoever_waits_and_whoever_does_not(wire: Wire, key: str) -> None:
    wire.fail("PutItem", "timeout", seconds=0.05)
    with pytest.raises(ConnectionClosedError):
        wire.client("dynamodb").put_item(**item(f"{key}-patient"))
    wire.fail("PutItem", "timeout", seconds=600)
    with pytest.raises(ReadTimeoutError):
        wire.client("dynamodb", read_timeout=0.3).put_item(**item(f"{key}-impatient"))

    assert wire.item(f"{key}-patient") is not None
    assert wire.item(f"{key}-impatient") is not None


def test_a_slow_call_waits_before_its_effect(wire: Wire, key: str) -> None:
    wire.fail("PutItem", "slow", seconds=600)

    with pytest.raises(ReadTimeoutError):
        wire.client("dynamodb", read_timeout=0.1).put_item(**item(key))

    assert wire.item(key) is None


def test_a_slow_call_takes_effect_even_if_nobody_waits_for_it_any_more(wire: Wire, key: str) -> None:
    took_effect = threading.Event()

    def watch(_call: Call, moment: Moment) -> bool:
        if moment is Moment.AFTER:
            took_effect.set()
        return False

    wire.proxy.watch = watch
    wire.fail("PutItem", "slow", seconds=1.5)

    with pytest.raises(ReadTimeoutError):
        wire.client("dynamodb", read_timeout=0.1).put_item(**item(key))

    assert took_effect.wait(timeout=30)
    assert wire.item(key) is not None


def test_a_slow_call_is_all_right_in_the_end(wire: Wire, key: str) -> None:
    wire.fail("*", "slow", seconds=0.01, times=None)

    wire.client("s3").put_object(Bucket=wire.bucket, Key=key, Body=CONTENT)
    found = wire.client("s3").get_object(Bucket=wire.bucket, Key=key)["Body"].read()

    assert found == CONTENT
    assert [outcome.fault for outcome in wire.outcomes()] == ["slow", "slow"]


def test_an_object_is_cut_after_its_share_of_bytes(wire: Wire, key: str) -> None:
    place = stored(wire, key)
    wire.fail("GetObject", "truncated", share=0.25)
    body = wire.client("s3").get_object(**place)["Body"]

    beginning = body.read(len(CONTENT) // 4)
    with pytest.raises(ResponseStreamingError):
        body.read()

    assert beginning == CONTENT[: len(CONTENT) // 4]


def test_a_row_is_written_though_its_answer_is_cut(wire: Wire, key: str) -> None:
    wire.fail("PutItem", "truncated")

    with pytest.raises(ConnectionClosedError):
        wire.client("dynamodb").put_item(**item(key))

    assert wire.item(key) is not None


def test_an_answer_without_a_body_is_cut_in_its_head(wire: Wire, key: str) -> None:
    wire.fail("DeleteObject", "truncated", share=0)
    place = stored(wire, key, b"")

    with pytest.raises(ConnectionClosedError):
        wire.client("s3").delete_object(**place)

    assert not wire.is_object(key)


def test_a_head_cut_in_its_status_line_is_no_answer(wire: Wire, key: str) -> None:
    wire.fail("PutItem", "half_head", share=0)

    with pytest.raises(ConnectionClosedError):
        wire.client("dynamodb").put_item(**item(key))

    assert wire.item(key) is not None


def test_botocore_takes_half_a_head_for_an_empty_success(wire: Wire) -> None:
    wire.fail("ListModelInvocationJobs", "half_head", share=0.5)

    answer = wire.client("bedrock").list_model_invocation_jobs()

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert "invocationJobSummaries" not in answer


def test_a_corrupted_object_has_one_wrong_bit_and_a_wrong_checksum(wire: Wire, key: str) -> None:
    place = stored(wire, key)
    wire.fail("GetObject", "corrupted", share=0.9, times=2)

    with pytest.raises(FlexibleChecksumError):
        wire.client("s3").get_object(**place)["Body"].read()
    # A range has no checksum, so nobody notices.
    found = wire.client("s3").get_object(**place, Range="bytes=0-99")["Body"].read()

    assert [place for place in range(100) if found[place] != CONTENT[place]] == [90]
    assert found[90] ^ CONTENT[90] == 1


def test_an_empty_object_cannot_be_corrupted(wire: Wire, key: str) -> None:
    place = stored(wire, key, b"")
    wire.fail("GetObject", "corrupted")

    assert wire.client("s3").get_object(**place)["Body"].read() == b""


REQUEST = b"GET / HTTP/1.1\r\nHost: of-the-proxy\r\n\r\n"


def test_a_kept_connection_breaks_under_the_next_request_without_a_word(wire: Wire) -> None:
    wire.fail("ListBuckets", "keep_alive_closed", seconds=600)

    with BareClient(wire.proxy.url) as client:
        client.say(REQUEST)
        answer = client.hear(b"Result>")
        client.say(REQUEST)
        assert client.hear_to_the_end() == b""

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"close" not in answer.lower().partition(b"\r\n\r\n")[0]
    assert wire.names() == ["s3:ListBuckets"]


def test_a_kept_connection_that_nobody_uses_is_closed_too(wire: Wire, key: str) -> None:
    wire.fail("PutItem", "keep_alive_closed", seconds=0)
    dynamodb = wire.client("dynamodb", attempts=3)

    for number in range(3):
        dynamodb.put_item(**item(f"{key}-{number}"))

    assert wire.item(f"{key}-2") is not None
    first, *others = [call.connection for call in wire.proxy.calls]
    assert first not in others


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_of_fault_is_acted_out_and_reported(wire: Wire, key: str, kind: FaultKind) -> None:
    asked = {"fault-proxy": {"Keys": [{"id": {"S": key}}]}}
    place = stored(wire, key, b"a receipt")
    wire.fail("*", kind, seconds=0, share=0, code="Odd" if kind is FaultKind.ERROR else None)

    with contextlib.suppress(BotoCoreError, ClientError):  # what each looks like is asserted above
        wire.client("dynamodb").batch_get_item(RequestItems=asked)
    with contextlib.suppress(BotoCoreError, ClientError):
        wire.client("s3").get_object(**place)["Body"].read()

    assert [outcome.fault for outcome in wire.outcomes() if outcome.fault] == [kind]
