"""`yorutsuke backfill` and `yorutsuke retry-failed`: days that a person wants to be run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.exit_codes import EXIT_FAILED
from yorutsuke_pipeline.cli.output import print_json, print_table, progress_bar, remark, with_bar
from yorutsuke_pipeline.cli.parameters import (
    as_json_option,
    day_range_options,
    days_of_range,
    the_run_queue,
    the_stages,
)
from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.intent import IntentStatus
from yorutsuke_pipeline.engine.retrying import Half, Retry, retry_of, waits_for_submission

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from yorutsuke_pipeline.cli.surroundings import RunQueue
    from yorutsuke_pipeline.defs.launching import LaunchedRun
    from yorutsuke_pipeline.stages import Stages


@dataclass
class Choice:
    """Which days are to be run, and which are left out, each with its reason."""

    chosen: dict[date, Retry] = field(default_factory=dict)
    left_out: dict[date, str] = field(default_factory=dict)


def _wait_option(command: Any) -> Any:  # noqa: ANN401 — a click decorator takes and gives anything
    return click.option("--wait", is_flag=True, help="Wait until the launched runs have ended; 1 if one failed.")(
        command
    )


@click.command()
@day_range_options
@_wait_option
@as_json_option()
@click.pass_context
def backfill(context: click.Context, first: date, last: date, *, wait: bool, as_json: bool) -> None:
    """Submit every day from --from to --to in which records or orders of the workload wait.

    Launches the job submit_batch for each; the completion sensor brings the rest once Bedrock is done. Days
    in which nothing waits are named and left out: running them would change nothing.
    """
    stages = the_stages(context)
    days = days_of_range(stages.product, first, last)
    pause = stages.line.switch.current()
    if pause is not None:
        remark(f"the days are only prepared: {pause}")
    with the_run_queue(context) as queue:
        choice = Choice()
        for day in with_bar("looking at days", days, len(days)):
            _choose_waiting(choice, stages, day)
        _run(context, queue, choice, wait=wait, as_json=as_json)


@click.command("retry-failed")
@day_range_options
@_wait_option
@as_json_option()
@click.pass_context
def retry_failed(context: click.Context, first: date, last: date, *, wait: bool, as_json: bool) -> None:
    """Run the days from --from to --to again that are red in Dagster, or have an intent whose last run failed.

    A day whose jobs have ended gets ingest_results, any other submit_batch, whose second half the completion
    sensor brings. A day whose jobs still run is left out. Nothing that is paid for is asked for again.
    """
    stages = the_stages(context)
    days = days_of_range(stages.product, first, last)
    with the_run_queue(context) as queue:
        failed = _failed_days(queue, stages, days)
        choice = Choice()
        for day in with_bar("looking at failed days", failed, len(failed)):
            _choose_failed(choice, stages, day)
        _run(context, queue, choice, wait=wait, as_json=as_json)


def _failed_days(queue: RunQueue, stages: Stages, days: list[date]) -> list[date]:
    if not days:
        return []
    product = stages.product
    return queue.failed_days(
        days[0],
        days[-1],
        first_partition=product.settings.first_day,
        open_intents=product.ledger.open_intents(stages.line.workload.name),
    )


def _choose_waiting(choice: Choice, stages: Stages, day: date) -> None:
    name = stages.line.workload.name
    if stages.day_waits(day):
        choice.chosen[day] = Retry(Half.SUBMIT, "something waits in it")
    elif any(intent.is_open for intent in intents_in(stages.product.ledger, name, day, *IntentStatus)):
        choice.left_out[day] = "it is submitted; its answers are awaited"
    else:
        choice.left_out[day] = "nothing waits in it"


def _choose_failed(choice: Choice, stages: Stages, day: date) -> None:
    intents = intents_in(stages.product.ledger, stages.line.workload.name, day, *IntentStatus)
    progress = stages.watch.look([intent for intent in intents if intent.is_open])
    waits = waits_for_submission(stages.line.pending.pending(day), intents, stages.product.ledger.intent)
    retry = retry_of(progress, something_waits=waits)
    if retry is None:
        choice.left_out[day] = "its jobs are not done; the completion sensor reads their answers"
    else:
        choice.chosen[day] = retry


def _run(context: click.Context, queue: RunQueue, choice: Choice, *, wait: bool, as_json: bool) -> None:
    """Launch what was chosen, tell it, and with `wait` see it to its end."""
    for day in queue.busy_days(choice.chosen):
        del choice.chosen[day]
        choice.left_out[day] = "a run of it is queued or under way"
    runs: list[LaunchedRun] = []
    for half in Half:
        days = [day for day, retry in choice.chosen.items() if retry.half is half]
        if days:
            remark(f"launching {half} for {len(days)} days ...")
            runs += queue.launch(half, days)
    is_alive = queue.daemon_is_alive()
    if runs and not is_alive:
        remark("no Dagster daemon is alive: the runs stay in the queue until `dagster dev` (or dagster-daemon) runs")
    if runs and wait and is_alive:
        with progress_bar("waiting for runs") as progress:
            runs = queue.wait(runs, progress)
    _tell(choice, runs, is_alive=is_alive, as_json=as_json)
    for run in runs:
        if run.failure is not None:
            remark(f"{run.day}: run {run.run_id} failed: {run.failure}")
    if wait and not all(run.ended_well for run in runs):
        context.exit(EXIT_FAILED)


def _tell(choice: Choice, runs: Iterable[LaunchedRun], *, is_alive: bool, as_json: bool) -> None:
    launched = [
        {
            "date": run.day,
            "job": run.half,
            "runId": run.run_id,
            "status": run.status,
            "reason": choice.chosen[run.day].reason,
            "failure": run.failure,
        }
        for run in sorted(runs, key=lambda run: run.day)
    ]
    left_out = [{"date": day, "reason": reason} for day, reason in sorted(choice.left_out.items())]
    if as_json:
        print_json({"launched": launched, "leftOut": left_out, "daemonIsAlive": is_alive})
        return
    if launched:
        columns = ["date", "job", "run", "status", "why"]
        cells = [[row[name] for name in ("date", "job", "runId", "status", "reason")] for row in launched]
        print_table(f"{len(launched)} runs launched", columns, cells, only_in_pipes=["run"])
    elif left_out:
        click.echo("no run was launched")
    else:
        click.echo("no run was launched: no day of that range needs one")
    for row in left_out:
        remark(f"{row['date']} is left out: {row['reason']}")
