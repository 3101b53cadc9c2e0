"""`yorutsuke jobs stop`: end what Bedrock still works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.cli.confirmation import confirm
from yorutsuke_pipeline.cli.exit_codes import EXIT_FAILED
from yorutsuke_pipeline.cli.output import print_json, print_table, remark
from yorutsuke_pipeline.cli.parameters import as_json_option, the_stages
from yorutsuke_pipeline.engine.days import parse_day
from yorutsuke_pipeline.engine.errors import PermanentError
from yorutsuke_pipeline.engine.terms import command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.stopping import Stop, Stopper


@click.command()
@click.argument("what", metavar="JOB|INTENT|DAY")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option()
@click.pass_context
def stop(context: click.Context, what: str, *, yes: bool, as_json: bool) -> None:
    """Stop a job, all open jobs of an intent, or all of a day (YYYY-MM-DD).

    What was answered is kept and paid for; the rest goes back in line, and the next night asks about it again,
    unless submission is paused. A job that has ended, or that nobody knows, is named, and the exit code is 1.
    """
    from yorutsuke_pipeline.engine.stopping import StopOutcome  # noqa: PLC0415 — keeps --help quick

    rules = the_stages(context).stopper
    meant = _meant(rules, what)
    if not yes:
        for job in meant:
            remark(f"{job.job_id or job.job_name} of {job.intent_id}: {job.status}, {job.record_count} records")
        confirm(f"Stop {len(meant)} jobs?")
    stops = rules.stop(meant)
    _tell(stops, as_json=as_json)
    if any(each.outcome in {StopOutcome.LEFT, StopOutcome.ENDED} for each in stops):
        context.exit(EXIT_FAILED)


def _meant(rules: Stopper, what: str) -> list[BatchJob]:
    try:
        day = parse_day(what)
    except ValueError:
        return rules.named(what)
    found = rules.of_day(day)
    if not found:
        listing = command(rules.workloads[0], "jobs --open")
        raise PermanentError(f"{day} has no job that could be stopped; `{listing}` lists what is open")
    return found


def _tell(stops: Sequence[Stop], *, as_json: bool) -> None:
    documents = [
        {
            "intentId": each.job.intent_id,
            "jobName": each.job.job_name,
            "jobId": each.job.job_id,
            "verdict": each.outcome,
            "reason": each.reason,
        }
        for each in stops
    ]
    if as_json:
        print_json({"jobs": documents})
        return
    columns = ["intent", "job", "became", "why"]
    rows = [[each.job.intent_id, each.job.job_id or each.job.job_name, each.outcome, each.reason] for each in stops]
    print_table(f"{len(stops)} jobs", columns, rows)
