"""`yorutsuke violations estimate` and `order`: texts for the violations that fit, through the desk of the API.

What belongs here: options as a request, and how an estimate and an order look. What may be asked for is
`workloads/violations/request.py`, the rules of orders are `engine/order_desk.py`.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.confirmation import confirm
from yorutsuke_pipeline.cli.output import money, print_json, print_table, remark
from yorutsuke_pipeline.cli.parameters import Day, as_json_option, the_stages, user_name
from yorutsuke_pipeline.cli.surroundings import Surroundings
from yorutsuke_pipeline.cli.violation_rows import PYDANTICS
from yorutsuke_pipeline.engine.orders import Estimate, Wanted
from yorutsuke_pipeline.engine.terms import command

if TYPE_CHECKING:
    from yorutsuke_pipeline.engine.orders import Placed
    from yorutsuke_pipeline.engine.ports_orders import OrderDesk

_WORKLOAD = "violations"
# Where a value of a request comes from, for the message that refuses it.
_OPTIONS = {
    "filters.minFineAmount": "--min-fine",
    "filters.maxFineAmount": "--max-fine",
    "filters.agencies": "--agency",
    "filters.violationTypes": "--type",
    "filters.dateRange": "--from and --to",
    "filters": "--min-fine and --max-fine",
    "limits.maxViolations": "--max",
    "limits.maxSpendUSD": "--max-spend",
    "limits.priority": "--priority",
}
_COLUMNS = ("violations", "tokens", "cost $", "$ for one")


def request_options(run: Any) -> Any:  # noqa: ANN401 — a click decorator takes and gives anything
    """Add the options of a request, which arrive together as `body`, the JSON that the API takes."""

    @wraps(run)
    def with_request(*words: Any, **options: Any) -> Any:  # noqa: ANN401 — as above
        return run(*words, body=_body(options), **options)

    for option in reversed(
        (
            click.option("--min-fine", "least", metavar="USD", help="Fines from this on."),
            click.option("--max-fine", "most", metavar="USD", help="Fines up to this, included."),
            click.option("--agency", "agencies", multiple=True, help="Of this agency; may be given more than once."),
            click.option("--type", "types", multiple=True, help="Of this type; may be given more than once."),
            click.option("--from", "first", type=Day(), help="Issued on this day or later, YYYY-MM-DD."),
            click.option("--to", "last", type=Day(), help="Issued on this day or before."),
            click.option(
                "--max", "count", type=int, help="How many at most, the highest fines first; 1000 if not given."
            ),
            click.option("--max-spend", "spend", metavar="USD", help="The most that it may be estimated at."),
            click.option(
                "--priority",
                type=click.Choice(["high", "medium", "low"]),
                help="Only fines of this tier: from 100,000, from 10,000, below. All if not given.",
            ),
        )
    ):
        with_request = option(with_request)
    return with_request


@click.command()
@request_options
@as_json_option()
@click.pass_context
def estimate(context: click.Context, *, body: dict[str, Any], as_json: bool) -> None:
    """Say how many violations an order would take, and what it would cost. Nothing is created or paid for."""
    found = _desk(context).estimate(_wanted(body, None))
    if as_json:
        print_json({"dryRun": True, **_estimate_document(found)})
    else:
        _print_estimate(found)


@click.command()
@request_options
@click.option("--id", "name", metavar="NAME", help="The order's own name; made of day and content if not given.")
@click.option("--yes", is_flag=True, help="Do not ask whether to pay.")
@as_json_option()
@click.pass_context
def order(context: click.Context, *, body: dict[str, Any], name: str | None, yes: bool, as_json: bool) -> None:
    """Order texts for the violations that fit, after showing the estimate. They are published when they are accepted.

    The same order again on the same day is the same order, and is told as it stands. Its run is launched by the
    completion sensor of a running Dagster, within a minute.
    """
    desk, wanted = _desk(context), _wanted(body, name)
    placed = desk.known(wanted)
    if placed is None:
        if not yes:
            _print_estimate(desk.estimate(wanted), on_stderr=True)
            confirm("Order these texts, and pay for them?")
        placed = desk.place(wanted)
    _tell(placed, as_json=as_json)


def _body(options: dict[str, Any]) -> dict[str, Any]:
    """Take the options of a request out of a command's, as the JSON that the API takes."""
    taken = {
        name: options.pop(name)
        for name in ("least", "most", "agencies", "types", "first", "last", "count", "spend", "priority")
    }
    dates = {"start": taken["first"], "end": taken["last"]}
    filters = {
        "minFineAmount": taken["least"],
        "maxFineAmount": taken["most"],
        "agencies": list(taken["agencies"]),
        "violationTypes": list(taken["types"]),
        "dateRange": {name: day.isoformat() for name, day in dates.items() if day is not None},
    }
    limits = {"maxViolations": taken["count"], "maxSpendUSD": taken["spend"], "priority": taken["priority"]}
    return {
        "filters": {name: value for name, value in filters.items() if value},
        "limits": {name: value for name, value in limits.items() if value is not None},
    }


def _wanted(body: dict[str, Any], name: str | None) -> Wanted:
    """Return what is wanted.

    Raises:
        click.UsageError: A value cannot be asked for; the message names its option.
    """
    from pydantic import ValidationError  # noqa: PLC0415 — keeps --help quick

    from yorutsuke_pipeline.workloads.violations.request import ViolationsRequest  # noqa: PLC0415 — as above
    from yorutsuke_pipeline.workloads.violations.selection import selection_of  # noqa: PLC0415 — as above

    try:
        request = ViolationsRequest.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"] if isinstance(step, str))
        raise click.BadParameter(first["msg"].removeprefix(PYDANTICS), param_hint=_option_of(place)) from error
    return Wanted(
        owner=user_name(),
        intent_id=name,
        selection=selection_of(request),
        budget_usd=request.limits.max_spend_usd,
    )


def _option_of(place: str) -> str:
    return next((option for begin, option in _OPTIONS.items() if place.startswith(begin)), place)


def _desk(context: click.Context) -> OrderDesk:
    given = context.find_root().obj
    if isinstance(given, Surroundings) and given.desks is not None:
        return given.desks[_WORKLOAD]
    return the_stages(context, _WORKLOAD).order_desk


def _estimate_document(found: Estimate) -> dict[str, Any]:
    return {
        "violationCount": found.record_count,
        "totalTokens": found.token_count,
        "costUsd": money(found.cost_usd),
        "note": found.note,
    }


def _print_estimate(found: Estimate, *, on_stderr: bool = False) -> None:
    cost, count = found.cost_usd, found.record_count
    if on_stderr:
        told = "at an unknown price" if cost is None else f"for an estimated {cost:.4f} USD"
        remark(f"{count:,} violations, {found.token_count:,} tokens, {told}")
    else:
        each = "unknown" if cost is None or not count else f"{cost / count:.6f}"
        row = [count, found.token_count, "unknown" if cost is None else f"{cost:.4f}", each]
        print_table("an estimate: nothing is ordered", _COLUMNS, [row], numbers=_COLUMNS)
    if found.note is not None:
        remark(f"note: {found.note}")


def _tell(placed: Placed, *, as_json: bool) -> None:
    state = placed.state
    follow = command(_WORKLOAD, f"jobs --date {state.day}")
    if as_json:
        print_json(
            {
                "intentId": state.intent_id,
                "date": state.day,
                "status": state.status,
                "cached": placed.cached,
                "message": state.message,
                **_estimate_document(placed.estimate),
                "next": follow,
            }
        )
        return
    again = "was ordered before" if placed.cached else "is ordered"
    click.echo(f"{state.intent_id} {again}: {placed.estimate.record_count:,} violations; it is {state.status}")
    if state.message is not None:
        remark(state.message)
    remark(f"to follow it: {follow}")
