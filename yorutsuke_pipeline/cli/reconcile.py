"""`yorutsuke reconcile`: every contradiction between tables, jobs and objects, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.exit_codes import EXIT_FAILED
from yorutsuke_pipeline.cli.output import print_json, print_table, progress_bar, remark
from yorutsuke_pipeline.cli.parameters import Day, as_json_option, check_range, the_stages, today
from yorutsuke_pipeline.engine.reconciliation.contradiction import Kind, how_to_mend

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from yorutsuke_pipeline.engine.reconciliation.contradiction import Contradiction
    from yorutsuke_pipeline.engine.terms import Terms

_COLUMNS = ("kind", "day", "subject", "what", "state")
_BACK = timedelta(days=6)


@dataclass
class Finding:
    """A contradiction and what became of it."""

    found: Contradiction
    is_mended: bool = False

    @property
    def state(self) -> str:
        """`mended`; `mendable` where `--fix` would mend it; else `left`."""
        if self.is_mended:
            return "mended"
        return "left" if self.found.fix is None else "mendable"


@dataclass
class Findings:
    """All of them, in the order of their kinds."""

    all: list[Finding] = field(default_factory=list)

    @property
    def left(self) -> list[Finding]:
        """Those that are not mended."""
        return [each for each in self.all if not each.is_mended]

    def in_order(self) -> list[Finding]:
        """What costs money first."""
        order = {kind: number for number, kind in enumerate(Kind)}
        return sorted(self.all, key=lambda each: (order[each.found.kind], str(each.found.day), each.found.subject))


@click.command()
@click.option(
    "--from", "first", type=Day(), help="The first day, YYYY-MM-DD in Tokyo; six days before --to if not given."
)
@click.option("--to", "last", type=Day(), help="The last day, included; today if not given.")
@click.option("--fix", is_flag=True, help="Mend what is safe: nothing is paid, nothing deleted that has no copy.")
@as_json_option()
@click.pass_context
def reconcile(context: click.Context, first: date | None, last: date | None, *, fix: bool, as_json: bool) -> None:
    """Compare intents, Bedrock's jobs, records, results, dead letters and objects; show every contradiction.

    Work under way is none. Reads both tables, all dead letters and the inbox whole, which costs a read of every
    row; the check `reconciled` of each day reads only that day. With --fix, running it again finds only what a
    person must decide. Exit code 1 if anything is left.
    """
    stages = the_stages(context)
    first, last = _range(first, last, stages.product.settings.first_day)
    findings = Findings()
    with progress_bar("comparing") as progress:
        for found in stages.reconciler.over(first, last, progress):
            findings.all.append(Finding(found, is_mended=fix and found.mended()))
    if as_json:
        print_json(_document(first, last, findings, stages.line.terms))
    else:
        _tell(first, last, findings, stages.line.terms)
    if findings.left:
        context.exit(EXIT_FAILED)


def _range(first: date | None, last: date | None, first_day: date) -> tuple[date, date]:
    """Return the days that are meant, from the first partition on."""
    newest = today()
    last = last or max(newest, first or newest)
    first = first or last - _BACK
    check_range(first, last)
    return max(first, min(first_day, last)), last


def _document(first: date, last: date, findings: Findings, terms: Terms) -> dict[str, Any]:
    return {
        "from": first,
        "to": last,
        "found": len(findings.all),
        "left": len(findings.left),
        "contradictions": [
            {
                "kind": each.found.kind,
                "date": each.found.day,
                "subject": each.found.subject,
                "what": each.found.what,
                "mend": how_to_mend(each.found.kind, terms),
                "state": each.state,
            }
            for each in findings.in_order()
        ],
    }


def _tell(first: date, last: date, findings: Findings, terms: Terms) -> None:
    if not findings.all:
        click.echo(f"no contradiction from {first} to {last}")
        return
    rows = [
        [each.found.kind, each.found.day, each.found.subject, each.found.what, each.state]
        for each in findings.in_order()
    ]
    print_table(f"{len(rows)} contradictions from {first} to {last}", _COLUMNS, rows)
    _tell_how_to_mend([each for each in findings.in_order() if not each.is_mended], terms)
    mended, mendable = len(rows) - len(findings.left), sum(each.state == "mendable" for each in findings.all)
    remark(f"{mended} mended, {len(findings.left)} left" + (f", {mendable} of which --fix mends" if mendable else ""))


def _tell_how_to_mend(left: Sequence[Finding], terms: Terms) -> None:
    for kind in dict.fromkeys(each.found.kind for each in left):
        remark(f"{kind}: {how_to_mend(kind, terms)}")
