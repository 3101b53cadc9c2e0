"""`yorutsuke dead-letters`: what was rejected and waits for a person, and what the person decides.

Which records are meant is `dead_letter_choice.py`, how they look `dead_letter_views.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from yorutsuke_pipeline.cli.confirmation import confirm
from yorutsuke_pipeline.cli.dead_letter_choice import cases_named, cases_waiting, selection_options
from yorutsuke_pipeline.cli.dead_letter_verdicts import print_verdicts
from yorutsuke_pipeline.cli.dead_letter_views import (
    case_document,
    letter_documents,
    print_case,
    print_cases,
    save_image,
)
from yorutsuke_pipeline.cli.exit_codes import EXIT_FAILED
from yorutsuke_pipeline.cli.output import print_json, with_bar
from yorutsuke_pipeline.cli.parameters import as_json_option, the_stages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from yorutsuke_pipeline.cli.dead_letter_choice import Selection
    from yorutsuke_pipeline.engine.dead_letter_box import Case
    from yorutsuke_pipeline.engine.redriving import Decision
    from yorutsuke_pipeline.engine.terms import Terms

_DECIDED_AT_ONCE = 8


@click.group("dead-letters")
def dead_letters() -> None:
    """Look at what was rejected for good, put it back in line, or give it up.

    An ID is a record's id, the image's or violation's own, or the beginning of one, of 6 characters or more.
    """


@dead_letters.command("list")
@selection_options
@click.option("--all", "everything", is_flag=True, help="Also what is back in line, accepted since, or discarded.")
@as_json_option()
@click.pass_context
def list_letters(
    context: click.Context,
    *,
    selection: Selection,
    everything: bool,
    as_json: bool,
) -> None:
    """List the records that wait for a person: one line each, with the newest reason.

    With --date, or --from and --to, the letters of those days are read; without, all there are.
    """
    from yorutsuke_pipeline.engine.dead_letter_box import Standing  # noqa: PLC0415 — keeps --help quick

    stages = the_stages(context)
    terms = stages.line.terms
    found = with_bar("reading dead letters", stages.dead_letter_box.cases(selection.days(stages.product)))
    listed = (case for case in found if everything or case.standing is Standing.WAITS_FOR_A_PERSON)
    documents = [case_document(case, terms) for case in selection.admitted(listed)]
    documents.sort(key=lambda document: (str(document["date"]), str(document[terms.key]), document["id"]))
    if as_json:
        print_json({"deadLetters": documents})
        return
    title = f"{len(documents)} records" + ("" if everything else " wait for a person")
    print_cases(title, documents, terms)


@dead_letters.command()
@click.argument("ids", nargs=-1, required=True)
@click.option(
    "--image",
    "image_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the photo to this new file, to look at it; takes one ID. Only of records that have one.",
)
@as_json_option()
@click.pass_context
def show(context: click.Context, ids: Sequence[str], image_file: Path | None, *, as_json: bool) -> None:
    """Show every letter of a record, oldest first: the reason, and beside it what the model said."""
    if image_file is not None and len(ids) > 1:
        raise click.UsageError("--image takes one ID: each photo needs a file of its own")
    stages = the_stages(context)
    cases = cases_named(stages.dead_letter_box, ids, stages.line.terms.record)
    terms = stages.line.terms
    if as_json:
        documents = [{**case_document(case, terms), "letters": letter_documents(case)} for case in cases]
        print_json({"deadLetters": documents})
    else:
        for case in cases:
            print_case(case, terms)
    if image_file is not None:
        save_image(stages.product.objects, cases[0], image_file)


@dead_letters.command()
@click.argument("ids", nargs=-1)
@selection_options
@click.option("--all", "everything", is_flag=True, help="All that wait for a person.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option()
@click.pass_context
def redrive(
    context: click.Context,
    ids: Sequence[str],
    *,
    selection: Selection,
    everything: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Put records back in line, in their own day and with all their attempts before them.

    Name them by ID, or choose with --date, --from and --to, --reason or --all among those that wait for a
    person. The day's next run asks about them, with the reason of the last rejection in the prompt; nothing
    is asked or paid before. A record that does not wait any more is left alone. A discarded one is put back
    only if it is named.
    """
    if bool(ids) == (everything or selection.is_made):
        raise click.UsageError("name records by ID, or choose them with --date, --from and --to, --reason or --all")
    stages = the_stages(context)
    box, rules = stages.dead_letter_box, stages.redriver
    cases = cases_named(box, ids, stages.line.terms.record) if ids else cases_waiting(stages.product, box, selection)
    _confirm("Put {} back in line?", cases, yes=yes)
    decisions = _decide("putting back in line", lambda case: rules.redrive(case, even_discarded=bool(ids)), cases)
    _tell(context, stages.line.terms, "redriven", decisions, as_json=as_json)


@dead_letters.command()
@click.argument("ids", nargs=-1, required=True)
@click.option("--why", required=True, help="Why it will never be accepted, in a sentence; it is kept.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option()
@click.pass_context
def discard(context: click.Context, ids: Sequence[str], why: str, *, yes: bool, as_json: bool) -> None:
    """Give records up: they are listed no more. Nothing is deleted, a photo stays where it is.

    Naming the ID in `dead-letters redrive` takes it back.
    """
    if not why.strip():
        raise click.BadParameter("say in a sentence why", param_hint="--why")
    stages = the_stages(context)
    rules = stages.redriver
    cases = cases_named(stages.dead_letter_box, ids, stages.line.terms.record)
    _confirm("Give {} up?", cases, yes=yes)
    decisions = _decide("giving up", lambda case: rules.discard(case, why), cases)
    _tell(context, stages.line.terms, "discarded", decisions, as_json=as_json)


def _confirm(question: str, cases: Sequence[Case], *, yes: bool) -> None:
    """Ask before more than one record is changed."""
    if len(cases) > 1 and not yes:
        confirm(question.format(f"{len(cases)} records"))


def _decide(doing: str, decision: Callable[[Case], Decision], cases: Sequence[Case]) -> list[Decision]:
    from yorutsuke_pipeline.engine.streams import map_bounded  # noqa: PLC0415 — as above

    return list(with_bar(doing, map_bounded(decision, cases, workers=_DECIDED_AT_ONCE), len(cases)))


def _tell(context: click.Context, terms: Terms, done: str, decisions: Sequence[Decision], *, as_json: bool) -> None:
    from yorutsuke_pipeline.engine.redriving import Verdict  # noqa: PLC0415 — as above

    print_verdicts(terms, done, decisions, as_json=as_json)
    if any(decision.verdict is Verdict.REFUSED for decision in decisions):
        context.exit(EXIT_FAILED)
