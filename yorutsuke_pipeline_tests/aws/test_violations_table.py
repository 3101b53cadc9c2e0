"""Finding violations: which, in which order, and how little is read for it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from pyiceberg.schema import Schema

from yorutsuke_pipeline.aws.violations_catalog import embedded_catalog, embedded_folder
from yorutsuke_pipeline.aws.violations_schema import SCHEMA
from yorutsuke_pipeline.aws.violations_table import ViolationsTable
from yorutsuke_pipeline.engine.errors import ConfigurationError, TransientError
from yorutsuke_pipeline.workloads.violations.request import Filters
from yorutsuke_pipeline.workloads.violations.violation import Violation
from yorutsuke_pipeline_tests.aws.violation_rows import AGENCIES, content_row, violation_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_ROWS = [violation_row(number) for number in range(400)]
_MEDIUM = (Decimal(10_000), Decimal(100_000))


def ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-row["fine_amount"], row["violation_id"]))


def filters(**wishes: Any) -> Filters:  # noqa: ANN401 — as they come in a request
    return Filters.model_validate_json(json.dumps(wishes))


def data_files(home: Path) -> list[Path]:
    return list(embedded_folder(home).rglob("*.parquet"))


@pytest.fixture
def table(tmp_path: Path) -> Iterator[ViolationsTable]:
    table = ViolationsTable(embedded_catalog(tmp_path), "yorutsuke")
    table.create()
    yield table
    table.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ViolationsTable]:
    """Four files whose fines overlap; one row in ten has a text. Only read."""
    table = ViolationsTable(embedded_catalog(tmp_path_factory.mktemp("home")), "yorutsuke")
    table.create()
    for begin in range(4):
        table.load(_ROWS[begin::4])
    table.merge([content_row(row["violation_id"]) for row in _ROWS[::10]], "before")
    yield table
    table.close()


_WITHOUT_TEXT = [row for number, row in enumerate(_ROWS) if number % 10]


def test_violations_come_highest_fine_first_and_those_of_one_fine_by_id(filled: ViolationsTable) -> None:
    found = list(filled.select(Filters()))

    assert found == ordered(_WITHOUT_TEXT)
    assert len({row["fine_amount"] for row in found}) < len(found)


def test_its_rows_are_counted_with_and_without_text(filled: ViolationsTable, table: ViolationsTable) -> None:
    assert (filled.row_count(), table.row_count()) == (len(_ROWS), 0)


def test_a_row_has_the_fields_of_a_violation(filled: ViolationsTable) -> None:
    first = next(filled.select(Filters()))

    violation = Violation(**first)

    assert violation.as_attributes()["fineAmount"] == max(row["fine_amount"] for row in _WITHOUT_TEXT)


@pytest.mark.parametrize(
    ("wishes", "is_wanted"),
    [
        ({"minFineAmount": "10000"}, lambda row: row["fine_amount"] >= 10_000),
        ({"maxFineAmount": "4000.5"}, lambda row: row["fine_amount"] <= Decimal("4000.5")),
        ({"agencies": ["EPA", AGENCIES[4]]}, lambda row: row["agency"] in {"EPA", AGENCIES[4]}),
        ({"dateRange": {"start": "2024-02-29"}}, lambda row: row["date_issued"] >= date(2024, 2, 29)),
        ({"dateRange": {"end": "2023-06-30"}}, lambda row: row["date_issued"] <= date(2023, 6, 30)),
        ({"violationTypes": ["Emission"]}, lambda row: row["violation_type"] == "Emission"),
        (
            {"agencies": ["FDA"], "violationTypes": ["Labeling"], "minFineAmount": "100"},
            lambda row: row["agency"] == "FDA" and row["violation_type"] == "Labeling" and row["fine_amount"] >= 100,
        ),
        ({"agencies": ["' OR 1=1 --"]}, lambda _row: False),
    ],
)
def test_filters_leave_what_they_say(
    filled: ViolationsTable,
    wishes: dict[str, Any],
    is_wanted: Callable[[dict[str, Any]], bool],
) -> None:
    assert list(filled.select(filters(**wishes))) == ordered([row for row in _WITHOUT_TEXT if is_wanted(row)])


def test_a_table_that_has_its_columns_in_another_order_gives_each_value_its_own_name(tmp_path: Path) -> None:
    catalog = embedded_catalog(tmp_path)
    catalog.create_namespace("yorutsuke")
    catalog.create_table("yorutsuke.violations", Schema(*reversed(SCHEMA.fields)))
    table = ViolationsTable(catalog, "yorutsuke")
    table.load(_ROWS[:20])

    report = table.merge([content_row(row["violation_id"]) for row in _ROWS[:5]], "intent-1")

    assert report.updated == 5
    assert list(table.select(Filters())) == ordered(_ROWS[5:20])
    table.close()


def test_a_tier_begins_with_its_first_fine_and_ends_before_its_last(table: ViolationsTable) -> None:
    fines = ("9999.99", "10000.00", "99999.99", "100000.00")
    table.load([violation_row(number, fine_amount=Decimal(fine)) for number, fine in enumerate(fines)])

    assert [row["fine_amount"] for row in table.select(Filters(), _MEDIUM)] == [Decimal("99999.99"), Decimal(10_000)]
    assert [row["fine_amount"] for row in table.select(Filters(), (Decimal(100_000), None))] == [Decimal(100_000)]


def test_who_stops_early_has_read_no_file_of_lower_fines(table: ViolationsTable, tmp_path: Path) -> None:
    table.load([violation_row(number, fine_amount=Decimal(5_000 + number)) for number in range(50)])
    high = set(data_files(tmp_path))
    table.load([violation_row(number, fine_amount=Decimal(number)) for number in range(50, 100)])
    for low in set(data_files(tmp_path)) - high:
        low.unlink()

    rows = table.select(Filters())

    assert len(list(islice(rows, 50))) == 50
    with pytest.raises(TransientError, match=r"could not select violations .*FileNotFoundError"):
        next(rows)


def test_files_that_cannot_match_are_not_read(table: ViolationsTable, tmp_path: Path) -> None:
    table.load([violation_row(number, date_issued=date(2024, 1, 1)) for number in range(20)])
    wanted = set(data_files(tmp_path))
    table.load([violation_row(number, date_issued=date(2025, 1, 1)) for number in range(20, 40)])
    for other in set(data_files(tmp_path)) - wanted:
        other.unlink()

    assert len(list(table.select(filters(dateRange={"end": "2024-12-31"})))) == 20


def test_a_file_of_more_rows_than_are_read_at_once_is_whole(table: ViolationsTable, tmp_path: Path) -> None:
    rows = [violation_row(0, violation_id=f"V-{number:05d}") for number in range(12_000)]
    table.load(rows)
    texts = [content_row(row["violation_id"]) for row in (rows[1], rows[-1])]

    report = table.merge([*texts, content_row("V-no")], "intent-1")

    assert len(data_files(tmp_path)) == 2
    assert (report.updated, report.unknown) == (2, ("V-no",))
    assert list(table.select(Filters())) == [rows[0], *rows[2:-1]]


def test_a_selection_shows_the_table_as_it_was_when_it_began(table: ViolationsTable) -> None:
    table.load(_ROWS[:20])
    rows = table.select(Filters())
    first = next(rows)

    table.merge([content_row(row["violation_id"]) for row in _ROWS[:20]], "meanwhile")

    assert [first, *rows] == ordered(_ROWS[:20])
    assert list(table.select(Filters())) == []


def test_an_empty_table_has_no_violations_and_removes_none(table: ViolationsTable) -> None:
    assert list(table.select(Filters())) == []
    assert table.removals(filters(agencies=["EPA"])) == []


def test_each_filter_is_told_what_it_alone_removes_and_the_texts_what_they_do(filled: ViolationsTable) -> None:
    removals = dict(filled.removals(filters(agencies=["EPA"], minFineAmount="10000"), _MEDIUM))

    assert removals == {
        "agencies": sum(row["agency"] != "EPA" for row in _WITHOUT_TEXT),
        "minFineAmount": sum(row["fine_amount"] < 10_000 for row in _WITHOUT_TEXT),
        "priority": sum(not 10_000 <= row["fine_amount"] < 100_000 for row in _WITHOUT_TEXT),
        "hasText": sum(row["agency"] == "EPA" and 10_000 <= row["fine_amount"] < 100_000 for row in _ROWS[::10]),
    }


def test_the_filter_that_removes_the_most_comes_first(filled: ViolationsTable) -> None:
    removals = filled.removals(filters(agencies=["no such"], violationTypes=["Emission"]))

    assert [name for name, _ in removals] == ["agencies", "violationTypes"]
    assert removals[0][1] == len(_WITHOUT_TEXT)


def test_a_row_without_a_fine_or_a_day_is_left_out_and_counted(table: ViolationsTable) -> None:
    table.load([violation_row(1, fine_amount=None), violation_row(2, date_issued=None), violation_row(3, place=None)])

    assert [row["violation_id"] for row in table.select(Filters())] == ["V-0000003"]
    assert table.removals(Filters()) == [("incomplete", 2)]


def test_rows_that_are_there_are_not_loaded_again(table: ViolationsTable) -> None:
    loaded = [table.load(_ROWS[:30]), table.load(_ROWS[20:40]), table.load([_ROWS[50], _ROWS[50]]), table.load([])]

    assert loaded == [30, 10, 1, 0]
    assert list(table.select(Filters())) == ordered([*_ROWS[:40], _ROWS[50]])


def test_making_the_table_again_leaves_it_as_it_is(table: ViolationsTable) -> None:
    table.load(_ROWS[:5])

    assert table.create() is False
    assert len(list(table.select(Filters()))) == 5


def test_a_table_that_is_not_there_is_a_matter_of_configuration_and_names_the_command(tmp_path: Path) -> None:
    table = ViolationsTable(embedded_catalog(tmp_path), "elsewhere")

    with pytest.raises(ConfigurationError, match=r"elsewhere\.violations.*yorutsuke violations create.*NAMESPACE"):
        next(table.select(Filters()))
    table.close()
