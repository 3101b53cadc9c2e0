"""The catalogs: in odd folders, under several processes, and S3 Tables as it is configured in production."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests
from botocore.exceptions import NoCredentialsError
from pyarrow.fs import S3FileSystem
from pyiceberg import exceptions as iceberg
from pyiceberg.schema import Schema
from pyiceberg.types import NestedField, StringType

from yorutsuke_pipeline.aws.iceberg_failures import reaching
from yorutsuke_pipeline.aws.violations_catalog import embedded_catalog, s3_tables_catalog, s3_tables_properties
from yorutsuke_pipeline.aws.violations_table import ViolationsTable
from yorutsuke_pipeline.engine import errors
from yorutsuke_pipeline.workloads.violations.request import Filters
from yorutsuke_pipeline_tests.aws.servers import serving
from yorutsuke_pipeline_tests.aws.violation_rows import content_row, violation_row

if TYPE_CHECKING:
    from pathlib import Path

    from yorutsuke_pipeline.local_aws.endpoint import Endpoint
    from yorutsuke_pipeline_tests.aws.places import Place

_BUCKET = "arn:aws:s3tables:ap-northeast-1:123456789012:bucket/violations"


def test_s3_tables_is_reached_as_its_guide_says() -> None:
    assert s3_tables_properties(_BUCKET) == {
        "type": "rest",
        "uri": "https://s3tables.ap-northeast-1.amazonaws.com/iceberg",
        "warehouse": _BUCKET,
        "rest.sigv4-enabled": "true",
        "rest.signing-name": "s3tables",
        "rest.signing-region": "ap-northeast-1",
        "s3.region": "ap-northeast-1",
        "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
    }


def test_an_endpoint_stands_in_for_s3_tables_and_for_s3() -> None:
    properties = s3_tables_properties(_BUCKET, "http://127.0.0.1:4566")

    assert properties["uri"] == "http://127.0.0.1:4566/iceberg"
    assert properties["s3.endpoint"] == "http://127.0.0.1:4566"


def test_the_production_configuration_works_on_the_embedded_s3_tables(
    embedded_aws: Endpoint, embedded: Place, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    bucket = embedded.clients.of("s3tables").create_table_bucket(name=name)["arn"]
    table = ViolationsTable(s3_tables_catalog(bucket, embedded_aws.url), "yorutsuke")

    made = [table.create(), table.create()]
    loaded = table.load(map(violation_row, range(30)))
    report = table.merge([content_row(f"V-{number:07d}") for number in range(10)], "intent-1")

    assert (made, loaded, report.updated) == ([True, False], 30, 10)
    assert table.merge([content_row("V-0000001")], "intent-1").snapshot_id is None
    assert {row["violation_id"] for row in table.select(Filters())} == {f"V-{number:07d}" for number in range(10, 30)}
    table.close()


@pytest.mark.parametrize("folder", ["a folder", "100%41?x=1#top", "領収書"])
def test_the_home_may_have_any_name(tmp_path: Path, folder: str) -> None:
    for _ in range(2):
        table = ViolationsTable(embedded_catalog(tmp_path / folder), "yorutsuke")
        table.create()
        table.load([violation_row(1)])
        assert len(list(table.select(Filters()))) == 1
        table.close()
    assert [path.name for path in tmp_path.iterdir()] == [folder]


def test_processes_that_write_at_once_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "yorutsuke_pipeline_tests.aws.violations_writer", str(tmp_path)]

    writers = [subprocess.Popen([*command, begin, end]) for begin, end in (("0", "4"), ("4", "8"))]
    codes = [writer.wait(timeout=120) for writer in writers]

    catalog = embedded_catalog(tmp_path)
    table = catalog.load_table("yorutsuke.violations")
    rows = table.scan().to_arrow().to_pylist()
    catalog.close()
    summaries = [snapshot.summary for snapshot in table.snapshots()]
    assert codes == [0, 0]
    assert sorted(row["violation_id"] for row in rows) == [f"V-{number:07d}" for number in range(8)]
    assert all(row["title_bedrock"] for row in rows)
    assert len([summary for summary in summaries if summary and "yorutsuke.intent" in summary.model_dump()]) == 8


def test_a_table_of_other_columns_is_refused_by_their_names(tmp_path: Path) -> None:
    catalog = embedded_catalog(tmp_path)
    catalog.create_namespace("yorutsuke")
    only_the_id = Schema(NestedField(1, "violation_id", StringType()), NestedField(2, "fine_amount", StringType()))
    catalog.create_table("yorutsuke.violations", only_the_id)
    table = ViolationsTable(catalog, "yorutsuke")

    with pytest.raises(errors.ConfigurationError, match=r"fine_amount \(string, not decimal.*tags \(missing"):
        table.create()
    table.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "violations").write_text("in the way")

    with pytest.raises(errors.TransientError, match=r"could not open it .*FileExistsError"):
        embedded_catalog(tmp_path)


@pytest.mark.parametrize(
    ("raised", "expected", "words"),
    [
        (iceberg.NoSuchNamespaceError("x"), errors.ConfigurationError, "make it with `yorutsuke violations create`"),
        (iceberg.ForbiddenError("no"), errors.ConfigurationError, "allow it for the role"),
        (NoCredentialsError(), errors.ConfigurationError, "set AWS_PROFILE"),
        (iceberg.TooManyRequestsError("slow"), errors.ThrottledError, "later"),
        (iceberg.ServiceUnavailableError("503"), errors.TransientError, "try again"),
        (requests.ConnectionError("reset"), errors.TransientError, "try again"),
        (OSError("AWS Error SLOW_DOWN"), errors.TransientError, "try again"),
        (iceberg.CommitStateUnknownException("504"), errors.InDoubtError, "may have taken effect"),
        (iceberg.CommitFailedException("x" * 5_000), errors.LostRaceError, "another writer was first"),
        (iceberg.BadRequestError("warehouse"), errors.PermanentError, "YORUTSUKE_VIOLATIONS_WAREHOUSE"),
    ],
)
def test_what_pyiceberg_raises_is_told_as_the_engine_does(
    raised: Exception, expected: type[Exception], words: str
) -> None:
    with pytest.raises(expected, match=words) as caught, reaching("the table y.violations", "merge texts"):
        raise raised

    assert type(caught.value) is expected
    assert "could not merge texts (the table y.violations)" in str(caught.value)
    assert len(str(caught.value)) < 600


def test_a_role_that_may_not_read_the_files_is_told_so_and_not_to_try_again() -> None:
    with serving(lambda _method: (b"", {}), status=403) as (address, asked):
        files = S3FileSystem(access_key="a", secret_key="b", region="us-east-1", endpoint_override=address)

        with pytest.raises(errors.ConfigurationError, match="allow it for the role"), reaching("the table", "select"):
            files.open_input_file("a-bucket/data/1.parquet")

    assert asked == ["HEAD /a-bucket/data/1.parquet"]
