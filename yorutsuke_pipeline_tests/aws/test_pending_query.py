"""How a day's images are asked for: by the index, page by page, and never by reading the table."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.record_table import RecordTable
from yorutsuke_pipeline.engine.errors import ThrottledError
from yorutsuke_pipeline.workloads.receipts.tables import IMAGES
from yorutsuke_pipeline_tests.aws.test_table_calls import client
from yorutsuke_pipeline_tests.aws.wire import IMPATIENT, UNHURRIED, Wire, answer, quick_retries

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.patience import Patience

DAY = date(2026, 1, 9)
MINE = "receipts-2026-01-09-001"
THROTTLED = answer({"__type": "x#ProvisionedThroughputExceededException", "message": "slower"}, 400)


def row(name: str) -> dict[str, Any]:
    return {"imageId": {"S": name}, "status": {"S": "pending"}, "pendingDate": {"S": DAY.isoformat()}}


def page(*names: str, last: str | None = None) -> Any:  # noqa: ANN401 — an answer
    after = {} if last is None else {"LastEvaluatedKey": {"imageId": {"S": last}}}
    return answer({"Items": [row(name) for name in names], **after})


def listed(wire: Wire, patience: Patience = UNHURRIED) -> list[str]:
    used = client()
    with wire.attached(used):
        table = RecordTable(used, "pending-images", IMAGES, patience=patience)
        return [record.identity for record in table.pending(DAY)]


def operations(wire: Wire) -> list[str]:
    targets: list[Any] = [request.headers["X-Amz-Target"] for request in wire.requests]
    return [target.decode().rpartition(".")[2] for target in targets]


def test_a_days_images_are_queried_from_the_index_page_by_page() -> None:
    wire = Wire([page("a", "b", last="b"), page(last="c"), page("d")])

    assert listed(wire) == ["a", "b", "d"]

    assert operations(wire) == ["Query"] * 3
    first, second, third = wire.bodies()
    assert first["IndexName"] == "pendingDate-uploadedAt"
    assert (first["KeyConditionExpression"], first["ExpressionAttributeValues"]) == (
        "pendingDate = :day",
        {":day": {"S": "2026-01-09"}},
    )
    assert not {"FilterExpression", "Limit", "ExclusiveStartKey"} & first.keys()
    assert [later["ExclusiveStartKey"]["imageId"]["S"] for later in (second, third)] == ["b", "c"]


def test_no_page_is_asked_for_before_it_is_needed() -> None:
    used, wire = client(), Wire([page("a", last="a"), page("b")])

    with wire.attached(used):
        next(RecordTable(used, "pending-images", IMAGES).pending(DAY))

    assert len(wire.requests) == 1


def test_a_page_that_is_turned_away_is_asked_for_again_and_none_comes_twice() -> None:
    wire = Wire([page("a", last="a"), THROTTLED, THROTTLED, page("b")])

    assert listed(wire) == ["a", "b"]

    assert len(wire.requests) == 4


def test_a_page_that_is_turned_away_until_the_deadline_is_throttling() -> None:
    with pytest.raises(ThrottledError, match="2026-01-09"):
        listed(Wire([THROTTLED]), IMPATIENT)


@pytest.mark.parametrize("tries", [1, 20])
def test_a_claim_is_asked_for_until_the_table_admits_it(tries: int) -> None:
    used = client()
    wire = Wire([*[THROTTLED] * tries, answer({"Attributes": {**row("a"), "intentId": {"S": MINE}}})])

    with wire.attached(used):
        claimed = RecordTable(used, "pending-images", IMAGES, patience=UNHURRIED).claim("a", MINE)

    assert claimed is not None
    assert claimed.intent_id == MINE
    assert operations(wire) == ["UpdateItem"] * (tries + 1)


def test_a_claim_that_another_intent_has_is_told_by_the_clients_own_error() -> None:
    used = client()
    lost = {"__type": "x#ConditionalCheckFailedException", "message": "no", "Item": {"intentId": {"S": "other"}}}

    with quick_retries(used), Wire([answer(lost, 400)]).attached(used) as wire:
        assert RecordTable(used, "pending-images", IMAGES).claim("a", MINE) is None

    assert operations(wire) == ["UpdateItem"] * 2
