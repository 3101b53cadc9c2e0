"""`yorutsuke trial`: another model or prompt is asked about a day again, and compared before anything is accepted.

What belongs here: words and questions to the person. How a comparison looks is `trial_views.py`, which files and
ids are taken `trial_choice.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.cli.confirmation import confirm
from yorutsuke_pipeline.cli.output import print_json, remark
from yorutsuke_pipeline.cli.parameters import Day, as_json_option, the_stages
from yorutsuke_pipeline.cli.trial_choice import Model, chosen_fields, chosen_identities, find_trial, read_prompt
from yorutsuke_pipeline.cli.trial_views import (
    BarMeter,
    compared,
    print_acceptance,
    print_comparison,
    print_trials,
    trial_document,
)
from yorutsuke_pipeline.engine.errors import PausedError, PermanentError, SlotsFullError
from yorutsuke_pipeline.engine.terms import command

if TYPE_CHECKING:
    from datetime import date

    from yorutsuke_pipeline.engine.intent import Intent
    from yorutsuke_pipeline.engine.terms import Terms
    from yorutsuke_pipeline.engine.trials.trials import Trials

_SAMPLE = 20


@click.group()
def trial() -> None:
    """Try another model or prompt on a day that is done, compare, and accept or discard.

    A trial asks about a day's processed records again (photos from their copies), and writes no result. It is paid for
    like any other question, and says beforehand how much. TRIAL is its id; DAY means its newest.
    """


@trial.command()
@click.argument("day", type=Day())
@click.option("--model", "model_id", type=Model(), help="The model, or inference profile, to ask.")
@click.option(
    "--prompt",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A text file with the question to ask; its version follows from its text.",
)
@click.option("--limit", type=click.IntRange(min=1), default=_SAMPLE, show_default=True, help="How many records.")
@click.option("--all", "everything", is_flag=True, help="All records of the day.")
@click.option("--yes", is_flag=True, help="Do not ask whether to pay.")
@as_json_option()
@click.pass_context
def start(
    context: click.Context,
    day: date,
    *,
    model_id: str | None,
    prompt: Path | None,
    limit: int,
    everything: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Ask about a sample of DAY again, and compare the answers with the results.

    Fewer records than a batch job must have are asked on demand, at twice the price and at once; from there on it is
    a batch job, and `trial show` compares when it has ended. Interrupted, the same command goes on where it was.
    """
    from yorutsuke_pipeline.engine.switch import check_not_paused  # noqa: PLC0415 — keeps --help quick
    from yorutsuke_pipeline.trial_stages import trials  # noqa: PLC0415 — the adapters load boto3, which --help must not

    if model_id is None and prompt is None:
        raise click.UsageError("say what is to be tried: --model, --prompt or both")
    line = the_stages(context).line
    check_not_paused(line.switch)
    most = None if everything else limit
    rules = trials(line, model_id=model_id, prompt=read_prompt(prompt), most=most, meter=BarMeter())
    sealed = rules.seal(day)
    if sealed is None:
        raise PermanentError(
            f"{day} has no processed {line.terms.record} to ask about; "
            f"`{line.terms.command(f'jobs --date {day}')}` shows its intents"
        )
    _confirm_cost(rules, sealed, line.terms, yes=yes)
    _ask(rules, sealed)
    _show(context, rules, rules.named(sealed.intent_id), as_json=as_json)


@trial.command()
@click.argument("which", metavar="TRIAL|DAY")
@as_json_option()
@click.pass_context
def show(context: click.Context, which: str, *, as_json: bool) -> None:
    """Compare a trial's answers with the results, field by field, and say what both cost."""
    from yorutsuke_pipeline.trial_stages import trials  # noqa: PLC0415 — as above

    rules = trials(the_stages(context).line)
    _show(context, rules, find_trial(rules, which), as_json=as_json)


@trial.command()
@click.argument("which", metavar="TRIAL|DAY")
@click.option("--fields", help="Only these, with commas between them; the others stay as they are.")
@click.option(
    "--records",
    "--images",
    "records",
    help="Only these, by the record's own id or its result's, or the beginning, with commas between them.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option()
@click.pass_context
def accept(
    context: click.Context, which: str, *, fields: str | None, records: str | None, yes: bool, as_json: bool
) -> None:
    """Write a trial's answers over the results, never over one that a person has edited.

    Without --fields and --records all of it is taken, and the trial is closed. With them it stays open: accept more,
    or discard the rest.
    """
    from yorutsuke_pipeline.aws.clock import SystemClock  # noqa: PLC0415 — as above
    from yorutsuke_pipeline.trial_stages import accepter, comparer, trials  # noqa: PLC0415 — as above

    line = the_stages(context).line
    rules = trials(line)
    intent = find_trial(rules, which)
    if not intent.is_open:
        raise PermanentError(f"{intent.intent_id} is closed: it was accepted or discarded before")
    collected = rules.collect(intent)
    if collected is None:
        raise PermanentError(f"{intent.intent_id} still runs, so there is nothing to accept yet")
    taken = chosen_fields(fields, line.workload.compared_fields)
    pairs, now = comparer(line), SystemClock().now()
    chosen = (
        None
        if records is None
        else chosen_identities(pairs.pairs(collected, judged_at=now), records, line.terms.record)
    )
    if not yes:
        number = collected.record_count if chosen is None else len(chosen)
        confirm(f"Write {', '.join(taken)} of {number} answers over the {line.terms.result}s?")
    done = accepter(line).accept(collected, pairs.pairs(collected, judged_at=now), taken, chosen)
    if fields is None and records is None:
        collected = rules.close(collected, accepted=done.written_count)
    print_acceptance(collected, done, line.terms, as_json=as_json)


@trial.command()
@click.argument("which", metavar="TRIAL|DAY")
@click.pass_context
def discard(context: click.Context, which: str) -> None:
    """Close a trial. Results stay as they are; its answers stay in the bucket until they expire."""
    from yorutsuke_pipeline.trial_stages import trials  # noqa: PLC0415 — as above

    rules = trials(the_stages(context).line)
    intent = find_trial(rules, which)
    was_open = intent.is_open
    rules.discard(intent)
    click.echo(f"{intent.intent_id} {'is discarded' if was_open else 'was closed before'}")


@trial.command("list")
@as_json_option()
@click.pass_context
def list_trials(context: click.Context, *, as_json: bool) -> None:
    """List the trials that are open."""
    line = the_stages(context).line
    found = line.product.ledger.open_intents(line.workload.trial().name)
    print_trials(sorted(found, key=lambda intent: intent.intent_id), line.terms, as_json=as_json)


def _confirm_cost(rules: Trials, sealed: Intent, terms: Terms, *, yes: bool) -> None:
    """Say what a trial will cost, and ask whether the person wants it; if not, give it up, unless it is half asked."""
    has_begun = rules.has_begun(sealed)
    begun = " (half asked before; what was asked is not asked again)" if has_begun else ""
    modes = ", ".join(sorted({str(job.mode) for job in rules.jobs(sealed)}))
    cost = "at an unknown price" if sealed.estimate_usd is None else f"for an estimated {sealed.estimate_usd:.4f} USD"
    remark(
        f"{sealed.intent_id}: {sealed.record_count} {terms.record}s, {sealed.model_id}, prompt "
        f"{sealed.prompt_version}, "
        f"{modes}, {cost}{begun}"
    )
    if yes:
        return
    try:
        confirm("Ask, and pay for it?")
    except (click.Abort, click.UsageError):
        # Looked at again: somebody may have begun it while this one thought about it.
        if not rules.has_begun(sealed):
            rules.discard(sealed)
        raise


def _ask(rules: Trials, sealed: Intent) -> None:
    """Ask, as far as that is possible now.

    Raises:
        PausedError: Submission is paused.
        SlotsFullError: The quota of running jobs is used up.
    """
    report = rules.ask(sealed)
    if report.paused is not None:
        raise PausedError(
            f"{sealed.intent_id} is not asked to its end: {report.paused}; then start the same trial again"
        )
    if report.waiting_for_slots:
        raise SlotsFullError(
            f"{report.waiting_for_slots} jobs of {sealed.intent_id} found no free slot at Bedrock; "
            "start the same trial again later: it goes on where it is"
        )


def _show(context: click.Context, rules: Trials, intent: Intent, *, as_json: bool) -> None:
    collected = rules.collect(intent)
    if collected is None:
        if as_json:
            print_json({**trial_document(intent), "isDone": False})
        else:
            showing = command(intent.workload, f"trial show {intent.intent_id}")
            click.echo(f"{intent.intent_id} runs; `{showing}` compares when it has ended")
        return
    line = the_stages(context).line
    comparison = compared(line, collected)
    print_comparison(line, collected, comparison, as_json=as_json)
