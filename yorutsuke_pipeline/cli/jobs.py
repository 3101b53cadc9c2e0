"""`yorutsuke jobs`: the intents and their jobs at Bedrock, with counts, estimate and cost; and stopping them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from yorutsuke_pipeline.cli.job_stopping import stop
from yorutsuke_pipeline.cli.output import money, print_json, print_table
from yorutsuke_pipeline.cli.parameters import Day, as_json_option, the_stages
from yorutsuke_pipeline.engine.day_intents import intents_in
from yorutsuke_pipeline.engine.intent import IntentStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from decimal import Decimal

    from yorutsuke_pipeline.engine.batch_job import BatchJob
    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.ports import IntentLedger
    from yorutsuke_pipeline.line import Line

_COLUMNS = (
    *("intent", "day", "state", "records", "accepted", "rejected", "estimate $", "cost $"),
    *("job", "asked", "status", "message"),
)
_ON_A_PAGE = 1000
_NUMBERS = ("records", "accepted", "rejected", "estimate $", "cost $")


@click.group(invoke_without_command=True)
@click.option("--date", "day", type=Day(), help="Only those of this day, YYYY-MM-DD in Tokyo.")
@click.option("--open", "only_open", is_flag=True, help="Only those with work left.")
@as_json_option()
@click.pass_context
def jobs(context: click.Context, day: date | None, *, only_open: bool, as_json: bool) -> None:
    """Show the intents with their jobs: states, counts, estimated and settled cost in USD.

    An intent is one decision to process some records once: a part of a day, or an order. With neither --date nor
    --open, all of them are read.
    """
    if context.invoked_subcommand is not None:
        return
    line = the_stages(context).line
    found = sorted(_intents(line, day, only_open=only_open), key=lambda intent: (intent.day, intent.intent_id))
    listed = [(intent, line.product.ledger.jobs(intent.intent_id)[: intent.job_count]) for intent in found]
    if as_json:
        print_json({"intents": [_document(intent, its_jobs) for intent, its_jobs in listed]})
        return
    rows = [row for intent, its_jobs in listed for row in _rows(intent, its_jobs)]
    print_table(f"{len(listed)} intents", _COLUMNS, rows, numbers=_NUMBERS, only_in_pipes=["day", "asked", "job"])


jobs.add_command(stop)


def _intents(line: Line, day: date | None, *, only_open: bool) -> Iterable[Intent]:
    name, ledger = line.workload.name, line.product.ledger
    if day is not None:
        found: Iterable[Intent] = intents_in(ledger, name, day, *IntentStatus)
    elif only_open:
        found = ledger.open_intents(name)
    else:
        found = _all(ledger, name)
    return [intent for intent in found if intent.is_open or not only_open]


def _all(ledger: IntentLedger, workload: str) -> Iterator[Intent]:
    """Yield a workload's intents, page by page."""
    before = None
    while True:
        page = ledger.listing(workload, before=before, most=_ON_A_PAGE)
        yield from page.intents
        before = page.before
        if before is None:
            return


def _document(intent: Intent, its_jobs: Iterable[BatchJob]) -> dict[str, Any]:
    return {
        "intentId": intent.intent_id,
        "date": intent.day,
        "status": intent.status,
        "modelId": intent.model_id,
        "createdAt": intent.created_at,
        "closedAt": intent.closed_at,
        "recordCount": intent.record_count,
        "rejectedBeforeCount": intent.rejected_count,
        "successCount": intent.result.success_count if intent.result else None,
        "failureCount": intent.result.failure_count if intent.result else None,
        "estimateUsd": money(intent.estimate_usd),
        "costUsd": money(intent.cost_usd),
        "onDemandUsd": money(intent.on_demand_usd),
        "jobs": [
            {
                "jobName": job.job_name,
                "jobId": job.job_id,
                "mode": job.mode,
                "status": job.status,
                "message": job.message,
                "recordCount": job.record_count,
                "inputTokens": job.usage.input_tokens if job.usage else None,
                "outputTokens": job.usage.output_tokens if job.usage else None,
                "submittedAt": job.submitted_at,
                "completedAt": job.completed_at,
            }
            for job in its_jobs
        ],
    }


def _rows(intent: Intent, its_jobs: Iterable[BatchJob]) -> list[list[object]]:
    """Return a line for each job, the intent's own values on the first."""
    result = intent.result
    head: list[object] = [
        intent.intent_id,
        intent.day,
        intent.status,
        # Those rejected before they were asked about, too: the numbers beside it add up to this one.
        intent.record_count + intent.rejected_count,
        result.success_count if result else None,
        result.failure_count if result else None,
        _usd(intent.estimate_usd),
        _usd(intent.cost_usd),
    ]
    tails: list[list[object]] = [[job.job_id or job.job_name, job.mode, job.status, job.message] for job in its_jobs]
    if not tails:
        return [head + [None] * (len(_COLUMNS) - len(head))]
    blank: list[object] = [None] * len(head)
    return [[*(blank if number else head), *tail] for number, tail in enumerate(tails)]


def _usd(amount: Decimal | None) -> str:
    return "unknown" if amount is None else f"{amount:.4f}"
