"""What is said after a person has decided about dead letters: what was done, what was not, and what is next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.output import harmless_lines, print_json, remark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from yorutsuke_pipeline.engine.redriving import Decision
    from yorutsuke_pipeline.engine.terms import Terms


def print_verdicts(terms: Terms, done: str, decisions: Sequence[Decision], *, as_json: bool) -> None:
    """Tell what was done, what was left alone and why, and which command asks about what is in line.

    Args:
        terms: Of the workload.
        done: The word for what was wanted: redriven or discarded.
        decisions: What came of each record.
        as_json: One document in place of sentences.
    """
    from yorutsuke_pipeline.engine.redriving import Verdict  # noqa: PLC0415 — keeps --help quick

    rows: dict[Verdict, list[dict[str, Any]]] = {verdict: [] for verdict in Verdict}
    for decision in decisions:
        rows[decision.verdict].append(_document(decision, terms.key))
    changed, left, refused = rows[Verdict.DONE], rows[Verdict.LEFT_ALONE], rows[Verdict.REFUSED]
    commands = _commands(terms, {decision.day for decision in decisions if decision.day is not None})
    if as_json:
        print_json({done: changed, "leftAlone": left, "refused": refused, "next": commands})
        return
    for row in [*left, *refused]:
        remark(" ".join(harmless_lines(f"{row[terms.key] or row['id']}: {row['reason']}")))
    click.echo(f"{len(changed)} {done}, {len(left)} left alone, {len(refused)} refused")
    for command in commands:
        click.echo(f"to ask about them: {command}")


def _document(decision: Decision, key: str) -> dict[str, Any]:
    case = decision.case
    return {"id": case.name, key: case.identity, "date": decision.day, "reason": decision.why}


def _commands(terms: Terms, days: set[date]) -> list[str]:
    """Return the commands that run those days: one for each stretch of days that follow one another."""
    stretches: list[list[date]] = []
    for day in sorted(days):
        if stretches and day - stretches[-1][-1] == timedelta(days=1):
            stretches[-1].append(day)
        else:
            stretches.append([day])
    return [terms.command(f"backfill --from {stretch[0]} --to {stretch[-1]}") for stretch in stretches]
