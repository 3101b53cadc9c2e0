"""What every implementation of `ResultBook` does: the fake, and the adapter on two kinds of AWS."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.result_book import DynamoResultBook
from yorutsuke_pipeline.engine.identity import record_id
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.workloads.receipts.tables import TRANSACTIONS
from yorutsuke_pipeline_tests.fakes.result_book import FakeResultBook
from yorutsuke_pipeline_tests.fakes.results_table import FakeResultsTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.reconciliation.ports import ResultBook


@dataclass(frozen=True)
class Subject:
    port: ResultBook
    put: Callable[[dict[str, Any]], None]


@pytest.fixture(params=["fake", "moto", "embedded"])
def subject(request: pytest.FixtureRequest) -> Subject:
    if request.param == "fake":
        fake = FakeResultsTable()
        return Subject(FakeResultBook(fake), lambda row: fake.rows.update({(row["userId"], row["transactionId"]): row}))
    place = request.getfixturevalue(request.param)
    return Subject(
        DynamoResultBook(place.clients.dynamodb, place.transactions_table, TRANSACTIONS),
        partial(place.put, place.transactions_table),
    )


def transaction(name: str, **others: Any) -> dict[str, Any]:  # noqa: ANN401 — any attribute
    row = {"userId": "mai", "transactionId": record_id(name), "imageId": name, "amount": Decimal(1500)}
    return {**row, "date": "2026-01-09", **others}


def image(name: str, user: object = "mai") -> PendingRecord:
    return PendingRecord(name, {"userId": user})


def test_transactions_come_by_image_and_more_than_a_call_takes(subject: Subject, name: str) -> None:
    for number in range(105):
        subject.put(transaction(f"{name}-{number}"))

    found = subject.port.of([image(f"{name}-{number}") for number in range(110)])

    assert set(found) == {f"{name}-{number}" for number in range(105)}
    assert found[f"{name}-7"] == transaction(f"{name}-7")


@pytest.mark.parametrize("user", ["somebody else", "", None, 7])
def test_an_image_of_another_user_or_of_none_has_no_transaction_under_its_key(
    subject: Subject, name: str, user: object
) -> None:
    subject.put(transaction(name))

    assert subject.port.of([image(name, user)]) == {}
    assert subject.port.of_identity(name) == transaction(name)


def test_an_image_without_a_transaction_has_none(subject: Subject, name: str) -> None:
    assert (subject.port.of([]), subject.port.of_identity(name)) == ({}, None)


def test_a_scan_yields_every_row_with_its_image_or_none_if_a_person_entered_it(subject: Subject, name: str) -> None:
    subject.put(transaction(name))
    subject.put({"userId": name, "transactionId": "by hand"})

    rows = [row for row in subject.port.scan() if name in {row.get("imageId"), row["userId"]}]

    assert {subject.port.identity(row) for row in rows} == {name, None}


def test_a_row_is_added_and_never_written_over_another(subject: Subject, name: str) -> None:
    subject.port.add(transaction(name, merchant="first"))
    subject.port.add(transaction(name, merchant="second"))

    assert subject.port.of([image(name)])[name]["merchant"] == "first"
