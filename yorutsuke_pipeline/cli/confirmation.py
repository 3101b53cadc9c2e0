"""Questions to the person at the terminal, and what becomes of them where nobody is there to answer."""

from __future__ import annotations

import sys

import click


def confirm(question: str) -> None:
    """Ask on stderr whether to go on.

    Raises:
        click.Abort: The person says no.
        click.UsageError: Nobody can answer, as under cron or with an empty stdin; the message names `--yes`.
    """
    try:
        said_yes = click.confirm(question, err=True)
    except click.Abort:
        # click says no more than "Aborted!" where stdin is at its end; at a terminal that was the person's own doing.
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        what = "nobody is at a terminal to answer that, so nothing was done. To say yes beforehand: --yes"
        raise click.UsageError(what) from None
    if not said_yes:
        raise click.Abort
