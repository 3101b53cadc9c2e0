"""`yorutsuke transactions`: what the receipts became, as a table, as JSON, or as CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.output import money, print_json, print_table, remark, with_bar
from yorutsuke_pipeline.cli.parameters import Day, UserId, as_json_option, the_product

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from yorutsuke_pipeline.engine.workload import Row

_SHOWN = ("date", "merchant", "amount", "currency", "type", "category", "userId", "status", "warnings")
_CSV = (*_SHOWN, "description", "transactionId", "imageId", "jobId", "intentId", "extractedAt")
# What a spreadsheet takes for the beginning of a formula, full-width signs too (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_STDOUT = "-"


@click.command()
@click.option("--date", "day", type=Day(), help="Only those whose receipt bears this date, YYYY-MM-DD.")
@click.option("--user", type=UserId(), help="Only this user's; without, the whole table is read.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False), help="Write CSV to this file; - for stdout.")
@as_json_option()
@click.pass_context
def transactions(
    context: click.Context, day: date | None, user: str | None, csv_file: str | None, *, as_json: bool
) -> None:
    """Show the transactions by date. --date is the date on the receipt, not the day of its upload.

    The CSV is UTF-8 with the mark by which Excel knows it (none on stdout); a text that a spreadsheet would
    run as a formula begins with an apostrophe.
    """
    from yorutsuke_pipeline.workloads.receipts import line  # noqa: PLC0415 — loads boto3, which --help must not

    if csv_file is not None and as_json:
        raise click.UsageError("--csv and --json exclude each other")
    table = line.transactions(the_product(context))
    rows = sorted(with_bar("reading transactions", table.listing(day, user)), key=_order)
    if as_json:
        print_json({"transactions": [_document(row) for row in rows]})
    elif csv_file == _STDOUT:
        click.echo(_csv_text(rows), nl=False)
    elif csv_file is not None:
        _replace_file(Path(csv_file), rows)
        remark(f"{len(rows)} transactions written to {csv_file}")
    else:
        cells = [[_cell(row.get(name)) for name in _SHOWN] for row in rows]
        print_table(f"{len(rows)} transactions", _SHOWN, cells, numbers=["amount"])


def _document(row: Row) -> dict[str, Any]:
    amount = row.get("amount")
    return {**row, "amount": money(amount) if isinstance(amount, Decimal) else amount}


def _order(row: Row) -> tuple[str, str, str]:
    return str(row.get("date")), str(row.get("userId")), str(row.get("transactionId"))


def _replace_file(target: Path, rows: Sequence[Row]) -> None:
    """Write the file in one step: nobody finds half of it, and a failure leaves the old one."""
    draft = target.with_name(f".{target.name}.draft")
    try:
        # utf-8-sig: without the mark, Excel reads Japanese as garbage.
        draft.write_text(_csv_text(rows), encoding="utf-8-sig", newline="")
        draft.replace(target)
    except OSError as error:
        raise click.FileError(str(target), hint=error.strerror) from error
    finally:
        draft.unlink(missing_ok=True)


def _csv_text(rows: Sequence[Row]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_CSV)
    writer.writerows([_harmless(_cell(row.get(name))) for name in _CSV] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:  # noqa: ANN401 — a row's value may be of any kind
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
