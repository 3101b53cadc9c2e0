"""What a table of results does whose keys follow from the records' identities, and which has no index: the texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from yorutsuke_pipeline.aws.result_book import DynamoResultBook
from yorutsuke_pipeline.aws.results_table import ResultsTable
from yorutsuke_pipeline.engine.errors import UnwrittenError
from yorutsuke_pipeline.engine.record import PendingRecord
from yorutsuke_pipeline.workloads.violations.tables import CONTENT
from yorutsuke_pipeline_tests.aws.test_table_calls import client
from yorutsuke_pipeline_tests.aws.wire import IMPATIENT, Wire, answer
from yorutsuke_pipeline_tests.fakes.result_book import FakeResultBook
from yorutsuke_pipeline_tests.fakes.results_table import FakeResultsTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from yorutsuke_pipeline.engine.ports import ResultTable
    from yorutsuke_pipeline.engine.reconciliation.ports import ResultBook


@dataclass(frozen=True)
class Subject:
    table: ResultTable
    book: ResultBook
    put: Callable[[dict[str, Any]], None]


@pytest.fixture(params=["fake", "moto", "embedded"])
def subject(request: pytest.FixtureRequest) -> Subject:
    if request.param == "fake":
        fake = FakeResultsTable(shape=CONTENT)
        return Subject(fake, FakeResultBook(fake), lambda row: fake.rows.update({fake.place(row): row}))
    place = request.getfixturevalue(request.param)
    dynamodb, table = place.clients.dynamodb, place.tables[CONTENT.table]
    return Subject(
        ResultsTable(dynamodb, table, CONTENT), DynamoResultBook(dynamodb, table, CONTENT), partial(place.put, table)
    )


def text(name: str, **others: Any) -> dict[str, Any]:  # noqa: ANN401 — any attribute
    row = {"PK": f"VIOLATION#{name}", "SK": "BEDROCK_CONTENT", "violationId": name, "tags": ["spill"]}
    return {**row, "title_bedrock": "A spill in Tulsa", **others}


def test_a_text_is_found_by_its_violation_as_it_was_written(subject: Subject, name: str) -> None:
    assert subject.table.write([text(name)]) == 0

    assert subject.book.of([PendingRecord(name), PendingRecord(f"{name}-none")]) == {name: text(name)}
    assert subject.book.of_identity(name) == text(name)
    assert subject.book.of_identity(f"{name}-none") is None
    assert subject.book.identity(text(name)) == name
    assert subject.table.key(text(name)) == {"PK": f"VIOLATION#{name}", "SK": "BEDROCK_CONTENT"}


def test_the_texts_of_many_keys_are_read_and_what_is_not_there_is_not_among_them(subject: Subject, name: str) -> None:
    rows = [text(f"{name}-{number}") for number in range(105)]
    subject.table.write(rows)

    keys = (subject.table.key(text(f"{name}-{number}")) for number in range(110))

    assert sorted(row["PK"] for row in subject.table.read(keys)) == sorted(row["PK"] for row in rows)
    assert list(subject.table.read([])) == []


def test_a_text_that_a_person_has_edited_is_kept(subject: Subject, name: str) -> None:
    edited = text(name, title_bedrock="By hand", editedAt="2026-01-09T00:00:00.000Z")
    subject.put(edited)

    assert subject.table.write([text(name), text(f"{name}-other")]) == 1

    assert subject.book.of_identity(name) == edited


def test_a_text_is_never_added_over_another(subject: Subject, name: str) -> None:
    subject.book.add(text(name))
    subject.book.add(text(name, title_bedrock="Another"))

    assert subject.book.of_identity(name) == text(name)


def test_a_note_on_a_text_that_is_gone_makes_no_row(subject: Subject, name: str) -> None:
    subject.table.write([text(name)])

    for each in (name, f"{name}-none"):
        subject.table.mark_archive_failed(subject.table.key(text(each)), "the source is gone")

    assert subject.book.of_identity(name) == text(name, status="migrationFailed", archiveError="the source is gone")
    assert subject.book.of_identity(f"{name}-none") is None


def test_no_text_has_neighbours(subject: Subject, name: str) -> None:
    subject.table.write([text(name)])

    assert list(subject.table.neighbours([(f"VIOLATION#{name}", "B")])) == []


def test_texts_that_cannot_be_written_in_time_are_named_by_their_violations() -> None:
    used = client()
    row = {"PutRequest": {"Item": {"PK": {"S": "VIOLATION#v-1"}, "SK": {"S": "BEDROCK_CONTENT"}}}}
    wire = Wire([answer({"Responses": {}}), answer({"UnprocessedItems": {"violation-content": [row]}})])

    with wire.attached(used), pytest.raises(UnwrittenError, match="VIOLATION#v-1") as caught:
        ResultsTable(used, "violation-content", CONTENT, concurrency=1, patience=IMPATIENT).write([text("v-1")])

    assert caught.value.record_ids == ("VIOLATION#v-1",)
