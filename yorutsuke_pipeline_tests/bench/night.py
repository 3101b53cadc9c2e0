"""night: what a night of a million receipts takes, stage by stage: minutes, memory, requests, bytes and dollars.

The stages run one after the other, each in a process of its own, on a stub that is as slow as AWS; Bedrock's own
hours are not in it. What takes a call for each image is measured with fewer of them and scaled: `memory` shows
that time grows with the number of records and no faster.
"""

from __future__ import annotations

from decimal import Decimal
from operator import add
from typing import TYPE_CHECKING, Any

from yorutsuke_pipeline_tests.bench import archive, manifest, raw_output, results
from yorutsuke_pipeline_tests.bench.benchmark import Benchmark, in_records
from yorutsuke_pipeline_tests.bench.contents import IMAGE_BYTES
from yorutsuke_pipeline_tests.bench.stub.settings import StubSettings

if TYPE_CHECKING:
    from yorutsuke_pipeline_tests.bench.rounds import Row

NIGHT_RECORDS = 1_000_000
_IMAGES = 10_000

# USD a call in us-east-1, on demand. https://aws.amazon.com/dynamodb/pricing/on-demand/ and
# https://aws.amazon.com/s3/pricing/. DynamoDB bills units: a transaction is written to its table and three
# indexes, an image's row to its table and one; a read of up to 4 KB from an index is half a unit.
_WRITE_UNIT, _READ_UNIT = Decimal("0.625e-6"), Decimal("0.125e-6")
_S3_WRITE, _S3_READ = Decimal("5e-6"), Decimal("0.4e-6")
_CALLS = {
    "updateitem": 2 * _WRITE_UNIT,
    "putitem": 2 * _WRITE_UNIT,
    # An intent's entry, and the sums of its day and month; a transaction costs twice.
    "transactwriteitems": 6 * _WRITE_UNIT,
    "getitem": _READ_UNIT,
    # Of the day's images, a page of 1 MB.
    "query": 128 * _READ_UNIT,
    # Ten users' transactions of a month.
    "executestatement": 10 * _READ_UNIT,
    # A hundred keys that are not there yet.
    "batchgetitem": 100 * _READ_UNIT,
    # Its rows are counted by themselves.
    "batchwriteitem": Decimal(0),
    "get": _S3_READ,
    "head": _S3_READ,
    **dict.fromkeys(("put", "copy", "begin", "part", "complete", "list"), _S3_WRITE),
    "delete": Decimal(0),
}
_ROW = 4 * _WRITE_UNIT

NIGHT = Benchmark(
    name="night",
    title="the stages of a night, 8 ms a call to DynamoDB, 20 ms and 85 MB/s a connection to S3",
    unit="records",
    sizes=(NIGHT_RECORDS,),
    quick_sizes=(100,),
    sides={
        "manifest": manifest.product_side,
        "raw output": in_records(raw_output.product_side),
        "results": results.product_side,
        "archive": archive.product_side,
    },
    largest={"manifest": _IMAGES, "raw output": _IMAGES, "archive": _IMAGES},
    options={"image_bytes": IMAGE_BYTES},
    settings=lambda size: StubSettings(bucket_delay=0.02, bytes_per_second=85e6, images=min(size, _IMAGES)),
)


def dollars(calls: dict[str, int], rows_written: int) -> Decimal:
    """Return what a stage's calls cost in USD.

    Raises:
        KeyError: There is an operation whose price is not known here.
    """
    return sum((_CALLS[name] * count for name, count in calls.items()), Decimal(0)) + _ROW * rows_written


def night_table(rows: list[Row]) -> str:
    """Return the night in Markdown, every stage scaled to a million records."""
    lines = [
        "| stage | measured | minutes | MB over idle | requests | GB in | GB out | USD |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    totals: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    all_usd = Decimal(0)
    for row in rows:
        scale = NIGHT_RECORDS / row.size
        counts: dict[str, Any] = row.counts
        usd = dollars(counts["calls"], counts["rows_written"]) * Decimal(scale)
        values = (
            row.seconds / 60 * scale,
            sum(counts["calls"].values()) * scale,
            counts["bytes_sent"] / 1e9 * scale,
            counts["bytes_put"] / 1e9 * scale,
        )
        totals, all_usd = tuple(map(add, totals, values)), all_usd + usd
        lines.append(_line(row.side, f"{row.size:,}", f"{row.over_idle_mb:.0f}", values, usd))
    lines.append(_line("all", "", "", totals, all_usd))
    return "\n".join(lines) + "\n"


def _line(stage: str, measured: str, memory: str, values: tuple[float, ...], usd: Decimal) -> str:
    minutes, requests, received, sent = values
    return (
        f"| {stage} | {measured} | {minutes:,.1f} | {memory} | {requests:,.0f} "
        f"| {received:,.1f} | {sent:,.1f} | {usd:,.2f} |"
    )
