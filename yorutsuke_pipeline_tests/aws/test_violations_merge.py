"""Texts into the table: one snapshot an intent, once, whoever else writes meanwhile."""

from __future__ import annotations

import itertools
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyiceberg.exceptions import CommitStateUnknownException
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import StringType

from yorutsuke_pipeline.aws.patience import Patience
from yorutsuke_pipeline.aws.violations_catalog import embedded_catalog
from yorutsuke_pipeline.aws.violations_merge import INTENT_PROPERTY, MergeReport
from yorutsuke_pipeline.aws.violations_schema import SCHEMA
from yorutsuke_pipeline.aws.violations_table import ViolationsTable
from yorutsuke_pipeline.engine.errors import InDoubtError, LostRaceError, PermanentError
from yorutsuke_pipeline_tests.aws.meddled_catalog import MeddledCatalog
from yorutsuke_pipeline_tests.aws.violation_rows import content_row, violation_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyiceberg.catalog import Catalog

_ROWS = [violation_row(number) for number in range(100)]
_IDS = [row["violation_id"] for row in _ROWS]
_TEXT = {
    "title_bedrock": "What happened at V-0000003",
    "description_bedrock": "A fine was paid.",
    "tags": ["safety", "fines"],
    "generated_at": datetime(2026, 1, 10, 2, 0, 0, 500_000, timezone.utc),
    "attribution": "Written by a model",
}


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = embedded_catalog(tmp_path)
    yield catalog
    catalog.close()


@pytest.fixture
def table(catalog: Catalog) -> ViolationsTable:
    """Two files of fifty rows."""
    table = ViolationsTable(catalog, "yorutsuke")
    table.create()
    table.load(_ROWS[::2])
    table.load(_ROWS[1::2])
    return table


@pytest.fixture
def meddled(catalog: Catalog) -> Iterator[Callable[..., ViolationsTable]]:
    made = []

    def make(**meddling: Any) -> ViolationsTable:  # noqa: ANN401 — the catalog's
        made.append(MeddledCatalog(catalog, **meddling))
        # Some five tries without a pause.
        time = itertools.count()
        patience = Patience(5.0, sleep=lambda _: None, now=lambda: next(time))
        return ViolationsTable(made[-1], "yorutsuke", patience=patience)

    yield make
    for each in made:
        each.close()


def once(action: Callable[[], object]) -> Callable[[], None]:
    """Return what does it when it is first called, and nothing after that."""
    left = [action]

    def act() -> None:
        while left:
            left.pop()()

    return act


def rows_of(catalog: Catalog) -> dict[str, dict[str, Any]]:
    """Read all there is with pyiceberg alone."""
    found = catalog.load_table("yorutsuke.violations").scan().to_arrow().to_pylist()
    assert len(found) == len({row["violation_id"] for row in found})
    return {row["violation_id"]: row for row in found}


def intents(catalog: Catalog) -> list[str]:
    """Return the intents that snapshots name, in the order of the snapshots."""
    summaries = [snapshot.summary for snapshot in catalog.load_table("yorutsuke.violations").snapshots()]
    named = [summary.additional_properties.get(INTENT_PROPERTY) for summary in summaries if summary]
    return [intent for intent in named if intent is not None]


def with_title(catalog: Catalog) -> set[str]:
    return {identity for identity, row in rows_of(catalog).items() if row["title_bedrock"] is not None}


def test_a_text_is_put_into_its_row_and_nothing_else_changes(table: ViolationsTable, catalog: Catalog) -> None:
    before = rows_of(catalog)

    report = table.merge([content_row(_IDS[3])], "intent-1")

    assert rows_of(catalog) == {**before, _IDS[3]: {**before[_IDS[3]], **_TEXT}}
    assert (report.updated, report.unchanged, report.unknown) == (1, 0, ())


def test_all_texts_of_an_intent_are_one_snapshot_that_names_it(table: ViolationsTable, catalog: Catalog) -> None:
    before = len(catalog.load_table("yorutsuke.violations").snapshots())

    report = table.merge(map(content_row, _IDS[10:60]), "intent-1")

    after = catalog.load_table("yorutsuke.violations")
    assert len(after.snapshots()) == before + 1
    assert after.current_snapshot() == after.snapshot_by_id(report.snapshot_id or 0)
    assert intents(catalog) == ["intent-1"]
    assert with_title(catalog) == set(_IDS[10:60])


def test_the_same_texts_again_make_no_snapshot(table: ViolationsTable, catalog: Catalog) -> None:
    table.merge(map(content_row, _IDS[:30]), "intent-1")

    again = table.merge(map(content_row, _IDS[:30]), "intent-1")

    assert again == MergeReport(snapshot_id=None, updated=0, unchanged=30)
    assert intents(catalog) == ["intent-1"]


def test_only_files_with_a_new_text_are_written_anew(table: ViolationsTable, catalog: Catalog) -> None:
    table.merge(map(content_row, _IDS), "intent-1")
    files = {task.file.file_path for task in catalog.load_table("yorutsuke.violations").scan().plan_files()}

    report = table.merge([*map(content_row, _IDS[:10]), content_row(_IDS[10], title_bedrock="Another")], "intent-2")

    left = {task.file.file_path for task in catalog.load_table("yorutsuke.violations").scan().plan_files()}
    assert (report.updated, report.unchanged) == (1, 10)
    assert len(files & left) == 1


def test_ids_that_the_table_does_not_have_are_told_and_not_added(table: ViolationsTable, catalog: Catalog) -> None:
    report = table.merge(map(content_row, ["V-no-2", _IDS[0], "V-no-1"]), "intent-1")

    assert (report.updated, report.unknown) == (1, ("V-no-1", "V-no-2"))
    assert set(rows_of(catalog)) == set(_IDS)


def test_no_texts_change_nothing(table: ViolationsTable, catalog: Catalog) -> None:
    assert table.merge([], "intent-1") == MergeReport(None, 0, 0)
    assert intents(catalog) == []


def test_of_two_texts_with_one_id_the_last_one_counts(table: ViolationsTable, catalog: Catalog) -> None:
    table.merge([content_row(_IDS[0], title_bedrock="First"), content_row(_IDS[0], title_bedrock="Last")], "intent-1")

    assert rows_of(catalog)[_IDS[0]]["title_bedrock"] == "Last"


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"title_bedrock": None}, "no title_bedrock"),
        ({"title_bedrock": ""}, "no title_bedrock"),
        ({"violationId": None}, "no violationId"),
        ({"generated_at": "yesterday"}, r"generated_at is no time.*yesterday"),
        ({"generated_at": "2026-01-10T02:00:00"}, "names no time zone"),
        ({"generated_at": 1768010400}, "generated_at 1768010400 is no time"),
    ],
)
def test_what_is_no_text_is_refused_and_nothing_is_merged(
    table: ViolationsTable,
    catalog: Catalog,
    columns: dict[str, Any],
    words: str,
) -> None:
    with pytest.raises(PermanentError, match=words):
        table.merge([content_row(_IDS[0]), content_row(_IDS[1], **columns)], "intent-1")

    assert intents(catalog) == []


def test_columns_that_others_added_keep_their_values(table: ViolationsTable, catalog: Catalog) -> None:
    with catalog.load_table("yorutsuke.violations").update_schema() as change:
        change.add_column("inspector", StringType())
    table.load([violation_row(200, inspector="Aoi")])

    table.merge([content_row("V-0000200"), content_row(_IDS[0])], "intent-1")

    rows = rows_of(catalog)
    assert (rows["V-0000200"]["inspector"], rows[_IDS[0]]["inspector"]) == ("Aoi", None)
    assert with_title(catalog) == {"V-0000200", _IDS[0]}


def test_a_table_that_another_has_partitioned_takes_texts_but_no_rows_from_here(catalog: Catalog) -> None:
    by_agency = PartitionSpec(PartitionField(source_id=2, field_id=1000, transform=IdentityTransform(), name="agency"))
    catalog.create_namespace("yorutsuke")
    made = catalog.create_table("yorutsuke.violations", SCHEMA, partition_spec=by_agency)
    made.append(pa.Table.from_pylist(_ROWS, schema_to_pyarrow(SCHEMA, include_field_ids=False)))
    table = ViolationsTable(catalog, "yorutsuke")

    table.merge(map(content_row, _IDS[:30]), "intent-1")

    assert with_title(catalog) == set(_IDS[:30])
    epa = catalog.load_table("yorutsuke.violations").scan("agency = 'EPA'").to_arrow().to_pylist()
    assert len(epa) == sum(row["agency"] == "EPA" for row in _ROWS)
    with pytest.raises(PermanentError, match="is partitioned: add rows to it with what made it"):
        table.load([violation_row(200)])


def test_rows_that_another_appends_meanwhile_stay_and_no_file_is_written_twice(
    table: ViolationsTable, catalog: Catalog, meddled: Callable[..., ViolationsTable], tmp_path: Path
) -> None:
    merging = meddled(before=once(lambda: table.load([violation_row(500)])))

    report = merging.merge(map(content_row, [*_IDS[:5], "V-0000500"]), "intent-1")

    assert (report.updated, report.unknown) == (6, ())
    assert with_title(catalog) == {*_IDS[:5], "V-0000500"}
    assert intents(catalog) == ["intent-1"]
    # Two loaded, one appended, and each of them once with its texts.
    assert len(list(tmp_path.rglob("*.parquet"))) == 6


def test_texts_that_another_merges_meanwhile_stay(
    table: ViolationsTable, catalog: Catalog, meddled: Callable[..., ViolationsTable]
) -> None:
    merging = meddled(before=once(lambda: table.merge(map(content_row, _IDS[5:10]), "intent-2")))

    merging.merge(map(content_row, _IDS[:5]), "intent-1")

    assert with_title(catalog) == set(_IDS[:10])
    assert intents(catalog) == ["intent-2", "intent-1"]


def test_who_is_never_first_gives_up_at_the_deadline_and_has_changed_nothing(
    table: ViolationsTable, catalog: Catalog, meddled: Callable[..., ViolationsTable]
) -> None:
    numbers = itertools.count(1_000)
    merging = meddled(before=lambda: table.load([violation_row(next(numbers))]))

    with pytest.raises(LostRaceError, match=r"could not merge texts .*another writer was first"):
        merging.merge(map(content_row, _IDS[:5]), "intent-1")

    assert with_title(catalog) == set()
    assert next(numbers) > 1_002


def test_after_a_commit_that_nobody_heard_of_merging_again_finds_it_done(
    table: ViolationsTable, catalog: Catalog, meddled: Callable[..., ViolationsTable]
) -> None:
    def lose_the_answer() -> None:
        raise CommitStateUnknownException("504")

    with pytest.raises(InDoubtError, match="may have taken effect"):
        meddled(after=lose_the_answer).merge(map(content_row, _IDS[:5]), "intent-1")

    assert table.merge(map(content_row, _IDS[:5]), "intent-1") == MergeReport(None, 0, 5)
    assert intents(catalog) == ["intent-1"]
