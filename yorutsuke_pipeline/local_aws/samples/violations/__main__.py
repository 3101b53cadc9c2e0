"""The command `python -m yorutsuke_pipeline.local_aws.samples.violations`: sample rows into one file.

The file's ending decides: `.jsonl` for an object a line, `.csv` for a header and comma-separated rows, both in UTF-8.
Amounts are text such as "12500.00", days are ISO 8601.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.local_aws.samples.violations.draft import COLUMNS
from yorutsuke_pipeline.local_aws.samples.violations.row import violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DEFAULT_COUNT = 20_000
DEFAULT_SEED = 7


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .jsonl or .csv file.")
@click.option("--count", type=click.IntRange(min=1), default=DEFAULT_COUNT, show_default=True, help="How many rows.")
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="The same seed gives the same rows.")
def main(out: Path, count: int, seed: int) -> None:
    """Write sample rows about regulatory violations into a file, in place of what it held."""
    write = _WRITERS.get(out.suffix.lower())
    if write is None:
        raise click.BadParameter(f"{out.name} ends neither in .jsonl nor in .csv", param_hint="--out")
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        write(file, (_as_text(row) for row in violations(seed, count)))
    click.echo(f"wrote {count} violations to {out}")


def _as_text(row: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in row.items()}


def _write_lines(file: IO[str], rows: Iterable[dict[str, str]]) -> None:
    file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _write_csv(file: IO[str], rows: Iterable[dict[str, str]]) -> None:
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)


_WRITERS: dict[str, Callable[[IO[str], Iterable[dict[str, str]]], None]] = {".jsonl": _write_lines, ".csv": _write_csv}

if __name__ == "__main__":
    main()
