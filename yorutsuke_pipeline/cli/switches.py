"""`yorutsuke pause`, `resume` and `status`: the switch of submission."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.cli.output import print_json, remark
from yorutsuke_pipeline.cli.parameters import as_json_option, the_product, the_stages, the_workload, user_name
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.terms import command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.switch import Pause
    from yorutsuke_pipeline.line import Line

# Both stand in run tags and tick messages, where nobody reads a page.
_LONGEST_REASON = 300
_LONGEST_NAME = 80


@click.command()
@click.option("--reason", required=True, help="Why, in a sentence; it is shown wherever something is held back.")
@click.option("--by", help="Who pauses; your user name, if it is left out.")
@as_json_option()
@click.pass_context
def pause(context: click.Context, reason: str, by: str | None, *, as_json: bool) -> None:
    """Pause a workload's submission: no job is created, no model asked until `resume`. Nothing new is paid for.

    Of one workload, receipts unless the program's option says otherwise: `yorutsuke --workload violations pause ...`.

    Jobs that are submitted go on, and their answers are read. Days are prepared as ever, up to the point where
    something would be paid for. A submission at this very moment may still go out.
    """
    from yorutsuke_pipeline.aws.clock import SystemClock  # noqa: PLC0415 — keeps --help quick
    from yorutsuke_pipeline.engine.switch import Pause  # noqa: PLC0415 — as above

    wanted = Pause(
        _one_line(reason, "--reason", _LONGEST_REASON),
        _one_line(by if by is not None else user_name(), "--by", _LONGEST_NAME),
        SystemClock().now(),
        the_workload(context),
    )
    holds = the_stages(context).line.switch.pause(wanted)
    if as_json:
        print_json({**_document(holds), "alreadyPaused": holds != wanted})
    elif holds != wanted:
        click.echo(f"nothing is changed: {holds}")
    else:
        click.echo(str(holds))
    _remark_on_others(context, wanted.reason)


@click.command()
@as_json_option()
@click.pass_context
def resume(context: click.Context, *, as_json: bool) -> None:
    """Let a workload's submission go on. What was prepared is submitted within a minute, by the completion sensor.

    Only a day whose last run failed waits for a person: `yorutsuke backfill` submits it.
    """
    line = the_stages(context).line
    ended = line.switch.resume()
    waiting = _waiting(line)
    if as_json:
        print_json({**_document(None), "wasPaused": ended is not None, "waitingIntents": _names(waiting)})
        return
    if ended is None:
        click.echo("submission was not paused")
    else:
        click.echo(f"submission goes on; {ended.by} had paused it: {ended.reason}")
    for intent in waiting:
        click.echo(
            f"{intent.intent_id} waits: the completion sensor submits it, unless its last run failed: "
            + command(intent.workload, f"backfill --from {intent.day} --to {intent.day}")
        )


@click.command()
@as_json_option()
@click.pass_context
def status(context: click.Context, *, as_json: bool) -> None:
    """Say whether a workload's submission is paused, by whom, since when and why, and which intents wait for it."""
    line = the_stages(context).line
    holds, waiting = line.switch.current(), _waiting(line)
    if as_json:
        print_json({**_document(holds), "waitingIntents": _names(waiting)})
        return
    click.echo("submission is not paused" if holds is None else str(holds))
    for intent in waiting:
        click.echo(f"{intent.intent_id} waits to be submitted")


def _remark_on_others(context: click.Context, reason: str) -> None:
    """Say which workloads go on: who pauses one may mean all of them."""
    from yorutsuke_pipeline.lineup import blueprints  # noqa: PLC0415 — loads boto3, which --help must not

    mine, product = the_workload(context), the_product(context)
    for other in (each.name for each in blueprints(product.settings) if each.name != mine):
        if product.switch_of(other).current() is None:
            remark(f"{other} go on; to pause them too: {command(other, f'pause --reason {quote(reason)}')}")


def _waiting(line: Line) -> list[Intent]:
    """Return the intents that are sealed and not wholly submitted."""
    listed = line.product.ledger.open_intents(line.workload.name)
    sealed = (intent for intent in listed if intent.status is IntentStatus.MANIFESTED)
    return sorted(sealed, key=lambda intent: intent.intent_id)


def _names(intents: Sequence[Intent]) -> list[str]:
    return [intent.intent_id for intent in intents]


def _document(holds: Pause | None) -> dict[str, object]:
    return {
        "paused": holds is not None,
        "reason": None if holds is None else holds.reason,
        "pausedBy": None if holds is None else holds.by,
        "pausedAt": None if holds is None else holds.since,
    }


def _one_line(text: str, option: str, longest: int) -> str:
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not 0 < len(line) <= longest:
        raise click.BadParameter(f"takes 1 to {longest} characters", param_hint=option)
    return line
