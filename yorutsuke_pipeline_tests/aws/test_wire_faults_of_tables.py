"""DynamoDB over a wire that misbehaves: what was written is written once, what was not is named."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.engine.errors import LostRaceError, TransientError, UnwrittenError
from yorutsuke_pipeline_tests.aws.test_intent_ledger import an_intent
from yorutsuke_pipeline_tests.aws.wire import BOTOCORES_TRIES, IMPATIENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline_tests.aws.spoiled import Spoiled

DAY = "2026-01-09"
MINE = "receipts-2026-01-09-001"
# Every way in which an answer gets lost after its effect, or comes in pieces.
BROKEN_ANSWERS = ["lost_answer", "truncated", "half_head"]


def rows(user: str, count: int) -> list[dict[str, Any]]:
    return [
        {"userId": user, "transactionId": f"{number:024d}", "date": DAY, "amount": Decimal(number + 1)}
        for number in range(count)
    ]


def put_image(spoiled: Spoiled, name: str) -> None:
    spoiled.straight.put(
        spoiled.straight.pending_table,
        {"imageId": name, "userId": "mai", "status": "pending", "pendingDate": DAY, "uploadedAt": f"{DAY}T03:00:00Z"},
    )


def written(spoiled: Spoiled, user: str) -> int:
    return len(list(spoiled.transactions().neighbours([(user, DAY)])))


@pytest.mark.parametrize("share", [0.5, 0.0])
def test_rows_left_unprocessed_for_a_while_are_all_written(spoiled: Spoiled, name: str, share: float) -> None:
    spoiled.spoil("BatchWriteItem", "unprocessed", share=share, times=3)

    spoiled.transactions().write(rows(name, 30))

    assert written(spoiled, name) == 30
    assert spoiled.tries("BatchWriteItem") > 3


def test_rows_left_unprocessed_for_ever_are_named_and_the_next_run_writes_just_them(
    spoiled: Spoiled, name: str
) -> None:
    spoiled.spoil("BatchWriteItem", "unprocessed", share=0.5, times=None)
    with pytest.raises(UnwrittenError) as caught:
        spoiled.transactions(IMPATIENT).write(rows(name, 30))
    assert written(spoiled, name) == 30 - len(caught.value.record_ids) > 0

    spoiled.mend()
    spoiled.transactions().write([row for row in rows(name, 30) if row["transactionId"] in caught.value.record_ids])

    assert written(spoiled, name) == 30


def test_keys_left_unread_for_a_while_do_not_make_an_edited_row_look_new(spoiled: Spoiled, name: str) -> None:
    (row,) = rows(name, 1)
    spoiled.straight.put(spoiled.straight.transactions_table, {**row, "editedAt": DAY, "amount": Decimal(7)})
    spoiled.spoil("BatchGetItem", "unprocessed", share=0.0, times=2)

    kept = spoiled.transactions().write([row])

    assert kept == 1
    (kept_row,) = spoiled.transactions().neighbours([(name, DAY)])
    assert kept_row["amount"] == 7


@pytest.mark.parametrize("kind", ["throttle", "server_error", "reset"])
def test_a_bad_moment_of_a_table_is_waited_out(spoiled: Spoiled, name: str, kind: str) -> None:
    spoiled.spoil("BatchWriteItem", kind, times=BOTOCORES_TRIES - 1)

    spoiled.transactions().write(rows(name, 3))

    assert written(spoiled, name) == 3


def test_throttling_beyond_botocores_own_tries_is_waited_out_too(spoiled: Spoiled, name: str) -> None:
    spoiled.spoil("BatchWriteItem", "throttle", times=2 * BOTOCORES_TRIES)

    spoiled.transactions().write(rows(name, 3))

    assert written(spoiled, name) == 3


@pytest.mark.parametrize("kind", ["server_error", "reset", "lost_answer"])
def test_a_table_that_stays_broken_is_to_be_tried_again_later(spoiled: Spoiled, name: str, kind: str) -> None:
    put_image(spoiled, name)
    spoiled.spoil("UpdateItem", kind, times=None)

    with pytest.raises(TransientError, match=name):
        spoiled.images.claim(name, MINE)


@pytest.mark.parametrize("kind", [*BROKEN_ANSWERS, "timeout"])
@pytest.mark.parametrize(
    "change",
    [
        lambda images, name: images.claim(name, MINE) is not None,
        lambda images, name: images.release(name, MINE, attempts=1, reason="amount is missing"),
        lambda images, name: images.fail(name, MINE, attempts=3, reason="amount is missing"),
        lambda images, name: images.finish(name, MINE, archived_key="processed/2026-01-09/x.png"),
    ],
    ids=["claim", "release", "fail", "finish"],
)
def test_a_change_whose_answer_did_not_arrive_is_known_as_done(
    spoiled: Spoiled, name: str, change: Callable[[Any, str], bool], kind: str
) -> None:
    put_image(spoiled, name)
    spoiled.straight.clients.dynamodb.update_item(
        TableName=spoiled.straight.pending_table,
        Key={"imageId": {"S": name}},
        UpdateExpression="SET intentId = :me",
        ExpressionAttributeValues={":me": {"S": MINE}},
    )
    spoiled.spoil("UpdateItem", kind, **({"seconds": 0.01} if kind == "timeout" else {}))

    assert change(spoiled.images, name)

    assert spoiled.tries("UpdateItem") == 2


@pytest.mark.parametrize("kind", BROKEN_ANSWERS)
def test_an_intent_whose_answer_did_not_arrive_is_ours(spoiled: Spoiled, name: str, kind: str) -> None:
    spoiled.spoil("PutItem", kind)

    assert spoiled.ledger.create(an_intent(name))

    assert spoiled.tries("PutItem") == 2


def test_a_write_over_a_newer_version_is_a_lost_race_whatever_the_wire_did(spoiled: Spoiled, name: str) -> None:
    spoiled.ledger.create(an_intent(name))
    stale = spoiled.ledger.intent(name)
    assert stale is not None
    spoiled.ledger.save(stale)
    spoiled.spoil("PutItem", "lost_answer")

    with pytest.raises(LostRaceError):
        spoiled.ledger.save(stale)


def test_connections_that_are_closed_while_idle_go_unnoticed(spoiled: Spoiled, name: str) -> None:
    spoiled.spoil("*", "keep_alive_closed", times=None)

    for number in range(4):
        put_image(spoiled, f"{name}-{number}")
        assert spoiled.images.claim(f"{name}-{number}", MINE) is not None

    assert spoiled.tries("UpdateItem") == 4
