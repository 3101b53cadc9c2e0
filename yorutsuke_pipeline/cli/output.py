"""What commands say: a JSON document or a table on stdout, progress and remarks on stderr."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import click

from yorutsuke_pipeline.engine.days import utc_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Item = TypeVar("Item")


def print_json(document: Mapping[str, Any]) -> None:
    """Write one document. Counts are numbers; money must be a string already, so that no digit is lost."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    numbers: Sequence[str] = (),
    only_in_pipes: Sequence[str] = (),
) -> None:
    """Write rows under `columns`, those in `numbers` to the right; into a pipe, tabs between the cells.

    A terminal is narrow: what nobody reads there, such as long ids, is left to pipes.
    """
    if not sys.stdout.isatty():
        click.echo("\t".join(columns))
        for row in rows:
            click.echo("\t".join(_one_line(cell) for cell in row))
        return
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 — 0.1 s that a pipe need not wait for
    from rich.console import Console  # noqa: PLC0415 — as above
    from rich.table import Table  # noqa: PLC0415 — as above
    from rich.text import Text  # noqa: PLC0415 — as above

    shown = [number for number, column in enumerate(columns) if column not in only_in_pipes]
    table = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number in shown:
        table.add_column(columns[number], justify="right" if columns[number] in numbers else "left", overflow="fold")
    for row in rows:
        # Text and not str: what a receipt says is no markup.
        table.add_row(*(Text(_one_line(row[number])) for number in shown))
    Console().print(table)


def remark(sentence: str) -> None:
    """Tell the person something that is no data."""
    click.echo(sentence, err=True)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a bar on stderr if that is a terminal; yields what takes the done and the total, None if nobody knows."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415 — as above
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def with_bar(what: str, items: Iterable[Item], total: int | None = None) -> Iterator[Item]:
    """Yield the items, with a bar meanwhile; one is done when the next is asked for."""
    with progress_bar(what) as progress:
        for done, item in enumerate(items, start=1):
            yield item
            progress(done, total)


def harmless_lines(text: str) -> list[str]:
    """Return the lines of a text that comes from outside, without what would move a terminal's cursor."""
    return [_one_line(line) for line in text.splitlines()]


def _one_line(cell: object) -> str:
    text = "" if cell is None else str(cell)
    # A merchant's name may hold anything; control characters would reach the terminal.
    return "".join(sign if sign.isprintable() else " " for sign in text)


def money(amount: Decimal | None) -> str | None:
    """Return an amount as a document has it: all digits, no exponent."""
    return None if amount is None else format(amount, "f")


def _plain(value: object) -> str | int:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        # DynamoDB gives every number as a Decimal; one with a fraction is no count.
        return int(value) if value == value.to_integral_value() else format(value, "f")
    if isinstance(value, set | frozenset):
        return " ".join(sorted(map(str, value)))
    raise TypeError(f"{type(value).__name__} has no place in a JSON document")
