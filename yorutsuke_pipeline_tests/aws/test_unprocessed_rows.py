"""Rows that DynamoDB leaves unprocessed, for a while and for ever, and throttling of whole calls.

No emulator does either, so the answers are changed on the way.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.receipt_transactions import ReceiptTransactions
from yorutsuke_pipeline.engine.errors import ConfigurationError, TransientError, UnwrittenError
from yorutsuke_pipeline.workloads.receipts.tables import TRANSACTIONS
from yorutsuke_pipeline_tests.aws.wire import BOTOCORES_TRIES, IMPATIENT, UNHURRIED, Wire, answer, quick_retries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yorutsuke_pipeline.aws.patience import Patience
    from yorutsuke_pipeline_tests.aws.places import Place


def table(place: Place, patience: Patience = UNHURRIED) -> ReceiptTransactions:
    # One call at a time: the tests count them.
    return ReceiptTransactions(
        place.clients.dynamodb, place.transactions_table, TRANSACTIONS, concurrency=1, patience=patience
    )


def rows(user: str, count: int) -> list[dict[str, Any]]:
    return [
        {"userId": user, "transactionId": f"{number:024d}", "date": "2026-01-09", "amount": Decimal(number + 1)}
        for number in range(count)
    ]


@contextmanager
def leaving_unprocessed(place: Place, keep: Callable[[int], int]) -> Iterator[list[int]]:
    """Let only `keep(of so many)` puts of each BatchWriteItem through; yield the sizes of the calls."""
    sizes: list[int] = []
    held: list[Any] = []

    def hold(params: dict[str, Any], **_: object) -> None:
        body = json.loads(params["body"])
        requests = body["RequestItems"][place.transactions_table]
        sizes.append(len(requests))
        kept = keep(len(requests))
        held[:] = requests[kept:]
        # A call must hold something; what is let through twice is the same row twice.
        body["RequestItems"][place.transactions_table] = requests[:kept] or requests[:1]
        params["body"] = json.dumps(body).encode()

    def give_back(parsed: dict[str, Any], **_: object) -> None:
        if held:
            parsed["UnprocessedItems"] = {place.transactions_table: list(held)}

    events = place.clients.dynamodb.meta.events
    events.register("before-call.dynamodb.BatchWriteItem", hold)
    events.register("after-call.dynamodb.BatchWriteItem", give_back)
    try:
        yield sizes
    finally:
        events.unregister("before-call.dynamodb.BatchWriteItem", hold)
        events.unregister("after-call.dynamodb.BatchWriteItem", give_back)


def test_what_is_left_is_packed_again_until_all_is_written(moto: Place, name: str) -> None:
    with leaving_unprocessed(moto, keep=lambda size: max(1, size // 2)) as sizes:
        table(moto).write(rows(name, 100))

    assert len(list(table(moto).listing(user=name))) == 100
    # The 52 that four calls left go out as 25, 25 and 2, not as four small calls.
    assert sizes[:7] == [25, 25, 25, 25, 25, 25, 2]


def test_what_is_left_for_ever_is_named(moto: Place, name: str) -> None:
    wanted = rows(name, 30)

    with leaving_unprocessed(moto, keep=lambda _: 0), pytest.raises(UnwrittenError) as caught:
        table(moto, IMPATIENT).write(wanted)

    assert sorted(caught.value.record_ids) == [row["transactionId"] for row in wanted]
    assert moto.transactions_table in str(caught.value)


THROTTLED = answer({"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}, 400)


def test_a_throttled_call_is_tried_again_after_botocore_gave_up(moto: Place, name: str) -> None:
    wire = Wire([answer({"Responses": {}}), *[THROTTLED] * BOTOCORES_TRIES, answer({})])

    with quick_retries(moto.clients.dynamodb), wire.attached(moto.clients.dynamodb):
        table(moto).write(rows(name, 1))

    assert len(wire.requests) == 1 + BOTOCORES_TRIES + 1


def test_a_row_that_is_there_and_throttled_for_ever_is_named(moto: Place, name: str) -> None:
    (row,) = rows(name, 1)
    there = {"userId": {"S": name}, "transactionId": {"S": row["transactionId"]}}
    wire = Wire([answer({"Responses": {moto.transactions_table: [there]}}), THROTTLED])

    with (
        quick_retries(moto.clients.dynamodb),
        wire.attached(moto.clients.dynamodb),
        pytest.raises(UnwrittenError, match=row["transactionId"]),
    ):
        table(moto, IMPATIENT).write([row])


def test_a_throttled_read_is_named_as_such_and_writes_nothing(moto: Place, name: str) -> None:
    wire = Wire([THROTTLED])

    with (
        quick_retries(moto.clients.dynamodb),
        wire.attached(moto.clients.dynamodb),
        pytest.raises(TransientError, match="read in time"),
    ):
        table(moto, IMPATIENT).write(rows(name, 1))

    assert {request.headers["X-Amz-Target"] for request in wire.requests} == {b"DynamoDB_20120810.BatchGetItem"}


def test_a_missing_table_is_a_matter_of_configuration(moto: Place) -> None:
    missing = ReceiptTransactions(moto.clients.dynamodb, "yorutsuke-transactions-nowhere", TRANSACTIONS)

    with pytest.raises(ConfigurationError, match="YORUTSUKE_ENV") as caught:
        missing.write(rows("mai", 1))

    assert "yorutsuke-transactions-nowhere" in str(caught.value)
