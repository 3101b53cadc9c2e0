"""`yorutsuke violations`: the Iceberg table of violations, made and filled; texts for its rows, estimated and ordered.

What belongs here: the commands for the table. Estimates and orders are `violation_orders.py`, how a file's rows are
read and checked `violation_rows.py`, what was written `violation_texts.py`. What becomes of an order the commands of
every workload show, with `--workload violations`.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.cli.output import print_json
from yorutsuke_pipeline.cli.parameters import as_json_option, the_product
from yorutsuke_pipeline.cli.violation_orders import estimate, order
from yorutsuke_pipeline.cli.violation_rows import FORMATS, read_rows
from yorutsuke_pipeline.cli.violation_texts import texts

if TYPE_CHECKING:
    from yorutsuke_pipeline.aws.violations_table import ViolationsTable


@click.group()
def violations() -> None:
    """Make and fill the table of violations; estimate and order texts about them.

    What waits, runs and failed the other commands show: yorutsuke --workload violations jobs, dead-letters, ...
    """


violations.add_command(estimate)
violations.add_command(order)
violations.add_command(texts)


@violations.command()
@as_json_option()
@click.pass_context
def create(context: click.Context, *, as_json: bool) -> None:
    """Make the Iceberg table, and its namespace; one that is there stays as it is.

    On the embedded AWS the first command that needs the table makes it, with samples.
    """
    with closing(_table(context)) as table:
        is_new = table.create()
        name = table.name
    if as_json:
        print_json({"table": name, "created": is_new})
    else:
        click.echo(f"the table {name} is made" if is_new else f"the table {name} is there already, as it should be")


@violations.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "written_as",
    type=click.Choice(FORMATS),
    help="How the file is written; by its ending if not given (.csv, else JSON lines).",
)
@as_json_option()
@click.pass_context
def load(context: click.Context, file: Path, *, written_as: str | None, as_json: bool) -> None:
    """Add the rows of FILE to the table: CSV with a line of names, or one JSON object a line.

    The names are violation_id, agency, company, violation_type, fine_amount (USD), date_issued (YYYY-MM-DD), and as
    far as there is something: place, narrative. Wrong rows are named by line, and then nothing is loaded. A row whose
    id is in the table stays as it is there. Load one file at a time.
    """
    rows = read_rows(file, written_as)
    with closing(_table(context)) as table:
        added = table.load(rows)
    known = len(rows) - added
    if as_json:
        print_json({"rows": len(rows), "added": added, "known": known})
        return
    click.echo(
        f"{added:,} violations added" + (f", {known:,} were there already and stay as they are" if known else "")
    )


def _table(context: click.Context) -> ViolationsTable:
    from yorutsuke_pipeline.workloads.violations.line import violations_table  # noqa: PLC0415 — keeps --help quick

    return violations_table(the_product(context))
