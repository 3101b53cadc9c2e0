"""What every implementation of `ResultTable` does: the fake, and the adapter on two kinds of AWS."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from yorutsuke_pipeline.aws.attribute_values import as_item
from yorutsuke_pipeline.aws.receipt_transactions import ReceiptTransactions
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.workloads.receipts.tables import TRANSACTIONS
from yorutsuke_pipeline_tests.aws.wire import Wire, answer
from yorutsuke_pipeline_tests.fakes.results_table import FakeResultsTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.ports import ResultTable
    from yorutsuke_pipeline_tests.aws.places import Place


@dataclass(frozen=True)
class Subject:
    port: ResultTable
    put: Callable[[dict[str, Any]], None]
    row: Callable[[str, str], dict[str, Any]]
    rows: Callable[[str], list[dict[str, Any]]]


# moto's PartiQL knows no indexes.
knowing_partiql = pytest.mark.parametrize("subject", ["fake", "embedded"], indirect=True)


@pytest.fixture(params=["fake", "moto", "embedded"])
def subject(request: pytest.FixtureRequest) -> Subject:
    if request.param == "fake":
        fake = FakeResultsTable()
        return Subject(
            fake,
            lambda row: fake.rows.update({(row["userId"], row["transactionId"]): row}),
            lambda user, number: fake.rows.get((user, number), {}),
            lambda user: [row for (owner, _), row in fake.rows.items() if owner == user],
        )
    place = request.getfixturevalue(request.param)
    return Subject(
        adapter(place),
        partial(place.put, place.transactions_table),
        partial(row_at, place),
        lambda user: list(adapter(place).listing(user=user)),
    )


def adapter(place: Place) -> ReceiptTransactions:
    return ReceiptTransactions(place.clients.dynamodb, place.transactions_table, TRANSACTIONS)


def row_at(place: Place, user: str, number: str) -> dict[str, Any]:
    return place.row(place.transactions_table, {"userId": user, "transactionId": number})


def transaction(user: str, number: int = 1, **others: Any) -> dict[str, Any]:  # noqa: ANN401 — any attribute
    row = {
        "userId": user,
        "transactionId": f"{number:024d}",
        "imageId": f"image-{number}",
        "amount": Decimal("1500.5"),
        "date": "2026-01-09",
        "merchant": "コンビニ",
        "warnings": ["old_date"],
        "usage": {"inputTokens": 1000, "outputTokens": 100},
        "status": "confirmed",
    }
    return {**row, **others}


def test_a_row_is_written_as_it_is(subject: Subject, name: str) -> None:
    row = transaction(name)

    assert subject.port.write([row]) == 0

    assert subject.row(name, row["transactionId"]) == row
    assert subject.port.key(row) == {"userId": name, "transactionId": row["transactionId"]}


def test_nothing_is_written_of_nothing(subject: Subject) -> None:
    assert subject.port.write([]) == 0


def test_more_rows_than_a_call_takes_are_all_written(subject: Subject, name: str) -> None:
    rows = [transaction(name, number) for number in range(230)]

    subject.port.write(iter(rows))

    assert len(subject.rows(name)) == 230


def test_writing_again_overwrites_and_adds_nothing(subject: Subject, name: str) -> None:
    subject.port.write([transaction(name, number) for number in range(3)])

    subject.port.write([transaction(name, number, merchant="another") for number in range(4)])

    found = subject.rows(name)
    assert [row["merchant"] for row in found] == ["another"] * 4


def test_an_overwritten_row_keeps_nothing_of_the_old_one(subject: Subject, name: str) -> None:
    subject.port.write([transaction(name, description="paper")])

    subject.port.write([transaction(name)])

    assert "description" not in subject.row(name, transaction(name)["transactionId"])


def test_what_a_person_has_edited_is_kept(subject: Subject, name: str) -> None:
    edited = transaction(name, 1, merchant="by hand", editedAt="2026-01-09T00:00:00.000Z")
    subject.put(edited)
    subject.put(transaction(name, 2))

    kept = subject.port.write([transaction(name, number, merchant="by machine") for number in (1, 2, 3)])

    assert kept == 1
    assert subject.row(name, edited["transactionId"]) == edited
    found = subject.rows(name)
    assert sorted(row["merchant"] for row in found) == ["by hand", "by machine", "by machine"]


def test_of_rows_with_one_key_the_last_one_counts(subject: Subject, name: str) -> None:
    rows = [transaction(name, 1, merchant=merchant) for merchant in ("first", "second")]

    subject.port.write(rows)

    assert subject.row(name, rows[0]["transactionId"])["merchant"] == "second"


def test_rows_are_read_by_their_keys_more_than_a_call_takes(subject: Subject, name: str) -> None:
    rows = [transaction(name, number) for number in range(105)]
    subject.port.write(rows)

    found = subject.port.read(subject.port.key(transaction(name, number)) for number in range(110))

    assert sorted(found, key=lambda row: str(row["transactionId"])) == rows


@knowing_partiql
def test_neighbours_share_user_and_the_beginning_of_the_date(subject: Subject, name: str) -> None:
    subject.port.write(
        [
            transaction(name, 1),
            transaction(name, 2, date="2026-01-31"),
            transaction(name, 3, date="2026-02-01"),
            transaction(name, 4, date="2025-12-31"),
            transaction(f"{name}-other", 5),
        ],
    )

    def found(*places: tuple[str, str]) -> set[str]:
        return {row["imageId"] for row in subject.port.neighbours(places)}

    assert found((name, "2026-01")) == {"image-1", "image-2"}
    assert found((name, "2026-01-09")) == {"image-1"}
    assert found((name, "2025-01")) == set()
    assert found((name, "2026-02"), (f"{name}-other", "2026-01")) == {"image-3", "image-5"}
    assert found() == set()


@knowing_partiql
def test_the_neighbours_of_many_users_are_all_found(subject: Subject, name: str) -> None:
    subject.port.write([transaction(f"{name}-{number}", number) for number in range(25)])

    found = subject.port.neighbours([(f"{name}-{number}", "2026-01") for number in range(25)])

    assert sorted(row["imageId"] for row in found) == sorted(f"image-{number}" for number in range(25))


def test_neighbours_are_read_page_after_page_and_ten_users_at_a_time() -> None:
    client = boto3.client("dynamodb", "us-east-1", aws_access_key_id="KEY", aws_secret_access_key="secret")
    item = as_item(transaction("mai"))
    wire = Wire([answer({"Items": [item], "NextToken": "more"}), answer({"Items": [item]}), answer({"Items": []})])

    with wire.attached(client):
        places = [(f"user-{number}", "2026-01") for number in range(12)]
        table = ReceiptTransactions(client, "transactions-dev", TRANSACTIONS, concurrency=1)
        found = list(table.neighbours(places))

    assert found == [transaction("mai")] * 2
    first, second, third = wire.bodies()
    assert second == {**first, "NextToken": "more"}
    assert [value["S"] for value in first["Parameters"]] == [*(user for user, _ in places[:10]), "2026-01", "2026-01~"]
    assert third["Parameters"][0] == {"S": "user-10"}
    assert first["Statement"].startswith('SELECT * FROM "transactions-dev"."userId-date" WHERE userId IN [?, ?')


def test_a_failed_archive_is_noted_and_makes_no_row(subject: Subject, name: str) -> None:
    row = transaction(name)
    subject.port.write([row])

    subject.port.mark_archive_failed(subject.port.key(row), "the source is gone")
    subject.port.mark_archive_failed({"userId": name, "transactionId": "none"}, "the source is gone")

    noted = subject.row(name, row["transactionId"])
    assert (noted["status"], noted["archiveError"]) == ("migrationFailed", "the source is gone")
    assert subject.row(name, "none") == {}


def test_transactions_are_listed_by_user_and_by_date_of_the_receipt(moto: Place, name: str) -> None:
    table = adapter(moto)
    day = parse_day("1999-12-31")
    table.write([transaction(name, 1), transaction(name, 2, date=day.isoformat())])

    assert [row["imageId"] for row in table.listing(user=name)] == ["image-2", "image-1"]
    assert [row["imageId"] for row in table.listing(day, name)] == ["image-2"]
    assert [row["imageId"] for row in table.listing(day)] == ["image-2"]
    assert {row["userId"] for row in table.listing()} >= {name}
