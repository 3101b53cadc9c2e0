"""`yorutsuke pause`, `resume` and `status`: the switch of submission."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.cli.output import print_json
from yorutsuke_pipeline.cli.parameters import as_json_option, the_stages
from yorutsuke_pipeline.engine.intent import IntentStatus

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
    """Pause submission: no job is created and no model is asked until `resume`. Nothing new is paid for.

    Jobs that are submitted go on, and their answers are read. Days are prepared as ever, up to the point where
    something would be paid for. A submission at this very moment may still go out.
    """
    from yorutsuke_pipeline.aws.clock import SystemClock  # noqa: PLC0415 — keeps --help quick
    from yorutsuke_pipeline.engine.switch import Pause  # noqa: PLC0415 — as above

    wanted = Pause(
        _one_line(reason, "--reason", _LONGEST_REASON),
        _one_line(by if by is not None else _user(), "--by", _LONGEST_NAME),
        SystemClock().now(),
    )
    holds = the_stages(context).line.switch.pause(wanted)
    if as_json:
        print_json({**_document(holds), "alreadyPaused": holds != wanted})
    elif holds != wanted:
        click.echo(f"nothing is changed: {holds}")
    else:
        click.echo(str(holds))


@click.command()
@as_json_option()
@click.pass_context
def resume(context: click.Context, *, as_json: bool) -> None:
    """Let submission go on. What was prepared meanwhile is submitted within a minute, by the completion sensor.

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
            f"yorutsuke backfill --from {intent.day} --to {intent.day}"
        )


@click.command()
@as_json_option()
@click.pass_context
def status(context: click.Context, *, as_json: bool) -> None:
    """Say whether submission is paused, by whom, since when and why, and which intents wait to be submitted."""
    line = the_stages(context).line
    holds, waiting = line.switch.current(), _waiting(line)
    if as_json:
        print_json({**_document(holds), "waitingIntents": _names(waiting)})
        return
    click.echo("submission is not paused" if holds is None else str(holds))
    for intent in waiting:
        click.echo(f"{intent.intent_id} waits to be submitted")


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


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        # A container's user may have no name at all.
        raise click.UsageError("your user name is not known here: say who you are with --by") from error
