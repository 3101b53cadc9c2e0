"""violations: one row in a hundred selected from the Iceberg table, highest fine first, under filters.

The table lies in a folder, as the embedded one does; nothing is asked of the stub. Its facts are what counts: the
bytes that were read for it. What the sides need is imported by them, so that no other benchmark's memory has it.
"""

from __future__ import annotations

import atexit
import tempfile
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline.workloads.violations.request import Filters
from yorutsuke_pipeline_tests.bench.benchmark import PRODUCT, Benchmark, Goal

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyiceberg.catalog import Catalog

    from yorutsuke_pipeline_tests.bench.benchmark import Side
    from yorutsuke_pipeline_tests.bench.scene import Facts, Scene

_IN_NO_ORDER, _DUCKDB, _PANDAS = "product, files in no order", "DuckDB over all rows", "pandas over all rows"
_WANTED_OF = 100
_AGENCIES = ("AGENCY-2", "AGENCY-5", "AGENCY-7")
_MOST = Decimal(100_000)


def _product_side(*, clustered: bool) -> Side:
    def prepare(scene: Scene) -> Callable[[], Facts]:
        from yorutsuke_pipeline.aws.violations_table import ViolationsTable  # noqa: PLC0415 — see above

        table = ViolationsTable(_catalog_with(scene.size, clustered=clustered), "yorutsuke")
        filters = Filters(agencies=_AGENCIES, max_fine_amount=_MOST)

        def work() -> Facts:
            before, rows = _megabytes_read(), table.select(filters)
            found = list(islice(rows, scene.size // _WANTED_OF))
            rows.close()
            return _facts(before, [row["fine_amount"] for row in found])

        return work

    return prepare


def _duckdb_side(scene: Scene) -> Callable[[], Facts]:
    """Read the whole table into Arrow, and let DuckDB select."""
    import duckdb  # noqa: PLC0415 — as above

    catalog = _catalog_with(scene.size, clustered=True)
    query = (
        "SELECT fine_amount, * FROM violations"
        " WHERE title_bedrock IS NULL AND list_contains($1, agency) AND fine_amount <= $2"
        " ORDER BY fine_amount DESC, violation_id LIMIT $3"
    )

    def work() -> Facts:
        before = _megabytes_read()
        with duckdb.connect() as database:
            database.register("violations", catalog.load_table("yorutsuke.violations").scan().to_arrow())
            limit = scene.size // _WANTED_OF
            found = database.execute(query, [list(_AGENCIES), _MOST, limit]).fetchall()
        return _facts(before, [row[0] for row in found])

    return work


def _pandas_side(scene: Scene) -> Callable[[], Facts]:
    """Read the whole table into pandas, and select there."""
    catalog = _catalog_with(scene.size, clustered=True)

    def work() -> Facts:
        before = _megabytes_read()
        rows = catalog.load_table("yorutsuke.violations").scan().to_pandas()
        wanted = rows.title_bedrock.isna() & rows.agency.isin(_AGENCIES) & (rows.fine_amount <= _MOST)
        found = rows[wanted].sort_values(["fine_amount", "violation_id"], ascending=[False, True])
        return _facts(before, list(found.head(scene.size // _WANTED_OF).fine_amount))

    return work


def _facts(read_before: float, fines: list[Decimal]) -> Facts:
    return {
        "units": len(fines),
        "MB read": round(_megabytes_read() - read_before, 1),
        "lowest fine": str(fines[-1]),
    }


def _megabytes_read() -> float:
    """Return what this process has read; 0 where the system does not say."""
    counts = Path("/proc/self/io")
    return int(counts.read_text().split()[1]) / 1e6 if counts.exists() else 0.0


def _catalog_with(size: int, *, clustered: bool) -> Catalog:
    """Return a catalog with a table of so many rows, which goes when this process does."""
    import pyarrow as pa  # noqa: PLC0415 — see above

    from yorutsuke_pipeline.aws.violations_catalog import embedded_catalog  # noqa: PLC0415 — see above
    from yorutsuke_pipeline.aws.violations_load import append_sorted  # noqa: PLC0415 — see above
    from yorutsuke_pipeline.aws.violations_table import ViolationsTable  # noqa: PLC0415 — see above

    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    catalog = embedded_catalog(Path(folder.name))
    atexit.register(catalog.close)
    ViolationsTable(catalog, "yorutsuke").create()
    rows = _rows(size)
    if clustered:
        rows = rows.sort_by([("fine_amount", "descending"), ("violation_id", "ascending")])
    append_sorted(catalog.load_table("yorutsuke.violations"), rows)
    # What making the rows took is no side's.
    del rows
    pa.default_memory_pool().release_unused()
    return catalog


def _rows(size: int) -> Any:  # noqa: ANN401 — an Arrow table, whose library is not imported here
    """Make rows by the column, some 400 bytes each; one in ten has a text."""
    import numpy as np  # noqa: PLC0415 — see above
    import pyarrow as pa  # noqa: PLC0415 — see above
    import pyarrow.compute as pc  # noqa: PLC0415 — see above
    from pyiceberg.io.pyarrow import schema_to_pyarrow  # noqa: PLC0415 — see above

    from yorutsuke_pipeline.aws.violations_schema import SCHEMA  # noqa: PLC0415 — see above

    chosen = np.random.default_rng(1)

    def one_of(names: list[str]) -> pa.Array:
        return pa.array(names).take(pa.array(chosen.integers(0, len(names), size)))

    days = pa.array(chosen.integers(16_000, 20_000, size).astype("int32"), pa.date32())
    sentences = [" ".join(f"{word:x}" for word in chosen.integers(0, 10**6, 8)) for _ in range(2_000)]
    columns = {
        "violation_id": pa.array([f"V-{number:010d}" for number in chosen.permutation(size)]),
        "agency": one_of([f"AGENCY-{number}" for number in range(12)]),
        "company": one_of([f"Company {number} Inc." for number in range(20_000)]),
        "violation_type": one_of([f"Type {number}" for number in range(40)]),
        "fine_amount": pa.array(chosen.lognormal(9, 1.4, size)).cast(pa.decimal128(14, 2)),
        "date_issued": days,
        "place": one_of([f"City {number}, OK" for number in range(300)]),
        "narrative": pc.binary_join_element_wise(*(one_of(sentences) for _ in range(5)), ". "),
        "title_bedrock": pc.if_else(pa.array(chosen.random(size) < 1 / 10), "A title", None),
    }
    wanted = schema_to_pyarrow(SCHEMA, include_field_ids=False)
    empty = {field.name: pa.nulls(size, field.type) for field in wanted if field.name not in columns}
    return pa.table({name: {**columns, **empty}[name].cast(wanted.field(name).type) for name in wanted.names})


VIOLATIONS = Benchmark(
    name="violations",
    title="one violation in a hundred selected, three agencies of twelve, highest fines first",
    unit="rows",
    sizes=(1_000_000,),
    quick_sizes=(50_000,),
    sides={
        PRODUCT: _product_side(clustered=True),
        _IN_NO_ORDER: _product_side(clustered=False),
        _DUCKDB: _duckdb_side,
        _PANDAS: _pandas_side,
    },
    goals=(Goal(_DUCKDB, must=2, aim=10), Goal(_PANDAS, must=5, aim=20)),
)
