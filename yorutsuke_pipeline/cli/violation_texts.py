"""`yorutsuke violations texts`: what was written about violations, to be read."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.cli.output import print_json, with_bar
from yorutsuke_pipeline.cli.parameters import as_json_option, the_stages

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.workload import Row

_SHOWN = 20
_FIELDS = ("violationId", "title_bedrock", "description_bedrock", "tags", "attribution", "generated_at", "intentId")


@click.command()
@click.option("--order", "intent_id", help="Only those of this order, or other intent.")
@click.option("--most", type=click.IntRange(min=1), default=_SHOWN, show_default=True, help="How many.")
@as_json_option()
@click.pass_context
def texts(context: click.Context, intent_id: str | None, most: int, *, as_json: bool) -> None:
    """Show published texts: title, description and tags, the newest first.

    This reads the whole table of texts. Columns beside the violations are in the Iceberg table.
    """
    rows = with_bar("reading texts", the_stages(context, "violations").line.result_book.scan())
    chosen = [row for row in rows if intent_id is None or row.get("intentId") == intent_id]
    chosen.sort(key=lambda row: (str(row.get("generated_at")), str(row.get("violationId"))), reverse=True)
    if as_json:
        print_json({"texts": [{name: row.get(name) for name in _FIELDS} for row in chosen[:most]]})
        return
    for row in islice(chosen, most):
        _show(row)
    left = len(chosen) - most
    click.echo(f"and {left:,} more: --most {len(chosen)}" if left > 0 else f"{len(chosen):,} texts")


def _show(row: Row) -> None:
    tags = ", ".join(map(str, row.get("tags") or ()))
    click.echo(f"{row.get('violationId')}  {row.get('title_bedrock')}")
    click.echo(f"    {row.get('description_bedrock')}")
    click.echo(f"    {tags}\n")
