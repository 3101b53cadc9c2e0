"""Batches of which DynamoDB does only a part: the case that no emulator has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from yorutsuke_pipeline.local_aws.fault_proxy.unprocessed import split_batch
from yorutsuke_pipeline_tests.local_aws.fault_proxy.conftest import TABLE

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.local_aws.fault_proxy.conftest import Wire


def puts(key: str, count: int) -> dict[str, Any]:
    return {TABLE: [{"PutRequest": {"Item": {"id": {"S": f"{key}-{number}"}}}} for number in range(count)]}


def keys(key: str, count: int) -> list[dict[str, Any]]:
    return [{"id": {"S": f"{key}-{number}"}} for number in range(count)]


def test_only_a_share_of_a_batch_is_written_and_the_rest_comes_back(wire: Wire, key: str) -> None:
    wire.fail("BatchWriteItem", "unprocessed", share=0.4)

    answer = wire.client("dynamodb").batch_write_item(RequestItems=puts(key, 10))

    assert answer["UnprocessedItems"] == {TABLE: puts(key, 10)[TABLE][4:]}
    assert [wire.item(f"{key}-{number}") is not None for number in range(10)] == [True] * 4 + [False] * 6


def test_with_a_share_of_nothing_all_comes_back_and_nothing_is_forwarded(wire: Wire, key: str) -> None:
    wire.fail("BatchWriteItem", "unprocessed", share=0)

    answer = wire.client("dynamodb").batch_write_item(RequestItems=puts(key, 3))

    assert answer["UnprocessedItems"] == puts(key, 3)
    assert wire.item(f"{key}-0") is None


def test_asking_again_for_the_rest_writes_it_all(wire: Wire, key: str) -> None:
    wire.fail("BatchWriteItem", "unprocessed", times=3)
    left, rounds = puts(key, 8), 0

    while left:
        left = wire.client("dynamodb").batch_write_item(RequestItems=left)["UnprocessedItems"]
        rounds += 1

    assert rounds == 4  # 8, 4, 2 left, and then no fault
    assert all(wire.item(f"{key}-{number}") for number in range(8))


def test_a_read_gives_some_and_names_the_keys_it_left_with_what_to_do_with_them(wire: Wire, key: str) -> None:
    wire.direct("dynamodb").batch_write_item(RequestItems=puts(key, 4))
    wire.fail("BatchGetItem", "unprocessed")
    asked = {TABLE: {"Keys": keys(key, 4), "ConsistentRead": True}}

    answer = wire.client("dynamodb").batch_get_item(RequestItems=asked)

    assert {found["id"]["S"] for found in answer["Responses"][TABLE]} == {f"{key}-0", f"{key}-1"}
    assert answer["UnprocessedKeys"] == {TABLE: {"Keys": keys(key, 4)[2:], "ConsistentRead": True}}


def test_a_read_of_which_nothing_is_done_has_an_empty_answer(wire: Wire, key: str) -> None:
    wire.fail("BatchGetItem", "unprocessed", share=0)

    answer = wire.client("dynamodb").batch_get_item(RequestItems={TABLE: {"Keys": keys(key, 1)}})

    assert answer["Responses"] == {TABLE: []}
    assert answer["UnprocessedKeys"] == {TABLE: {"Keys": keys(key, 1)}}


def test_what_the_service_refuses_stays_refused(wire: Wire, key: str) -> None:
    wire.fail("BatchWriteItem", "unprocessed")
    twice = {TABLE: [*puts(key, 1)[TABLE] * 2, *puts(key, 3)[TABLE]]}

    with pytest.raises(ClientError, match="duplicates"):
        wire.client("dynamodb").batch_write_item(RequestItems=twice)


def test_a_batch_over_two_tables_is_split_in_the_order_of_its_tables() -> None:
    body = json.dumps({"RequestItems": {"a": [1, 2], "b": [3, 4]}, "ReturnConsumedCapacity": "TOTAL"}).encode()

    batch = split_batch("BatchWriteItem", body, 0.75)

    assert batch is not None
    assert json.loads(batch.forwarded or b"") == {
        "RequestItems": {"a": [1, 2], "b": [3]},
        "ReturnConsumedCapacity": "TOTAL",
    }
    assert batch.held_back == {"b": [4]}


def test_what_the_service_itself_left_stays_in_front() -> None:
    batch = split_batch("BatchWriteItem", b'{"RequestItems": {"a": [1, 2]}}', 0.5)

    assert batch is not None
    assert json.loads(batch.completed(b'{"UnprocessedItems": {"a": [1], "z": [0]}}')) == {
        "UnprocessedItems": {"a": [1, 2], "z": [0]}
    }


@pytest.mark.parametrize("body", [b"\xff", b"[]", b"{}", b'{"RequestItems": 3}', b'{"RequestItems": {"a": 3}}'])
def test_what_is_no_batch_is_left_to_the_service_to_refuse(body: bytes) -> None:
    assert split_batch("BatchWriteItem", body, 0) is None


def test_a_whole_share_forwards_everything() -> None:
    assert split_batch("BatchWriteItem", b'{"RequestItems": {"a": [1, 2]}}', 1) is None
